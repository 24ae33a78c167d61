"""Named queries: ``.sql`` files whose statements the application runs, each a reader of what it selects."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate
from operator import itemgetter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from dbtools.model.finding import Location
from dbtools.sql.walk import statements

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

# sqlc and aiosql, which ends names in what comes back (``^``, ``<!``); pugsql; pgtyped.
NAME = re.compile(r"(?:--|/\*)\s*(?:name:|:name\b|@name\b)\s*([^\s:*!<^$#]+)")


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """One query; ``name`` is what its ``-- name:`` comment says, else its file's name."""

    name: str
    text: str
    location: Location
    error: str = ""

    @property
    def plain(self) -> str:
        """Its text with the placeholders as parameters of PostgreSQL."""
        from dbtools.sources.placeholders import plain

        return plain(self.text)

    @property
    def numbered(self) -> str | None:
        """Its text as it can be prepared; None where a template fills in more than values."""
        from dbtools.sources.placeholders import numbered

        return numbered(self.text)


def read_texts(files: Mapping[str, str]) -> tuple[NamedQuery, ...]:
    """Every statement of every ``.sql`` file among *files*, by path."""
    return tuple(query for path, text in sorted(files.items()) if path.endswith(".sql") for query in _read(path, text))


def _read(path: str, text: str) -> Iterator[NamedQuery]:
    from dbtools.sources.placeholders import plain

    names = [(text.count("\n", 0, match.start()) + 1, match[1]) for match in NAME.finditer(text)]
    lines = text.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines))]
    for statement in statements(plain(text)):
        place = statement.place
        before = bisect_right(names, place.line, key=itemgetter(0))
        name = names[before - 1][1] if before else PurePosixPath(path).stem
        start = starts[place.line - 1] + place.column - 1
        written = text[start : start + len(statement.text)]
        yield NamedQuery(name, written, Location(path, place.line, place.column), statement.error)
