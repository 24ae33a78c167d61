"""Types and expressions as values: computed in ``sql/``, compared everywhere.

A field that is None, or a volatility that is unknown, means that nobody has judged it: no rule may
claim anything from it.
"""

from __future__ import annotations

from dataclasses import field
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass


class Name(NamedTuple):
    """A relation, type or function with its namespace (PostgreSQL's *schema*)."""

    namespace: str
    local: str

    def __str__(self) -> str:
        return self.local if self.namespace == "public" else f"{self.namespace}.{self.local}"


class Type(NamedTuple):
    """A column type in PostgreSQL's short spelling: ``varchar``, ``timestamptz``, ``integer``.

    ``modifiers`` as written in brackets: ``(10, 2)``. ``dimensions`` is 1 for any array, since
    PostgreSQL does not keep their number. ``namespace`` is empty for built-in types, else that of
    the enum, domain or extension type.
    """

    base: str
    modifiers: tuple[int | str, ...] = ()
    dimensions: int = 0
    namespace: str = ""

    def __str__(self) -> str:
        name = self.base if self.namespace in ("", "public") else f"{self.namespace}.{self.base}"
        if self.base == "interval" and self.modifiers and isinstance(self.modifiers[0], str):
            fields, *precision = self.modifiers
            modifiers = f" {fields}" + "".join(f"({digits})" for digits in precision)
        else:
            modifiers = f"({','.join(map(str, self.modifiers))})" if self.modifiers else ""
        return f"{name}{modifiers}{'[]' * self.dimensions}"

    @property
    def name(self) -> Name:
        """The name of a user-defined type; built-in types live in ``pg_catalog``."""
        return Name(self.namespace or "pg_catalog", self.base)

    def element(self) -> Type:
        """The type without its array dimensions."""
        return self._replace(dimensions=0)


class Volatility(IntEnum):
    """How much an expression's value may change; the worst of its parts (PostgreSQL manual, 36.7)."""

    IMMUTABLE = 0
    STABLE = 1
    VOLATILE = 2
    UNKNOWN = 3


class TypeDependent(NamedTuple):
    """``volatility`` holds when ``column`` has one of the ``bases``: ``d::date`` is stable only on timestamptz."""

    column: str
    bases: tuple[str, ...]
    volatility: Volatility


class ColumnCast(NamedTuple):
    """An expression that is nothing but ``column::type``."""

    column: str
    type: Type


@dataclass(frozen=True, slots=True)
class Expression:
    """A default, check, predicate or condition.

    Two expressions are equal when ``meaning``, their spelling normalised at the door, is equal.
    ``columns``: what it reads. ``judged``: whether sqlglot has looked; before that the fields after
    it say nothing. ``volatility`` counts built-in functions only; ``calls`` are the functions whose
    volatility the schema decides, ``depends`` the parts that a column's type decides. ``constant``
    is its truth when no row changes it. ``proves``: the columns that cannot be null where it is true.
    """

    text: str = field(compare=False)
    meaning: str
    columns: tuple[str, ...] = field(default=(), compare=False)
    judged: bool = field(default=False, compare=False)
    volatility: Volatility = field(default=Volatility.UNKNOWN, compare=False)
    calls: tuple[Name, ...] = field(default=(), compare=False)
    depends: tuple[TypeDependent, ...] = field(default=(), compare=False)
    constant: bool | None = field(default=None, compare=False)
    proves: tuple[str, ...] = field(default=(), compare=False)
    cast: ColumnCast | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.text


class TypeChange(NamedTuple):
    """What turning one type into another costs, by the measured table in ``sql/types.py``.

    ``rewrites``: the heap is written anew. ``rebuilds``: indexes on the column are, even when the
    heap is not. ``narrows``: values may not fit, or lose part of themselves. ``fails``: SQLSTATE of
    a change that cannot succeed.
    """

    rewrites: bool
    rebuilds: bool = False
    narrows: bool = False
    fails: str | None = None
