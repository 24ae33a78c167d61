"""A schema written as tables of drizzle-orm, as far as it has words for it; what it lacks words for is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator

from dbtools.model.expression import Expression, Name, Type
from dbtools.model.identifiers import quote
from dbtools.model.objects import (
    Check,
    Column,
    ColumnRef,
    Constraint,
    ForeignKey,
    Index,
    IndexKey,
    PrimaryKey,
    Table,
    Unique,
)
from dbtools.model.schema import Schema

TYPES = {
    "text": "text", "varchar": "varchar", "char": "char", "uuid": "uuid", "bit": "bit", "boolean": "boolean",
    "smallint": "smallint", "integer": "integer", "bigint": "bigint", "real": "real", "numeric": "numeric",
    "double precision": "doublePrecision", "timestamp": "timestamp", "timestamptz": "timestamp", "date": "date",
    "time": "time", "timetz": "time", "interval": "interval", "json": "json", "jsonb": "jsonb", "inet": "inet",
    "cidr": "cidr", "macaddr": "macaddr", "macaddr8": "macaddr8", "point": "point", "line": "line", "vector": "vector",
    "halfvec": "halfvec", "sparsevec": "sparsevec",
}  # fmt: skip
SERIAL = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}
SIZES = {"varchar": ("length",), "char": ("length",), "numeric": ("precision", "scale")}
MOMENTS = {"timestamp": False, "timestamptz": True, "time": False, "timetz": True}
DIMENSIONS = frozenset({"bit", "vector", "halfvec", "sparsevec"})
WHOLE = frozenset({"smallint", "integer"})
JSON = frozenset({"json", "jsonb"})
IDENTITIES = {"always": "generatedAlwaysAsIdentity", "by default": "generatedByDefaultAsIdentity"}
CORE = (
    "bigint", "bigserial", "bit", "boolean", "char", "check", "cidr", "customType", "date", "doublePrecision",
    "foreignKey", "halfvec", "index", "inet", "integer", "interval", "json", "jsonb", "line", "macaddr", "macaddr8",
    "numeric", "pgEnum", "pgSchema", "pgTable", "point", "primaryKey", "real", "serial", "smallint", "smallserial",
    "sparsevec", "text", "time", "timestamp", "unique", "uniqueIndex", "uuid", "varchar", "vector",
)  # fmt: skip


def drizzle_text(schema: Schema, filled: Container[ColumnRef] = ()) -> str:
    """The text of a ``schema.ts``; every name of the database is written down beside that of TypeScript.

    *filled*: the columns that the client fills in itself.
    """
    blocks = [
        'import { sql } from "drizzle-orm";',
        f'import {{ {", ".join(CORE)} }} from "drizzle-orm/pg-core";',
        "const other = customType<{ data: unknown; config: { is: string } }>({ dataType: (config) => config.is });",
    ]
    names = {name.namespace for name in (*schema.enums, *schema.tables)} - {"public"}
    blocks += [f"export const S_{_word(each)} = pgSchema({_string(each)});" for each in sorted(names)]
    for name, enum in schema.enums.items():
        labels = ", ".join(map(_string, enum.labels))
        blocks.append(f"export const {_enum(name)} = {_maker(name, 'Enum')}({_string(name.local)}, [{labels}]);")
    blocks += ["\n".join(_table(schema, table, filled)) for table in schema.in_order()]
    return "\n".join(blocks) + "\n"


def _table(schema: Schema, table: Table, filled: Container[ColumnRef]) -> Iterator[str]:
    yield f"export const {_const(table.name)} = {_maker(table.name, 'Table')}({_string(table.name.local)}, {{"
    for column in table.columns:
        own = _own(column) if ColumnRef(table.name, column.name) in filled else ""
        yield f"  {_word(column.name)}: {_column(schema, column)}{own},"
    yield "}, (t) => ["
    for made in table.constraints:
        if written := _constraint(made):
            yield f"  {written},"
    for index in table.indexes:
        yield f"  {_index(index)},"
    yield "]);"


def _own(column: Column) -> str:
    made = "crypto.randomUUID()" if column.type.base in {"uuid", "text"} else "new Date()"
    return f".$defaultFn(() => {made})"


def _column(schema: Schema, column: Column) -> str:
    serial = SERIAL.get(column.type.base) if column.identity == "serial" else None
    function, options = (serial, _mode(serial)) if serial else _type(schema, column.type)
    arguments = ", ".join(part for part in (_string(column.name), options) if part)
    parts = [f"{function}({arguments})"]
    parts += [".array()"] * column.type.dimensions
    parts += [".notNull()"] if not column.nullable else []
    parts += [f".{IDENTITIES[column.identity]}()"] if column.identity in IDENTITIES else []
    if column.generated is not None:
        parts.append(f".generatedAlwaysAs({_sql(column.generated.expression.text)})")
    elif column.default is not None:
        parts.append(_default(column.default, column.type))
    return "".join(parts)


def _type(schema: Schema, kind: Type) -> tuple[str, str]:
    """The function of a type and its options."""
    if kind.name in schema.enums:
        return _enum(kind.name), ""
    found = TYPES.get(kind.base)
    if found is None or kind.namespace:
        return "other", f"{{ is: {_string(str(kind.element()))} }}"
    if kind.base in MOMENTS:
        zone = ["withTimezone: true"] if MOMENTS[kind.base] else []
        return found, _options([f"precision: {digits}" for digits in kind.modifiers] + zone)
    if kind.base == "interval":
        fields = [f"fields: {_string(each)}" for each in kind.modifiers if isinstance(each, str)]
        return found, _options(fields + [f"precision: {each}" for each in kind.modifiers if isinstance(each, int)])
    sizes = ("dimensions",) if kind.base in DIMENSIONS else SIZES.get(kind.base, ())
    written = [f"{name}: {size}" for name, size in zip(sizes, kind.modifiers, strict=False)]
    return found, _options(written) or _mode(found)


def _mode(function: str) -> str:
    return '{ mode: "bigint" }' if function in {"bigint", "bigserial"} else ""


def _options(written: list[str]) -> str:
    return f"{{ {', '.join(written)} }}" if written else ""


def _default(default: Expression, kind: Type) -> str:
    """A default as people write it: a value where TypeScript has it, else SQL."""
    text = default.text
    base = "" if kind.dimensions or kind.namespace else kind.base
    if base.startswith("timestamp") and default.text == "now()":
        return ".defaultNow()"
    if base == "uuid" and default.text == "gen_random_uuid()":
        return ".defaultRandom()"
    if (base in WHOLE and re.fullmatch(r"-?\d+", text)) or (base == "boolean" and text in {"true", "false"}):
        return f".default({text})"
    string = re.fullmatch(r"'((?:[^']|'')*)'", text)
    if string and base not in JSON and not kind.dimensions:
        plain = string[1].replace("''", "'")
        return f".default({_string(plain)})"
    return f".default({_sql(text)})"


def _constraint(made: Constraint) -> str:
    match made:
        case PrimaryKey():
            return f"primaryKey({{ name: {_string(made.name)}, columns: [{_fields(made.columns)}] }})"
        case Unique():
            nulls = "" if made.nulls_distinct else ".nullsNotDistinct()"
            return f"unique({_string(made.name)}).on({_fields(made.columns)}){nulls}"
        case Check():
            return f"check({_string(made.name)}, {_sql(made.expression.text)})"
        case ForeignKey():
            return _foreign_key(made)
    return ""


def _foreign_key(key: ForeignKey) -> str:
    there = _fields(key.target_columns, _const(key.target))
    said = f"name: {_string(key.name)}, columns: [{_fields(key.columns)}], foreignColumns: [{there}]"
    on_delete, on_update = _string(key.on_delete.lower()), _string(key.on_update.lower())
    return f"foreignKey({{ {said} }}).onDelete({on_delete}).onUpdate({on_update})"


def _index(index: Index) -> str:
    name = "uniqueIndex" if index.unique else "index"
    keys = ", ".join(map(_key, index.keys))
    on = f"on({keys})" if index.method == "btree" else f"using({_string(index.method)}, {keys})"
    where = "" if index.where is None else f".where({_sql(index.where.text)})"
    return f"{name}({_string(index.name)}).{on}{where}"


def _key(key: IndexKey) -> str:
    """A key; drizzle-kit writes no order beside an operator class, so both together are SQL."""
    if key.expression is not None or key.collation or (key.opclass and (key.descending or key.nulls_first)):
        first = quote(key.column) if key.expression is None else f"({key.expression.text})"
        collation = f" COLLATE {quote(key.collation)}" if key.collation else ""
        nulls = f" NULLS {'FIRST' if key.nulls_first else 'LAST'}" if key.nulls_first != key.descending else ""
        order = (" DESC" if key.descending else "") + nulls
        return _sql(f"{first}{collation}{f' {key.opclass}' if key.opclass else ''}{order}")
    if key.opclass:
        return f"t.{_word(key.column)}.op({_string(key.opclass)})"
    order = (".desc()" if key.descending else "") + (".nullsFirst()" if key.nulls_first else "")
    return f"t.{_word(key.column)}{order}"


def _fields(columns: tuple[str, ...], table: str = "t") -> str:
    return ", ".join(f"{table}.{_word(column)}" for column in columns)


def _maker(name: Name, what: str) -> str:
    return f"pg{what}" if name.namespace == "public" else f"S_{_word(name.namespace)}.{what.lower()}"


def _const(name: Name) -> str:
    return f"T_{_word(name.namespace)}_{_word(name.local)}"


def _enum(name: Name) -> str:
    return f"E_{_word(name.namespace)}_{_word(name.local)}"


def _word(name: str) -> str:
    return "w" + re.sub(r"\W", "_", name)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _sql(text: str) -> str:
    """An ``sql`` template that says just *text*."""
    escaped = text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return f"sql`{escaped}`"
