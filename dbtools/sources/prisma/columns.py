"""A Prisma field as a column: its type, its default, and whether the database or the client gives that default.

The spellings are those of Prisma's schema engine (``DECIMAL(65,30)``, ``ARRAY[]::TEXT[]``), checked against it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import datetime

from dbtools.model.expression import Expression, Type
from dbtools.model.objects import Column
from dbtools.sources.prisma.project import Declared, Project, database_name
from dbtools.sources.prisma.syntax import Arguments, Call, Field, Unreadable, Value, plain
from dbtools.sql.expressions import read_expression
from dbtools.sql.types import read_type

SCALARS = {
    "String": "TEXT", "Boolean": "BOOLEAN", "Int": "INTEGER", "BigInt": "BIGINT", "Float": "DOUBLE PRECISION",
    "Decimal": "DECIMAL(65,30)", "DateTime": "TIMESTAMP(3)", "Json": "JSONB", "Bytes": "BYTEA",
}  # fmt: skip
NATIVE = {
    "Text": "TEXT", "VarChar": "VARCHAR", "Char": "CHAR", "Bit": "BIT", "VarBit": "VARBIT", "Uuid": "UUID",
    "Xml": "XML", "Inet": "INET", "Citext": "CITEXT", "Boolean": "BOOLEAN", "Integer": "INTEGER",
    "SmallInt": "SMALLINT",
    "BigInt": "BIGINT", "Oid": "OID", "Real": "REAL", "DoublePrecision": "DOUBLE PRECISION", "Decimal": "DECIMAL",
    "Money": "MONEY", "Timestamp": "TIMESTAMP", "Timestamptz": "TIMESTAMPTZ", "Date": "DATE", "Time": "TIME",
    "Timetz": "TIMETZ", "Json": "JSON", "JsonB": "JSONB", "ByteA": "BYTEA",
}  # fmt: skip
# The client fills these in; the column has no default. auto() is MongoDB's.
CLIENT_SIDE = frozenset({"uuid", "cuid", "nanoid", "ulid", "auto"})
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)?")


def columns_of(project: Project, declared: Declared) -> Iterator[tuple[Field, Column]]:
    """Each field that is a column, not the end of a relation, with its column; the unreadable ones are noted."""
    found: dict[str, Field] = {}
    for item in declared.fields.values():
        if item.type not in project.models and item.type not in project.views:
            with project.notes.reading(item.location, declared.name):
                column = _column(project, item)
                first = found.setdefault(column.name, item)
                if first is not item:
                    raise Unreadable(f"{item.name} and {first.name} are both the column {column.name}")
                yield item, column


def client_default_of(item: Field) -> str:
    """What Prisma's client fills in where nothing is given, as the schema has it; empty where it does not."""
    if item.attribute("updatedAt") is not None:
        return "@updatedAt"
    value = _default_value(item)
    return f"{value.name}()" if isinstance(value, Call) and value.name in CLIENT_SIDE else ""


def type_of(project: Project, item: Field) -> Type:
    """The type of a field's column; Unreadable where it is not known."""
    return _type(project, item, _spelling(project, item))


def _column(project: Project, item: Field) -> Column:
    spelled = _spelling(project, item)
    serial = _is_autoincrement(item)
    return Column(
        database_name(item),
        _type(project, item, spelled),
        nullable=(item.optional or item.many) and not serial,
        default=None if serial else _default(project, item, spelled),
        identity="serial" if serial else "",
    )


def _spelling(project: Project, item: Field) -> str:
    return f"{_element(project, item)}[]" if item.many else _element(project, item)


def _element(project: Project, item: Field) -> str:
    if item.unsupported:
        return item.unsupported
    if item.type in project.enums:
        return ".".join(_quoted(part, '"') for part in project.enums[item.type].name)
    native = next((found for found in item.attributes if "." in found.name), None)
    if native is None:
        if item.type not in SCALARS:
            raise Unreadable(f"{item.name} has the type {item.type}, which is not declared")
        return SCALARS[item.type]
    short = native.name.partition(".")[2]
    if short not in NATIVE:
        raise Unreadable(f"{item.name} has the native type @{native.name}, which is not known")
    modifiers = ",".join(plain(value) for value in native.arguments.positional)
    return f"{NATIVE[short]}({modifiers})" if modifiers else NATIVE[short]


def _type(project: Project, item: Field, spelled: str) -> Type:
    if item.type in project.enums:
        namespace, local = project.enums[item.type].name
        return Type(local, (), int(item.many), namespace)
    try:
        return read_type(spelled)
    except ValueError as error:
        raise Unreadable(f"{item.name} has the type {spelled}, which PostgreSQL cannot read") from error


def _is_autoincrement(item: Field) -> bool:
    value = _default_value(item)
    return isinstance(value, Call) and value.name == "autoincrement"


def _default_value(item: Field) -> Value | None:
    default = item.attribute("default")
    return default.get("value", 0) if default else None


def _default(project: Project, item: Field, spelled: str) -> Expression | None:
    value = _default_value(item)
    if value is None:
        return None
    if isinstance(value, Call):
        return _function(item, value.name, value.arguments)
    if isinstance(value, list):
        items = ", ".join(_literal(project, item, one) for one in value)
        return read_expression(f"ARRAY[{items}]::{spelled}")
    return read_expression(_literal(project, item, value))


def _function(item: Field, name: str, arguments: Arguments) -> Expression | None:
    if name == "now":
        return read_expression("CURRENT_TIMESTAMP")
    if name == "dbgenerated":
        text = arguments.get("value", 0)
        return read_expression(plain(text)) if text else None
    if name in CLIENT_SIDE:
        return None
    raise Unreadable(f"{item.name} has the default {name}(), which is not known")


def _literal(project: Project, item: Field, value: Value) -> str:
    """A literal default as Prisma prints it: by the field's type, not by the literal's."""
    text = plain(value)
    if item.type in project.enums:
        return _label(project, item, text)
    match item.type:
        case "Int" | "BigInt" | "Float" | "Decimal" | "Boolean":
            return text
        case "DateTime":
            return _quoted(_timestamp(text))
        case "Bytes":
            return _quoted(f"\\x{_bytes(text).hex()}")
    return _quoted(text)


def _label(project: Project, item: Field, name: str) -> str:
    enum = project.enums[item.type]
    if name not in enum.fields:
        raise Unreadable(f"{item.name} has the default {name}, which is no value of {enum.block.name}")
    return _quoted(database_name(enum.fields[name]))


def _timestamp(text: str) -> str:
    """A time as Prisma prints it: with none, three, six or nine digits of a second, and its offset in full."""
    written = MOMENT.fullmatch(text)
    if written is None:
        raise Unreadable(f"{text} is not a time as RFC 3339 writes it")
    day, minute, second, fraction, offset = written.groups()
    if offset is None:
        raise Unreadable(f"{text} is a time without its offset")
    try:  # Python has no 60th second, RFC 3339 and PostgreSQL do
        moment = datetime.fromisoformat(f"{day}T{minute}:{'59' if second == '60' else second}{offset.upper()}")
    except ValueError as error:
        raise Unreadable(f"{text} is not a time as RFC 3339 writes it") from error
    digits = (fraction or "")[:9].rstrip("0")
    part = "." + digits.ljust(-len(digits) // 3 * -3, "0") if digits else ""
    return f"{day} {minute}:{second}{part} {moment.isoformat()[-6:]}"


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Unreadable(f"{text} is not base64") from error


def _quoted(text: str, sign: str = "'") -> str:
    return sign + text.replace(sign, sign * 2) + sign
