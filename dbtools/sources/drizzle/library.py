"""What drizzle-orm's functions make, told from how they were called: tables, enums, schemas, columns, views.

A schema file evaluates to symbols such as ``Call(Member(Call(text, "name"), "notNull"))``; here they are recognised.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dbtools.sources.typescript import Call, Import, Member, Place, Value

CORE = "drizzle-orm/pg-core"
OTHER_CORES = {
    "drizzle-orm/mysql-core": "MySQL", "drizzle-orm/sqlite-core": "SQLite",
    "drizzle-orm/singlestore-core": "SingleStore",
}  # fmt: skip
VIEWS = frozenset({"pgView", "pgMaterializedView"})
OF_NAMESPACE = {
    "table": "pgTable", "enum": "pgEnum", "view": "pgView", "materializedView": "pgMaterializedView",
    "sequence": "pgSequence",
}  # fmt: skip


class Made(NamedTuple):
    """What a function makes: ``function`` by its name for ``public``, and the pgSchema it belongs to, if any.

    ``creator``: the ``pgTableCreator`` that renames the table.
    """

    function: str
    arguments: list[Value]
    place: Place
    namespace: Call | None = None
    creator: Call | None = None
    row_security: bool = False


def function_of(value: Value) -> str:
    """The name of the drizzle-orm function that *value* is; empty where it is none."""
    if isinstance(value, Import) and (value.specifier == "drizzle-orm" or value.specifier.startswith("drizzle-orm/")):
        return value.name
    return ""


def made_by(value: Value) -> Made | None:
    """What *value* makes, if it is a call of drizzle-orm's: the call at the root of a chain of methods counts."""
    row_security = False
    while isinstance(value, Call) and isinstance(value.callee, Member) and isinstance(value.callee.of, Call):
        inner = value.callee.of
        if value.callee.name in OF_NAMESPACE and function_of(inner.callee) == "pgSchema":
            name = OF_NAMESPACE[value.callee.name]
            return Made(name, value.arguments, value.place, inner, row_security=row_security)
        row_security = row_security or value.callee.name == "enableRLS"
        value = inner
    if not isinstance(value, Call):
        return None
    callee = value.callee
    if isinstance(callee, Call) and function_of(callee.callee) == "pgTableCreator":
        return Made("pgTable", value.arguments, value.place, creator=callee, row_security=row_security)
    if isinstance(callee, Member) and callee.name == "withRLS" and function_of(callee.of) == "pgTable":
        return Made("pgTable", value.arguments, value.place, row_security=True)
    name = function_of(callee)
    return Made(name, value.arguments, value.place, row_security=row_security) if name else None


class Method(NamedTuple):
    """One call in a chain: ``.notNull()``."""

    name: str
    arguments: list[Value]
    place: Place


def chain(value: Value) -> tuple[Value, list[Method]]:
    """What a chain of calls starts with, and the calls in their order."""
    methods: list[Method] = []
    while isinstance(value, Call) and isinstance(value.callee, Member):
        of = value.callee.of
        if not isinstance(of, Call | Member) or (value.callee.name in OF_NAMESPACE and _is_namespace(of)):
            break
        methods.append(Method(value.callee.name, value.arguments, value.place))
        value = of
    return value, methods[::-1]


def _is_namespace(value: Value) -> bool:
    return isinstance(value, Call) and function_of(value.callee) == "pgSchema"


def inside(value: Value) -> Iterator[Value]:
    """*value* and everything that it was called with, as far as the calls show."""
    pending = [value]
    while pending:
        found = pending.pop()
        yield found
        if isinstance(found, Call):
            pending += [found.callee, *found.arguments]
        elif isinstance(found, Member):
            pending.append(found.of)
        elif isinstance(found, list):
            pending += found
        elif hasattr(found, "entries"):
            pending += found.entries.values()
