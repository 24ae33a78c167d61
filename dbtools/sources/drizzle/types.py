"""The PostgreSQL type of a column, as each of drizzle-orm's functions spells it in ``getSQLType()``."""

from __future__ import annotations

import re
from functools import lru_cache

from dbtools.model.expression import Type
from dbtools.sources.drizzle.library import function_of
from dbtools.sources.drizzle.notes import Unreadable, refuse
from dbtools.sources.drizzle.project import Project, config_of
from dbtools.sources.typescript import UNDEFINED, Call, Function, Object, Unknown, Value, is_number, number_text
from dbtools.sql.types import BUILT_IN, SERIAL, read_type

SIMPLE = {
    "text": "text", "boolean": "boolean", "integer": "integer", "smallint": "smallint", "bigint": "bigint",
    "serial": "serial", "smallserial": "smallserial", "bigserial": "bigserial", "real": "real",
    "doublePrecision": "double precision", "uuid": "uuid", "json": "json", "jsonb": "jsonb", "date": "date",
    "inet": "inet", "cidr": "cidr", "macaddr": "macaddr", "macaddr8": "macaddr8", "point": "point", "line": "line",
    "geometry": "geometry(point)", "bytea": "bytea",
}  # fmt: skip
SIZED = {
    "varchar": "length", "char": "length", "bit": "dimensions", "vector": "dimensions", "halfvec": "dimensions",
    "sparsevec": "dimensions",
}  # fmt: skip
NUMERIC = frozenset({"numeric", "decimal"})
MOMENTS = frozenset({"timestamp", "time"})
FUNCTIONS = frozenset({*SIMPLE, *SIZED, *NUMERIC, *MOMENTS, "interval"})
PLAIN = re.compile(r"[A-Za-z_][\w$]*")
# What drizzle-kit does not put in quotes, by how it begins.
NATIVE = (
    "uuid", "smallint", "integer", "bigint", "boolean", "text", "varchar", "serial", "bigserial", "decimal", "numeric",
    "real", "json", "time", "date", "interval", "double precision", "char", "vector", "geometry", "halfvec",
    "sparsevec", "bit",
)  # fmt: skip


def spelled(project: Project, root: Call) -> str | Type:
    """The type that a column's function says, without its arrays; an enum's as a Type, which needs no spelling."""
    enum = project.defined(root.callee) if isinstance(root.callee, Call) else None
    if enum is not None and enum.kind == "pgEnum":
        return Type(enum.name.local, namespace=enum.name.namespace)
    if isinstance(root.callee, Call) and function_of(root.callee.callee) == "customType":
        return _custom(project, root.callee, root)
    name = function_of(root.callee)
    if name in SIMPLE:
        return SIMPLE[name]
    if name not in FUNCTIONS:
        raise refuse(root, root.place, "a type of drizzle-orm")
    return _with_options(name, _Options(root))


class _Options:
    """The options that a column's function was given."""

    def __init__(self, root: Call) -> None:
        self._place = root.place
        self._said: Value = config_of(root.arguments)

    def get(self, key: str) -> Value:
        """The value of an option, UNDEFINED where it is not given; Unreadable where that is not known."""
        if self._said is UNDEFINED or self._said is None:
            return UNDEFINED
        if not isinstance(self._said, Object):
            raise refuse(self._said, self._place, "options")
        value = self._said.entries.get(key, self._said.hidden[0] if self._said.hidden else UNDEFINED)
        if value is UNDEFINED or isinstance(value, str | bool) or is_number(value):
            return value
        raise refuse(value, self._said.places.get(key, self._place), "a value")


def _with_options(name: str, options: _Options) -> str:
    if name in SIZED:
        size = options.get(SIZED[name])
        return name if size is UNDEFINED else f"{name}({_number(size)})"
    if name in NUMERIC:
        precision, scale = options.get("precision"), options.get("scale")
        if precision is UNDEFINED:
            return "numeric"
        return f"numeric({_number(precision)}" + ("" if scale is UNDEFINED else f", {_number(scale)}") + ")"
    precision = options.get("precision")
    shown = "" if precision is UNDEFINED else f"({_number(precision)})"
    if name in MOMENTS:
        return f"{name}{shown}" + (" with time zone" if options.get("withTimezone") not in {UNDEFINED, False} else "")
    fields = options.get("fields")
    return f"interval{'' if fields is UNDEFINED else f' {fields}'}{shown}"


def _number(value: Value) -> str:
    return number_text(value) if is_number(value) else str(value)


def _custom(project: Project, custom: Call, root: Call) -> str:
    """What ``dataType`` of a customType returns for the options that the column was given."""
    said = custom.arguments[0] if custom.arguments else UNDEFINED
    function = said.entries.get("dataType", UNDEFINED) if isinstance(said, Object) else UNDEFINED
    if not isinstance(function, Function):
        raise refuse(
            function if isinstance(function, Unknown) else custom, custom.place, "a customType with dataType()"
        )
    found = project.evaluator.call(function, [config_of(root.arguments)], root.place)
    if not isinstance(found, str):
        raise refuse(found, root.place, "the name of a type")
    return found


def type_of(written: str | Type, dimensions: int, root: Call) -> Type:
    """The type that *written* spells, with that many dimensions of an array; Unreadable where it is none."""
    if isinstance(written, Type):
        return written._replace(dimensions=min(dimensions, 1)) if dimensions else written
    try:
        return _read(written.strip(), dimensions)
    except ValueError as error:
        raise Unreadable(f"{written} is no type that PostgreSQL can read", root.place) from error


@lru_cache(maxsize=1024)
def _read(text: str, dimensions: int) -> Type:
    if PLAIN.fullmatch(text) and not text.startswith(NATIVE) and text.lower() not in BUILT_IN:
        text = f'"{text}"'  # drizzle-kit puts it in quotes, so that its capitals count
    found = read_type(text + "[]" * dimensions)
    return found._replace(base=SERIAL[found.base]) if found.base in SERIAL and not found.namespace else found
