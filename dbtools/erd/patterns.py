"""A list of tables said briefly: a pattern where it fits them and no other table, else their names."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from dbtools.erd.assign import by_spelling
from dbtools.erd.cluster import words
from dbtools.model.expression import Name

FEWEST = 3  # tables that a pattern is worth
_SPECIAL = set("*?[")
_LAST = "\U0010ffff"


class Patterns:
    """The patterns that fit among *names*, which are all tables that there are."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._spelled = by_spelling(names)
        self._sorted = sorted(self._spelled)

    def of(self, group: tuple[Name, ...]) -> tuple[str, ...]:
        """Names and patterns that claim exactly the tables of *group*, in the order of its names."""
        left = dict.fromkeys(sorted(group))
        said: dict[Name, str] = {}
        for pattern, fitting in sorted(self._fitting(group), key=lambda found: (-len(found[1]), found[0])):
            if len(fitting) >= FEWEST and fitting <= left.keys():
                said[min(fitting)] = pattern
                left = {name: None for name in left if name not in fitting}
        said |= {name: self._name(name) for name in left}
        return tuple(pattern for _, pattern in sorted(said.items()))

    def _name(self, name: Name) -> str:
        """What means *name* and no other table: ``a.b`` in public is not the b of the schema a."""
        return str(name) if self._spelled[str(name)] == name else f"{name.namespace}.{name.local}"

    def _fitting(self, group: tuple[Name, ...]) -> Iterator[tuple[str, frozenset[Name]]]:
        """Patterns that match tables of *group* only; of those that match the same, the longest."""
        found: dict[frozenset[Name], str] = {}
        for start in sorted({start for name in group for start in _starts(name)}, key=lambda text: (len(text), text)):
            fitting = self._matching(start, 2 * len(group))
            if len(fitting) >= FEWEST and fitting <= set(group):
                found[fitting] = f"{start}*"
        yield from ((pattern, fitting) for fitting, pattern in found.items())

    def _matching(self, start: str, most: int) -> frozenset[Name]:
        """The tables that ``start*`` claims; none where more than *most* spellings start so, or one is called that."""
        first, last = bisect_left(self._sorted, start), bisect_left(self._sorted, start + _LAST)
        if last - first > most or f"{start}*" in self._spelled:
            return frozenset()
        return frozenset(self._spelled[text] for text in self._sorted[first:last])


def _starts(name: Name) -> Iterator[str]:
    """How patterns for *name* may start: with its schema, and with each of its first words."""
    spelled = str(name)
    if _SPECIAL & set(spelled):
        return
    end = len(spelled) - len(name.local)
    if end:
        yield spelled[:end]
    for word in words(name):
        end = spelled.index(word, end) + len(word)
        yield spelled[:end]
