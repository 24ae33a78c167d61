"""A schema written as models of SQLAlchemy 2, as far as it has words for it; what it lacks words for is left out.

A table without a primary key is a ``Table``: SQLAlchemy maps no class to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator

from dbtools.model.expression import Expression, Name, Type
from dbtools.model.identifiers import quote
from dbtools.model.naming import object_name
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
    "text": ("Text", "str"), "varchar": ("String", "str"), "char": ("CHAR", "str"), "citext": ("CITEXT", "str"),
    "uuid": ("Uuid", "UUID"), "boolean": ("Boolean", "bool"), "smallint": ("SmallInteger", "int"),
    "integer": ("Integer", "int"), "bigint": ("BigInteger", "int"), "oid": ("OID", "int"), "real": ("REAL", "float"),
    "double precision": ("Double", "float"), "numeric": ("Numeric", "Decimal"), "money": ("MONEY", "str"),
    "date": ("Date", "date"), "bytea": ("LargeBinary", "bytes"), "json": ("JSON", "Any"), "jsonb": ("JSONB", "Any"),
    "inet": ("INET", "str"), "cidr": ("CIDR", "str"), "macaddr": ("MACADDR", "str"), "macaddr8": ("MACADDR8", "str"),
    "tsvector": ("TSVECTOR", "str"), "tsquery": ("TSQUERY", "str"),
}  # fmt: skip
MOMENTS = {
    "timestamp": ("TIMESTAMP", "datetime", False), "timestamptz": ("TIMESTAMP", "datetime", True),
    "time": ("TIME", "time", False), "timetz": ("TIME", "time", True),
}  # fmt: skip
WHOLE = frozenset({"smallint", "integer", "bigint"})
COLLATED = frozenset({"text", "varchar", "char"})
HEAD = """\
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger, Boolean, CheckConstraint, Column, Computed, Date, Double, Enum, ForeignKeyConstraint, Identity, Index,
    Integer, LargeBinary, Numeric, PrimaryKeyConstraint, SmallInteger, String, Table, Text, UniqueConstraint, Uuid,
    func, text,
)
from sqlalchemy.dialects.postgresql import (
    ARRAY, BIT, CHAR, CIDR, CITEXT, INET, INTERVAL, JSON, JSONB, MACADDR, MACADDR8, MONEY, OID, REAL, TIME, TIMESTAMP,
    TSQUERY, TSVECTOR,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import UserDefinedType


class Base(DeclarativeBase):
    pass
"""


def sqlalchemy_text(schema: Schema, filled: Container[ColumnRef] = ()) -> str:
    """The text of a ``models.py``; every name of the database is written down beside that of Python.

    *filled*: the columns that the client fills in itself.
    """
    blocks = [HEAD]
    columns = [column for table in schema.in_order() for column in table.columns]
    for name, enum in schema.enums.items():
        where = {"name": _string(name.local), **_namespace(name, "schema")}
        blocks.append(f"{_enum(name)} = Enum({_arguments([*map(_string, enum.labels)], where)})")
    others = {str(column.type.element()) for column in columns if _known(schema, column.type) is None}
    blocks += map(_other_class, sorted(others))
    blocks += ["\n".join(_table(schema, table, filled)) for table in schema.in_order()]
    return "\n".join(blocks)


def _other_class(spelled: str) -> str:
    lines = [f"class {_other(spelled)}(UserDefinedType):", "    def get_col_spec(self, **kw):"]
    return "\n".join(["\n", *lines, f"        return {_string(spelled)}\n\n"])


def _table(schema: Schema, table: Table, filled: Container[ColumnRef]) -> Iterator[str]:
    columns = [(column, _column(schema, table, column, filled)) for column in table.columns]
    rest = [written for made in table.constraints if (written := _constraint(table, made))]
    rest += [_index(index) for index in table.indexes]
    options = _namespace(table.name, "schema") | _comment(table.comment)
    if table.primary_key is None:
        yield f"{_class(table.name)} = Table(\n    {_string(table.name.local)}, Base.metadata,"
        yield from (f"    Column({said})," for _, said in columns)
        yield from (f"    {each}," for each in rest)
        yield from (f"    {name}={value}," for name, value in options.items())
        yield ")\n"
        return
    yield f"class {_class(table.name)}(Base):\n    __tablename__ = {_string(table.name.local)}"
    for column, said in columns:
        mapped = _python(schema, column.type) + (" | None" if column.nullable else "")
        yield f"    {_word(column.name)}: Mapped[{mapped}] = mapped_column({said})"
    rest += [f"{{{', '.join(f'{_string(name)}: {value}' for name, value in options.items())}}}"] if options else []
    yield from ["    __table_args__ = (", *(f"        {each}," for each in rest), "    )\n"] if rest else [""]


def _column(schema: Schema, table: Table, column: Column, filled: Container[ColumnRef]) -> str:
    parts = [_string(column.name), _type(schema, column)]
    if column.identity in {"always", "by default"}:
        parts.append(f"Identity(always={column.identity == 'always'})")
    if column.generated is not None:
        text, stored = _string(column.generated.expression.text), column.generated.stored
        parts.append(f"Computed({text}, persisted={stored})")
    named = _key(table, column) | _comment(column.comment)
    if not column.nullable and table.primary_key is None:
        named["nullable"] = "False"
    if column.default is not None:
        named["server_default"] = _default(column.default)
    if ColumnRef(table.name, column.name) in filled:
        named["default"] = "uuid4" if column.type.base in {"uuid", "text"} else "datetime.now"
    return _arguments(parts, named)


def _key(table: Table, column: Column) -> dict[str, str]:
    """What is said of a column of the primary key; SQLAlchemy takes a whole number in it for a serial."""
    key = table.primary_key
    if key is None or column.name not in key.columns:
        return {}
    said = {"primary_key": "True"} if _is_plain(table, key) else {}
    if column.identity == "serial":
        return said | {"autoincrement": "True"} if len(key.columns) > 1 else said
    is_taken = column.type.base in WHOLE and len(key.columns) == 1 and not column.identity
    return said | {"autoincrement": "False"} if is_taken else said


def _is_plain(table: Table, key: PrimaryKey) -> bool:
    return len(key.columns) == 1 and key.name == object_name(table.name.local, "", "pkey")


def _known(schema: Schema, kind: Type) -> tuple[str, str] | None:
    """The types of SQLAlchemy and Python for one element; None where SQLAlchemy has none."""
    if kind.name in schema.enums:
        return _enum(kind.name), "str"
    if kind.namespace and kind.base != "citext":
        return None
    sizes = list(map(str, kind.modifiers))
    if kind.base in MOMENTS:
        name, python, zone = MOMENTS[kind.base]
        named = {"timezone": str(zone), **({"precision": sizes[0]} if sizes else {})}
        return f"{name}({_arguments([], named)})", python
    if kind.base in {"bit", "varbit"}:
        return f"BIT({_arguments(sizes, {'varying': str(kind.base == 'varbit')})})", "str"
    if kind.base == "interval":
        said = ("fields=" + _string(each) if isinstance(each, str) else f"precision={each}" for each in kind.modifiers)
        return f"INTERVAL({', '.join(said)})", "timedelta"
    found = TYPES.get(kind.base)
    return (f"{found[0]}({', '.join(sizes)})" if sizes else found[0], found[1]) if found else None


def _type(schema: Schema, column: Column) -> str:
    found = _known(schema, column.type)
    name = _other(str(column.type.element())) if found is None else found[0]
    if column.collation and column.type.base in COLLATED:
        name = f"{name.removesuffix(')')}{', ' if '(' in name else '('}collation={_string(column.collation)})"
    return f"ARRAY({name})" if column.type.dimensions else name


def _python(schema: Schema, kind: Type) -> str:
    found = _known(schema, kind)
    name = "Any" if found is None else found[1]
    return f"list[{name}]" if kind.dimensions else name


def _default(default: Expression) -> str:
    """A default as people write it: a string, a function without arguments, or SQL."""
    if found := re.fullmatch(r"'((?:[^']|'')*)'", default.text):
        return _string(found[1].replace("''", "'"))
    if found := re.fullmatch(r"([a-z_]+)\(\)", default.text):
        return f"func.{found[1]}()"
    return _sql(default.text)


def _constraint(table: Table, made: Constraint) -> str:
    name = {"name": _string(made.name)}
    match made:
        case PrimaryKey() if not _is_plain(table, made):
            return f"PrimaryKeyConstraint({_arguments(map(_string, made.columns), name)})"
        case Unique():
            named = name | ({} if made.nulls_distinct else {"postgresql_nulls_not_distinct": "True"}) | _deferred(made)
            return f"UniqueConstraint({_arguments(map(_string, made.columns), named)})"
        case Check():
            return f"CheckConstraint({_arguments([_sql(made.expression.text)], name)})"
        case ForeignKey():
            return _foreign_key(made)
    return ""


def _foreign_key(key: ForeignKey) -> str:
    home = "" if key.target.namespace == "public" else f"{key.target.namespace}."
    there = _list(f"{home}{key.target.local}.{column}" for column in key.target_columns)
    named = {
        "name": _string(key.name),
        "ondelete": _string(key.on_delete),
        "onupdate": _string(key.on_update),
        **({} if key.validated else {"postgresql_not_valid": "True"}),
        **_deferred(key),
    }
    return f"ForeignKeyConstraint({_arguments([_list(key.columns), there], named)})"


def _deferred(made: Unique | ForeignKey) -> dict[str, str]:
    said = {"deferrable": "True"} if made.deferrable else {}
    return said | ({"initially": _string("DEFERRED")} if made.deferred else {})


def _index(index: Index) -> str:
    classes = ", ".join(
        f"{_string(key.column)}: {_string(key.opclass)}" for key in index.keys if key.opclass and _is_simple(key)
    )
    named = {
        "unique": "True" if index.unique else "",
        "postgresql_using": _string(index.method) if index.method != "btree" else "",
        "postgresql_ops": f"{{{classes}}}" if classes else "",
        "postgresql_include": _list(index.include) if index.include else "",
        "postgresql_where": _sql(index.where.text) if index.where else "",
        "postgresql_nulls_not_distinct": "" if index.nulls_distinct else "True",
    }
    keys = [_string(index.name), *map(_index_key, index.keys)]
    return f"Index({_arguments(keys, {name: value for name, value in named.items() if value})})"


def _is_simple(key: IndexKey) -> bool:
    """Whether the name of a column, with an operator class beside it, says all."""
    return bool(key.column) and not (key.descending or key.nulls_first or key.collation)


def _index_key(key: IndexKey) -> str:
    if _is_simple(key):
        return _string(key.column)
    first = quote(key.column) if key.expression is None else f"({key.expression.text})"
    collation = f" COLLATE {quote(key.collation)}" if key.collation else ""
    nulls = f" NULLS {'FIRST' if key.nulls_first else 'LAST'}" if key.nulls_first != key.descending else ""
    order = f"{' DESC' if key.descending else ''}{nulls}"
    return _sql(f"{first}{collation}{f' {key.opclass}' if key.opclass else ''}{order}")


def _namespace(name: Name, keyword: str) -> dict[str, str]:
    return {} if name.namespace == "public" else {keyword: _string(name.namespace)}


def _comment(comment: str | None) -> dict[str, str]:
    return {} if comment is None else {"comment": _string(comment)}


def _arguments(given: Iterable[str], named: dict[str, str]) -> str:
    return ", ".join([*given, *(f"{name}={value}" for name, value in named.items())])


def _class(name: Name) -> str:
    return f"T_{_word(name.namespace)}_{_word(name.local)}"


def _enum(name: Name) -> str:
    return f"E_{_word(name.namespace)}_{_word(name.local)}"


def _other(spelled: str) -> str:
    return f"O_{_word(spelled)}"


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(map(_string, names))}]"


def _word(name: str) -> str:
    return "w" + re.sub(r"\W", "_", name)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _sql(text: str) -> str:
    r"""``text()`` of just that: ``:name`` would be a parameter where no ``\`` stands before it."""
    escaped = re.sub(r"(?<![:\w\\]):(?=\w)", r"\\:", text)
    return f"text({_string(escaped)})"
