"""Rows: written, read, emptied, locked, and cleaned up after."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal, NamedTuple

from dbtools.model.effects import LockMode
from dbtools.model.expression import Expression, Name

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass


class Constant(NamedTuple):
    """A string in a query, and what PostgreSQL reads it as: a value of ``column``, or of the type ``type``.

    A ``position`` counts the columns of the table from 1, where INSERT names none. Without any of the three, what the
    string is read as takes more than its place in the text.
    """

    text: str
    column: str = ""
    type: str = ""
    position: int = 0

    @property
    def is_bare(self) -> bool:
        """Whether nothing says what it is read as."""
        return not (self.column or self.type or self.position)


@dataclass(frozen=True, slots=True)
class Insert:
    """INSERT or COPY FROM; ``reads`` are the relations its query names.

    ``rows``: how many it adds for certain. ``constants`` here and below: the strings that the statement says, filled
    in where the transaction has added labels to an enum.
    """

    table: Name
    columns: tuple[str, ...] = ()
    reads: tuple[Name, ...] = ()
    rows: int = field(default=0, compare=False)
    constants: tuple[Constant, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Update:
    """UPDATE, also the matched part of MERGE."""

    table: Name
    columns: tuple[str, ...] = ()
    where: Expression | None = None
    reads: tuple[Name, ...] = ()
    constants: tuple[Constant, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Delete:
    """DELETE."""

    table: Name
    where: Expression | None = None
    reads: tuple[Name, ...] = ()
    constants: tuple[Constant, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Truncate:
    """TRUNCATE."""

    tables: tuple[Name, ...]
    cascade: bool = False
    only: frozenset[Name] = frozenset()


@dataclass(frozen=True, slots=True)
class Select:
    """A query that changes nothing; ``locks`` when it says FOR UPDATE and the like."""

    reads: tuple[Name, ...] = ()
    locks: bool = False
    setval: tuple[Name, ...] = ()
    constants: tuple[Constant, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class LockTable:
    """LOCK TABLE."""

    tables: tuple[Name, ...]
    mode: LockMode
    only: frozenset[Name] = frozenset()


@dataclass(frozen=True, slots=True)
class Maintain:
    """VACUUM, ANALYZE, CLUSTER; no tables means all of them."""

    verb: Literal["vacuum", "vacuum full", "analyze", "cluster"]
    tables: tuple[Name, ...]
    index: str = ""
