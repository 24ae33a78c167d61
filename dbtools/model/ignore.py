"""What a comment in a migration asks not to be told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from dbtools.model.finding import Location

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Ignore:
    """``-- dbtools: ignore RULE[, RULE] [until=DATE] REASON`` on lines ``first`` to ``last`` of a file.

    ``location`` is the comment's, ``text`` what it says. ``problem`` says why it asks for nothing, empty when it does.
    """

    location: Location
    text: str
    rules: tuple[str, ...] = ()
    reason: str = ""
    until: date | None = None
    first: int = 1
    last: int = 0
    problem: str = ""

    def covers(self, location: Location) -> bool:
        """Whether *location* is one of those that the comment is about."""
        return location.path == self.location.path and self.first <= location.line <= self.last
