"""A schema written in Prisma's language, as far as that has words for it; what it lacks words for is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator

from dbtools.model.expression import Type
from dbtools.model.objects import Column, ColumnRef, ForeignKey, Index, IndexKey, PrimaryKey, Table, Unique
from dbtools.model.schema import Schema

TYPES = {
    "text": "String", "varchar": "String @db.VarChar", "char": "String @db.Char", "citext": "String @db.Citext",
    "uuid": "String @db.Uuid", "bit": "String @db.Bit", "varbit": "String @db.VarBit", "xml": "String @db.Xml",
    "inet": "String @db.Inet", "boolean": "Boolean", "smallint": "Int @db.SmallInt", "integer": "Int",
    "bigint": "BigInt", "oid": "Int @db.Oid", "real": "Float @db.Real", "double precision": "Float",
    "numeric": "Decimal @db.Decimal", "money": "Decimal @db.Money", "timestamp": "DateTime @db.Timestamp",
    "timestamptz": "DateTime @db.Timestamptz", "date": "DateTime @db.Date", "time": "DateTime @db.Time",
    "timetz": "DateTime @db.Timetz", "json": "Json @db.Json", "jsonb": "Json", "bytea": "Bytes",
}  # fmt: skip
ACTIONS = {
    "NO ACTION": "NoAction", "RESTRICT": "Restrict", "CASCADE": "Cascade", "SET NULL": "SetNull",
    "SET DEFAULT": "SetDefault",
}  # fmt: skip
METHODS = {"hash": "Hash", "gin": "Gin", "gist": "Gist", "brin": "Brin", "spgist": "SpGist"}

HEAD = """\
datasource db {
  provider = "postgresql"
}
generator client {
  provider        = "prisma-client-js"
  previewFeatures = ["partialIndexes"]
}"""


def prisma_text(schema: Schema, filled: Container[ColumnRef] = ()) -> str:
    """The text of a ``schema.prisma``; names are mapped where Prisma could not spell them.

    *filled*: the columns that the client fills in itself.
    """
    blocks = [HEAD]
    for name, enum in schema.enums.items():
        labels = [f"  L{number} @map({_string(label)})" for number, label in enumerate(enum.labels)]
        blocks.append("\n".join([f"enum {_word(name.local)} {{", *labels, f"  @@map({_string(name.local)})", "}"]))
    blocks += ["\n".join(_model(schema, table, filled)) for table in schema.in_order()]
    return "\n".join(blocks) + "\n"


def _model(schema: Schema, table: Table, filled: Container[ColumnRef]) -> Iterator[str]:
    yield f"model {_model_name(table)} {{"
    for column in table.columns:
        yield f"  {_field(schema, column, by_client=ColumnRef(table.name, column.name) in filled)}"
    for key in table.foreign_keys:
        yield f"  {_relation(schema, table, key)}"
    for other, key in schema.referencing(table.name):
        yield f"  back_{_word(other.name.local)}_{_word(key.name)} {_model_name(other)}[] {_named(key, other)}"
    for made in table.constraints:
        match made:
            case PrimaryKey():
                yield f"  @@id([{_fields(made.columns)}], map: {_string(made.name)})"
            case Unique():
                yield f"  @@unique([{_fields(made.columns)}], map: {_string(made.name)})"
    for index in table.indexes:
        if len(index.columns) == len(index.keys):
            yield f"  {_index(index)}"
    yield f"  @@map({_string(table.name.local)})\n}}"


def _field(schema: Schema, column: Column, *, by_client: bool) -> str:
    kind, _, native = _type(schema, column.type).partition(" ")
    sign = "[]" if column.type.dimensions else "?" if column.nullable else ""
    default = _own(column) if by_client else _default(column)
    parts = [_word(column.name), kind + sign, native, default, f"@map({_string(column.name)})"]
    return " ".join(part for part in parts if part)


def _type(schema: Schema, kind: Type) -> str:
    if kind.name in schema.enums:
        return _word(kind.base)
    found = TYPES.get(kind.base)
    if found is None:
        return f"Unsupported({_string(str(kind.element()))})"
    modifiers = f"({', '.join(map(str, kind.modifiers))})" if kind.modifiers else ""
    return found + modifiers


def _own(column: Column) -> str:
    return "@default(uuid())" if column.type.base in {"uuid", "text"} else "@updatedAt"


def _default(column: Column) -> str:
    if column.identity:
        return "@default(autoincrement())"
    if column.default is None or column.generated is not None:
        return ""
    return f"@default(dbgenerated({_string(column.default.text)}))"


def _relation(schema: Schema, table: Table, key: ForeignKey) -> str:
    columns = [column for name in key.columns if (column := table.column(name))]
    sign = "?" if any(column.nullable for column in columns) else ""
    parts = [
        _string(_relation_name(key, table)),
        f"fields: [{_fields(key.columns)}]",
        f"references: [{_fields(key.target_columns)}]",
        f"onDelete: {ACTIONS[key.on_delete]}",
        f"onUpdate: {ACTIONS[key.on_update]}",
    ]
    target = _model_name(schema.tables[key.target])
    return f"to_{_word(key.name)} {target}{sign} @relation({', '.join(parts)})"


def _named(key: ForeignKey, table: Table) -> str:
    return f"@relation({_string(_relation_name(key, table))})"


def _relation_name(key: ForeignKey, table: Table) -> str:
    return f"{_word(table.name.local)}_{_word(key.name)}"


def _index(index: Index) -> str:
    name = "unique" if index.unique else "index"
    method = f", type: {METHODS[index.method]}" if index.method != "btree" else ""
    keys = ", ".join(map(_key, index.keys))
    where = "" if index.where is None else f", where: raw({_string(index.where.text)})"
    return f"@@{name}([{keys}]{method}{where}, map: {_string(index.name)})"


def _key(key: IndexKey) -> str:
    parts = ["sort: Desc"] if key.descending else []
    parts += [f"ops: raw({_string(key.opclass)})"] if key.opclass else []
    return f"{_word(key.column)}({', '.join(parts)})" if parts else _word(key.column)


def _fields(columns: tuple[str, ...]) -> str:
    return ", ".join(map(_word, columns))


def _model_name(table: Table) -> str:
    return f"T_{_word(table.name.local)}"


def _word(name: str) -> str:
    return "w" + re.sub(r"\W", "_", name)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
