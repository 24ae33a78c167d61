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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgast import PgQueryError
    from postgast.pg_query_pb2 import Node

PSQL_LINE = re.compile(rb"^\\[A-Za-z!?;.].*$", re.MULTILINE)
COPY_ROWS = re.compile(
    rb"^(COPY\b[^;]*\bFROM\s+stdin\b[^;]*;[^\n]*\n)(.*?^\\\.[^\n]*)$", re.MULTILINE | re.DOTALL | re.IGNORECASE
)
LEADING = re.compile(rb"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
RECOVERIES = 200
LONGEST = 160
OPEN, CLOSE, SEMICOLON = 40, 41, 59  # PostgreSQL's scanner numbers single characters by their code


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

    def place(self, offset: int) -> Place:
        """Where the byte at *offset* stands."""
        line = bisect_right(self._starts, offset)
        start = self._starts[line - 1]
        return Place(line, len(self.data[start:offset].decode("utf-8", "ignore")) + 1)

    def piece(self, start: int, end: int, node: Node | None, error: str = "", at: int | None = None) -> Piece:
        """The statement between two offsets, without the comments before it."""
        first = LEADING.match(self.data, start, end)
        start = first.end() if first else start
        text = self.data[start:end].decode("utf-8", "replace").rstrip()
        return Piece(text, self.place(start), node, error, None if at is None else self.place(at))


def split(sql: str) -> tuple[Piece, ...]:
    """Every statement of *sql*, in order; text that is no statement comes as a piece with an error."""
    data = sql.encode("utf-8", "surrogateescape")
    text = Text(data)
    nul = data.find(b"\0")
    if nul >= 0:
        data = data.replace(b"\0", b" ")
    pieces = tuple(_split(text, data))
    if nul < 0:
        return pieces
    return (*pieces, Piece("", text.place(nul), None, "a NUL byte, which PostgreSQL does not accept in SQL"))


def _split(text: Text, data: bytes) -> Iterator[Piece]:
    import postgast

    try:
        tree = postgast.parse(data.decode("utf-8", "replace"))
    except postgast.PgQueryError:
        blanked = _without_psql(data)
        if blanked != data:
            yield from _split(text, blanked)
        else:
            yield from _recover(text, data)
        return
    except RecursionError:
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
    import postgast

    start = 0
    for _ in range(RECOVERIES):
        try:
            ends = _ends(data[start:])
        except postgast.PgQueryError as error:
            broken = start + _bytes_before(data[start:], error.cursorpos)
            before = max(data.rfind(b";", start, broken) + 1, start)
            yield from _each(text, data, start, _ends(data[start:before]))
            resume = data.find(b";\n", broken)
            end = len(data) if resume < 0 else resume
            yield text.piece(before, end, None, _headline(error), broken)
            if resume < 0:
                return
            start = resume + 1
        else:
            yield from _each(text, data, start, ends)
            return
    yield text.piece(start, len(data), None, "too much of this file is broken to go on")


def _ends(data: bytes) -> list[int]:
    """Where each statement ends: at the semicolons outside quotes and brackets, and at the end of the text."""
    import postgast

    ends, depth = [], 0
    for token in postgast.scan(data.decode("utf-8", "replace")).tokens:
        depth = max(0, depth + (token.token == OPEN) - (token.token == CLOSE))
        if token.token == SEMICOLON and depth == 0:
            ends.append(token.start)
    return [*ends, len(data)]


def _each(text: Text, data: bytes, start: int, ends: list[int]) -> Iterator[Piece]:
    at = start
    for end in ends:
        stop = start + end
        first = LEADING.match(data, at, stop)
        begin = first.end() if first else at
        if data[begin:stop].strip():
            yield _alone(text, begin, data[begin:stop])
        at = stop + 1


def _alone(text: Text, at: int, data: bytes) -> Piece:
    import postgast

    end = at + len(data)
    try:
        tree = postgast.parse(data.decode("utf-8", "replace"))
    except postgast.PgQueryError as error:
        return text.piece(at, end, None, _headline(error), at + _bytes_before(data, error.cursorpos))
    return text.piece(at, end, tree.stmts[0].stmt if tree.stmts else None)


def _bytes_before(data: bytes, position: int | None) -> int:
    """PostgreSQL counts characters from 1; pieces count bytes from 0."""
    return len(data.decode("utf-8", "replace")[: max(0, (position or 1) - 1)].encode())


def _headline(error: PgQueryError) -> str:
    """The complaint on one line: an unclosed quote would repeat the rest of the file."""
    first = str(error.message).splitlines()[0]
    return first if len(first) <= LONGEST else first[: LONGEST - 3] + "..."
