"""Named queries: ``.sql`` files whose statements the application runs, each a reader of what it selects."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from pathlib import PurePosixPath

from dbtools.model.finding import Location
from dbtools.sql.walk import statements

NAME = re.compile(r"--\s*name:\s*(\S+)")


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """One query; ``name`` is what its ``-- name:`` comment says, else its file's name."""

    name: str
    text: str
    location: Location
    error: str = ""


def read_texts(files: Mapping[str, str]) -> tuple[NamedQuery, ...]:
    """Every statement of every ``.sql`` file among *files*, by path."""
    found = []
    for path, text in sorted(files.items()):
        if not path.endswith(".sql"):
            continue
        names = [(text.count("\n", 0, match.start()) + 1, match[1]) for match in NAME.finditer(text)]
        for statement in statements(text):
            before = bisect_right(names, statement.place.line, key=itemgetter(0))
            name = names[before - 1][1] if before else PurePosixPath(path).stem
            location = Location(path, statement.place.line, statement.place.column)
            found.append(NamedQuery(name, statement.text, location, statement.error))
    return tuple(found)
