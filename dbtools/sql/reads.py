"""What a query reads, and what of it a schema does not know, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from dbtools.model.expression import Name
from dbtools.model.objects import ColumnRef

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass


class Position(NamedTuple):
    """Where in the query's text, 1-based; a column counts characters."""

    line: int = 1
    column: int = 1


class Problem(NamedTuple):
    """A name that the schema does not answer; ``what`` has an empty table where none could be told."""

    kind: Literal["unknown table", "unknown column", "ambiguous"]
    what: ColumnRef
    message: str
    position: Position = Position()


class Inserted(NamedTuple):
    """One INSERT: ``columns`` get a value that is not the constant NULL, all others their default."""

    table: Name
    columns: frozenset[str]
    position: Position = Position()


class Compared(NamedTuple):
    """A column held against another, a constant, or what is cast to a type: exactly one of the three is given."""

    column: ColumnRef
    position: Position
    other: ColumnRef | None = None
    constant: str | None = None
    type: str = ""


@dataclass(frozen=True, slots=True)
class Reads:
    """A query held against a schema.

    ``columns``: the stored columns it depends on, those of views with the columns beneath them. ``positions``: where
    each that it reads itself is first named; the others it reads through a view. ``relations``: those that it names,
    and where. ``outputs``: the names of its result. ``opaque``: relations of which it is not known what columns they
    have. ``inserts``: the rows that it writes. ``compared``: what it compares columns with.
    """

    columns: frozenset[ColumnRef]
    outputs: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    positions: tuple[tuple[ColumnRef, Position], ...] = ()
    opaque: frozenset[Name] = frozenset()
    relations: tuple[tuple[Name, Position], ...] = ()
    inserts: tuple[Inserted, ...] = ()
    compared: tuple[Compared, ...] = ()


class Relations(Protocol):
    """What a query is resolved against."""

    def knows(self, name: Name) -> bool:
        """Whether *name* is a relation, or may be one."""

    def relation(self, name: Name) -> tuple[str, ...] | None:
        """Its columns; None when they are not known."""

    def is_view(self, name: Name) -> bool:
        """Whether *name* is a view."""

    def view(self, name: Name) -> Reads | None:
        """What the view called *name* reads; None when that is not known."""
