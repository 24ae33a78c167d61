"""Whether a script holds an expression so long that parsing it would end the process.

``a + a + a ...`` is as deep a tree as it is long, and libpg_query hands its trees over by recursion: from some 20,000
levels on (measured with a stack of 8 MB) that overruns the stack, which nothing can catch. Brackets and keywords that
nest to the right are no danger, since the grammar refuses them first, and AND and OR make one flat list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from postgast.pg_query_pb2 import ScanToken

HARMLESS = 20_000  # characters of a script that is too short to hold as much
MOST = 2000
LINK = re.compile(
    r"::|[-+*/%^<>=~!@#&|`?]|\b(?:is|isnull|notnull|collate|zone|in|i?like|between|union|intersect|except|join)\b",
    re.IGNORECASE,
)
KEYWORDS = "TYPECAST Op COLLATE IS ISNULL NOTNULL ZONE IN_P LIKE ILIKE BETWEEN LESS_EQUALS GREATER_EQUALS NOT_EQUALS"
SETS = "UNION INTERSECT EXCEPT JOIN"
BOUNDS = "AND OR SELECT FROM WHERE ON VALUES THEN WHEN ELSE SET RETURNING"
OPEN, CLOSE = map(ord, "()")


def is_endless(text: str, tokens: Callable[[], Iterable[ScanToken]]) -> bool:
    """Whether more than ``MOST`` operators of *text*, or parts of a query, follow each other at the same level."""
    if len(text) < HARMLESS or not _has_many_links(text):
        return False
    from postgast import pg_query_pb2 as pb

    operators = {*(getattr(pb, name) for name in KEYWORDS.split()), *map(ord, "+-*/%^<>=")}
    sets = {getattr(pb, name) for name in SETS.split()}
    bounds = {*(getattr(pb, name) for name in BOUNDS.split()), ord(",")}
    levels = [[0, 0]]
    for token in tokens():
        kind = token.token
        if kind in operators:
            levels[-1][0] += 1
        elif kind in sets:
            levels[-1][1] += 1
        elif kind in bounds:
            levels[-1][0] = 0
        elif kind == OPEN:
            levels.append([0, 0])
        elif kind == CLOSE and len(levels) > 1:
            levels.pop()
        elif kind == ord(";"):
            levels = [[0, 0]]
        if max(levels[-1]) > MOST:
            return True
    return False


def _has_many_links(text: str) -> bool:
    return any(number > MOST for number, _ in enumerate(LINK.finditer(text), start=1))
