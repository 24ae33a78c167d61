"""Where a CREATE TABLE speaks of each of its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dbtools.model.finding import Location

# A column stands after the bracket or a comma, with its type behind it; comments may stand between.
_START = r"[(,](?:\s|--[^\n]*\n|/\*.*?\*/)*"
_BREAK = re.compile("\n")


class Statement(NamedTuple):
    """The text of one statement, and where it begins."""

    text: str
    start: Location


def column_places(statement: Statement, columns: Iterable[str]) -> Iterator[tuple[str, Location]]:
    """Each of *columns*, which are in their order, with its place; the statement's own where it is not found."""
    at = 0
    for column in columns:
        quoted = re.escape('"' + column.replace('"', '""') + '"')
        bare = f"|(?i:{re.escape(column)})" if column.islower() else ""
        found = re.compile(rf'{_START}({quoted}{bare})\s+["\w]', re.DOTALL).search(statement.text, at)
        yield column, statement.start if found is None else _place(statement, found.start(1))
        at = at if found is None else found.end(1)


def _place(statement: Statement, offset: int) -> Location:
    path, line, column = statement.start
    breaks = [found.end() for found in _BREAK.finditer(statement.text, 0, offset)]
    if not breaks:
        return Location(path, line, column + offset)
    return Location(path, line + len(breaks), offset - breaks[-1] + 1)
