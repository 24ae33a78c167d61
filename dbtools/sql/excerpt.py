"""What a script says where a finding stands: the lines to show, and the words in them that are meant.

Work is proportional to what is shown: a script is indexed once, a statement scanned once, a line cut where it is long.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from functools import lru_cache

from dbtools.model.finding import Excerpt, Point, SourceLine
from dbtools.sql.grammar import GrammarError, scan
from dbtools.sql.read import Statement
from dbtools.sql.split import SURROGATES, Place

LONGEST = 240  # characters of a line that are carried around
BEFORE = 60  # of them before what is meant
WORD = re.compile(r"\w+")
BLOCK = re.compile(r"do\b", re.IGNORECASE)


class _Script:
    """A script by character, as places count it."""

    def __init__(self, text: str) -> None:
        self.text = SURROGATES.sub("?", text).removeprefix("\ufeff")
        self._starts = [0]
        while found := self.text.find("\n", self._starts[-1]) + 1:
            self._starts.append(found)

    def offset(self, place: Place | Point) -> int:
        return self._starts[place.line - 1] + place.column - 1

    def point(self, offset: int) -> Point:
        line = bisect_right(self._starts, offset)
        return Point(line, offset - self._starts[line - 1] + 1)

    def line(self, number: int, around: int) -> SourceLine:
        """Line *number*, or what fits of it around the column *around*."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        skipped = 0 if end - start <= LONGEST else max(0, around - 1 - BEFORE)
        shown = self.text[start + skipped : min(end, start + skipped + LONGEST)]
        return SourceLine(number, shown.rstrip(), skipped + 1)


@lru_cache(maxsize=4)
def _script(text: str) -> _Script:
    return _Script(text)


def excerpt(script: str, statement: Statement, place: Place, names: Iterable[str] = ()) -> Excerpt:
    """What *script* says of *statement* at *place*: meant is the first of *names* that it mentions, or else all."""
    source = _script(script)
    begin, start = source.offset(statement.place), source.offset(place)
    end = _end(source, statement, begin, start)
    text, at = statement.text, begin
    if BLOCK.match(text) and start > begin:  # its body is a string, in which an operation has a text of its own
        end = _semicolon(source.text, start, end)
        text, at = source.text[start:end], start
    meant = _word(source, start) if statement.error else _meant(text, at, range(start, end), names)
    mark = (source.point(meant[0]), source.point(meant[1]))
    shown = {statement.place.line: statement.place.column, place.line: place.column, mark[0].line: mark[0].column}
    lines = tuple(source.line(line, column) for line, column in sorted(shown.items()))
    return Excerpt(Point(statement.place.line, statement.place.column), source.point(end), mark, lines)


def _end(source: _Script, statement: Statement, begin: int, start: int) -> int:
    """Where the action at *start* ends: before the next one, or with the statement."""
    whole = begin + len(statement.text)
    here, places = source.point(start), statement.places
    after = bisect_right(places, here, key=lambda place: Point(place.line, place.column))
    following = source.offset(places[after]) if after < len(places) else whole
    if following >= whole:
        return min(max(whole, start), len(source.text))
    return start + len(source.text[start:following].rstrip().removesuffix(",").rstrip())


def _semicolon(text: str, start: int, end: int) -> int:
    found = text.find(";", start, end)
    return end if found < 0 else found


def _word(source: _Script, start: int) -> tuple[int, int]:
    """The word that PostgreSQL stumbles over."""
    found = WORD.match(source.text, start)
    return start, found.end() if found else min(start + 1, len(source.text))


def _meant(text: str, begin: int, part: range, names: Iterable[str]) -> tuple[int, int]:
    """The first mention of one of *names* in *part* of the script, where the statement's *text* begins at *begin*."""
    mentioned = _mentions(text)
    for name in names:
        places = mentioned.get(name, ())
        at = bisect_left(places, (part.start - begin, 0))
        if at < len(places) and begin + places[at][1] <= part.stop:
            return begin + places[at][0], begin + places[at][1]
    return part.start, part.stop


@lru_cache(maxsize=16)
def _mentions(text: str) -> Mapping[str, list[tuple[int, int]]]:
    """Where each identifier stands in *text*, by its name; the keywords among the words do no harm."""
    try:
        tokens = scan(text).tokens
    except GrammarError:
        return {}
    data, found = text.encode(), dict[str, list[tuple[int, int]]]()
    seen, characters = 0, 0
    for token in tokens:
        word = data[token.start : token.end].decode()
        name = _name(word)
        if name:
            characters += len(data[seen : token.start].decode())
            seen = token.start
            found.setdefault(name, []).append((characters, characters + len(word)))
    return found


def _name(word: str) -> str:
    """What an identifier is called; empty for what is none."""
    if word.startswith('"'):
        return word[1:-1].replace('""', '"')
    return word.lower() if word[:1].isalpha() or word.startswith("_") else ""
