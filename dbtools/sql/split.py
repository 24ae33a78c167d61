r"""Text into statements, each with its exact place; nothing is lost, whatever the text.

PostgreSQL's grammar splits. Where it refuses, the scanner does, and each piece is tried alone, so that
one broken statement hides no other. psql's own lines (``\set``, the rows of ``COPY ... FROM stdin``) are
blanked, never moved.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbtools.sql.grammar import GrammarError, parse, scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from postgast.pg_query_pb2 import Node

SURROGATES = re.compile("[\ud800-\udfff]")
PSQL_LINE = re.compile(rb"^\\[A-Za-z!?;.].*$", re.MULTILINE)
COPY_ROWS = re.compile(
    rb"^(COPY\b[^;]*\bFROM\s+stdin\b[^;]*;[^\n]*\n)(.*?^\\\.[^\n]*)$", re.MULTILINE | re.DOTALL | re.IGNORECASE
)
BLANK = re.compile(rb"(?:\s+|\xef\xbb\xbf|--[^\n]*)*")
COMMENT_END = re.compile(rb"/\*|\*/")
RECOVERIES = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A 1-based line and column; the column counts characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement's text and place. ``node`` is its parse tree, None where ``error`` is PostgreSQL's complaint."""

    text: str
    place: Place
    node: Node | None
    error: str = ""
    error_place: Place | None = None


class Text:
    """A script as bytes, which is what PostgreSQL's positions count, with its lines."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._starts = [0, *(match.end() for match in re.finditer(rb"\n", data))]
        self._last = (0, 0)

    def place(self, offset: int) -> Place:
        """Where the byte at *offset* stands."""
        line = bisect_right(self._starts, offset)
        start, column = self._starts[line - 1], 0
        if start <= self._last[0] <= offset:  # on from the last place: a line may hold the whole script
            start, column = self._last
        column += len(self.data[start:offset].decode("utf-8-sig", "ignore"))
        self._last = (offset, column)
        return Place(line, column + 1)

    def piece(self, start: int, end: int, node: Node | None, error: GrammarError | None = None) -> Piece:
        """The statement between two offsets, without the comments before it."""
        start = self.begin(start, end)
        place = self.place(start)
        text = self.data[start:end].decode("utf-8", "ignore").rstrip()
        if error is None:
            return Piece(text, place, node)
        at = start + len(text[: error.position].encode())
        return Piece(text, place, node, str(error), self.place(at))

    def begin(self, start: int, end: int) -> int:
        """The offset after the blanks and comments at *start*."""
        while True:
            blank = BLANK.match(self.data, start, end)
            start = blank.end() if blank else start
            if not self.data.startswith(b"/*", start, end):
                return start
            start = self._comment_end(start, end)

    def _comment_end(self, start: int, end: int) -> int:
        depth = 0
        for mark in COMMENT_END.finditer(self.data, start, end):
            depth += 1 if mark[0] == b"/*" else -1
            if not depth:
                return mark.end()
        return end


def split(sql: str) -> tuple[Piece, ...]:
    """Every statement of *sql*, in order; text that is no statement comes as a piece with an error."""
    # What UTF-8 cannot say becomes one byte, as it was, so that every position holds.
    clean = SURROGATES.sub("?", sql)
    text = Text(clean.replace("\0", " ").encode())
    pieces = tuple(_split(text, text.data))
    if "\0" not in clean:
        return pieces
    nul = text.place(len(clean[: clean.index("\0")].encode()))
    return (*pieces, Piece("", nul, None, "a NUL byte, which PostgreSQL does not accept in SQL", nul))


def _split(text: Text, data: bytes) -> Iterator[Piece]:
    if data.startswith(b"\xef\xbb\xbf"):
        data = b"   " + data[3:]
    try:
        tree = parse(data.decode())
    except GrammarError:
        blanked = _without_psql(data)
        if blanked != data:
            yield from _split(text, blanked)
        else:
            yield from _recover(text, data)
        return
    for raw in tree.stmts:
        end = raw.stmt_location + raw.stmt_len if raw.stmt_len else len(data)
        yield text.piece(raw.stmt_location, end, raw.stmt)


def _without_psql(data: bytes) -> bytes:
    data = COPY_ROWS.sub(lambda match: match[1] + _blank(match[2]), data)
    return PSQL_LINE.sub(lambda match: _blank(match[0]), data)


def _blank(data: bytes) -> bytes:
    return re.sub(rb"[^\n]", b" ", data)


def _recover(text: Text, data: bytes) -> Iterator[Piece]:
    """Statement by statement, cut by the scanner; past an unclosed quote, from the next line that ends one."""
    start = 0
    for _ in range(RECOVERIES):
        rest = data[start:]
        try:
            yield from _each(text, rest, start, _ends(rest))
        except GrammarError as error:
            broken = start + len(rest.decode()[: error.position].encode())
            before = max(data.rfind(b";", start, broken) + 1, start)
            yield from _each(text, data[start:before], start, _ends(data[start:before]))
            resume = data.find(b";\n", broken)
            yield text.piece(before, len(data) if resume < 0 else resume, None, GrammarError(str(error)))
            if resume < 0:
                return
            start = resume + 1
        else:
            return
    yield text.piece(start, len(data), None, GrammarError("too much of this file is broken to go on"))
