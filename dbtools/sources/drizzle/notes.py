"""What of a schema could not be read: named where it stands, with the attribute that is therefore not known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.objects import ColumnRef
from dbtools.model.reader import Unread
from dbtools.sources.typescript import Place, Unknown, Value, is_symbol, shown


class Unreadable(Exception):  # noqa: N818 - it says what something is
    """What stands at *place* cannot be read, and why."""

    def __init__(self, reason: str, place: Place) -> None:
        super().__init__(reason)
        self.place = place


class Notes:
    """What could not be read so far, and which tables are uncertain as a whole because of it."""

    def __init__(self) -> None:
        self.unread: dict[Unread, None] = {}
        self.uncertain: set[Name] = set()
        self.complete = True

    def add(self, location: Location, what: str, ref: ColumnRef | None = None, aspect: str = "") -> None:
        """Notes *what*; without *aspect* all of the table of *ref* is uncertain, without *ref* there may be more."""
        self.unread[Unread(location, what, ref, aspect)] = None
        if ref is None:
            self.complete = False
        elif not aspect:
            self.uncertain.add(ref.table)

    @contextmanager
    def reading(self, ref: ColumnRef | None, aspect: str = "") -> Iterator[None]:
        """What is unreadable inside is noted, and the rest goes on."""
        try:
            yield
        except Unreadable as problem:
            self.add(problem.place.location, str(problem), ref, aspect)


def refuse(value: Value, place: Place, expected: str) -> Unreadable:
    """Why *value* is not *expected*: where it could not be followed, or what stands there instead."""
    if isinstance(value, Unknown):
        return Unreadable(value.reason, value.place)
    where = value.place if is_symbol(value) else place
    return Unreadable(f"{shown(where.node)} is not known to be {expected}", where)
