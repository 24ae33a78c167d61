r"""Text into statements, each with its exact place; nothing is lost, whatever the text.

PostgreSQL's grammar splits. Where it refuses, the scanner does, and each piece is tried alone, so that
one broken statement hides no other. psql's own lines (``\set``, the rows of ``COPY ... FROM stdin``) are
blanked, never moved.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from dbtools.sql.grammar import GrammarError, parse, scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from dataclasses import dataclass

    from postgast.pg_query_pb2 import Node
else:
    from dbtools.model.value import dataclass

SURROGATES = re.compile("[\ud800-\udfff]")
PSQL_LINE = re.compile(rb"^\\[A-Za-z!?;.].*$", re.MULTILINE)
# What ends a statement in place of the semicolon and sends it: \g, \gset name_, \gexec, ... to the end of its line.
PSQL_SENDS = re.compile(rb"\\(g|gx|gset|gdesc|gexec|crosstabview|watch|bind)(?![a-z])[^\n'$]*$", re.MULTILINE)
COPY_ROWS = re.compile(
    rb"^(COPY\b[^;]*\bFROM\s+stdin\b[^;]*;[^\n]*\n)(.*?^\\\.[^\n]*)$", re.MULTILINE | re.DOTALL | re.IGNORECASE
)
BLANK = re.compile(rb"(?:\s+|--[^\n]*)*")
COMMENT_END = re.compile(rb"/\*|\*/")
LINE_END = re.compile(rb";(?=[ \t\r]*(?:\n|--|\Z))")
ANY_END = re.compile(rb";")
RECOVERIES = 200
OPEN, CLOSE, SEMICOLON = map(ord, "();")  # the scanner numbers single characters by their code


@dataclass(frozen=True, slots=True)
class Place:
    """A 1-based line and column; the column counts characters."""

    line: int
    column: int

    def after(self, text: str) -> Place:
        """Where one is after *text*, which begins here."""
        lines = text.count("\n")
        return Place(self.line + lines, len(text) - text.rindex("\n") if lines else self.column + len(text))


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement's text and place. ``node`` is its parse tree, None where ``error`` is PostgreSQL's complaint.

    ``runs_result``: psql executes what it returns.
    """

    text: str
    place: Place
    node: Node | None
    error: str = ""
    error_place: Place | None = None
    runs_result: bool = False


class Text:
    """A script as bytes, which is what PostgreSQL's positions count, with its lines.

    ``running``: where psql's gexec ended a statement.
    """

    def __init__(self, data: bytes, running: frozenset[int] = frozenset()) -> None:
        self.data, self.running = data, running
        self._starts = [0, *(match.end() for match in re.finditer(rb"\n", data))]
        self._last = (0, 0)  # the offset that was asked for last, and its column

    def place(self, offset: int) -> Place:
        """Where the byte at *offset* stands."""
        line = bisect_right(self._starts, offset)
        start, column = self._starts[line - 1], 0
        if start <= self._last[0] <= offset:  # a script may be one line: no place is counted from its start anew
            start, column = self._last
        column += len(self.data[start:offset].decode())
        self._last = (offset, column)
        return Place(line, column + 1)

    def piece(self, start: int, end: int, node: Node | None, error: str = "", at: int | None = None) -> Piece:
        """The statement between two offsets, without the comments before it."""
        start = self.begin(start, end)
        text = self.data[start:end].decode().rstrip()
        error_place = None if at is None else self.place(at)
        return Piece(text, self.place(start), node, error, error_place, end in self.running)

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
    clean = SURROGATES.sub("?", sql).removeprefix("\ufeff")
    text = Text(clean.replace("\0", " ").encode())
    pieces = tuple(_split(text))
    if "\0" not in clean:
        return pieces
    nul = text.place(len(clean[: clean.index("\0")].encode()))
    return (*pieces, Piece("", nul, None, "a NUL byte, which PostgreSQL does not accept in SQL", nul))


def _split(text: Text) -> Iterator[Piece]:
    try:
        tree = parse(text.data.decode())
    except GrammarError:
        blanked, running = _without_psql(text.data)
        yield from _recover(text) if blanked == text.data else _split(Text(blanked, running))
        return
    for raw in tree.stmts:
        end = raw.stmt_location + raw.stmt_len if raw.stmt_len else len(text.data)
        yield text.piece(raw.stmt_location, end, raw.stmt)


def _without_psql(data: bytes) -> tuple[bytes, frozenset[int]]:
    """Without psql's own words, every place kept; and where it executes what a query returns."""
    data = COPY_ROWS.sub(lambda match: match[1] + _blank(match[2]), data)
    running = frozenset(match.start() for match in PSQL_SENDS.finditer(data) if match[1] == b"gexec")
    data = PSQL_SENDS.sub(lambda match: b";" + _blank(match[0])[1:], data)
    return PSQL_LINE.sub(lambda match: _blank(match[0]), data), running


def _blank(data: bytes) -> bytes:
    return re.sub(rb"[^\n]", b" ", data)


def _recover(text: Text) -> Iterator[Piece]:
    """Statement by statement, cut by the scanner; past what it cannot read, from where a statement may begin."""
    data, start = text.data, 0
    for _ in range(RECOVERIES):
        try:
            ends = _ends(data[start:])
        except GrammarError as error:
            broken = start + _bytes_before(data[start:], error.position)
            *ends, _ = _ends_before(data[start:broken])
            yield from _each(text, start, ends)
            before = start + ends[-1] + 1 if ends else start
            resume = (LINE_END if str(error).startswith("unterminated") else ANY_END).search(data, broken)
            yield text.piece(before, resume.start() if resume else len(data), None, str(error), broken)
            if resume is None:
                return
            start = resume.start() + 1
        else:
            yield from _each(text, start, ends)
            return
    yield text.piece(start, len(data), None, "too much of this file is broken to go on")


def _ends_before(data: bytes) -> list[int]:
    """The same of text that is cut at an error, perhaps within a quote."""
    try:
        return _ends(data)
    except GrammarError as error:
        readable = _bytes_before(data, error.position)
        return _ends_before(data[:readable]) if readable < len(data) else [len(data)]


def _ends(data: bytes) -> list[int]:
    """Where each statement ends: at the semicolons outside quotes, and at the end of the text.

    Semicolons within a statement are those of a rule's brackets and of BEGIN ATOMIC; an unclosed bracket elsewhere
    must not swallow the rest of the file.
    """
    from postgast import pg_query_pb2 as pb

    blocks = {pb.ATOMIC: 1, pb.CASE: 1, pb.END_P: -1}
    nesting: dict[int, int] = {}
    ends, depth, words = [], 0, 0
    for token in scan(data.decode()).tokens:
        if token.token == SEMICOLON and depth <= 0:
            ends.append(token.start)
            nesting, depth, words = {}, 0, 0
            continue
        words += 1
        if token.token == pb.RULE and words <= len(("CREATE", "OR", "REPLACE", "RULE")):
            nesting = {OPEN: 1, CLOSE: -1}
        elif token.token == pb.ATOMIC:
            nesting = blocks
        depth += nesting.get(token.token, 0)
    return [*ends, len(data)]


def _each(text: Text, start: int, ends: Iterable[int]) -> Iterator[Piece]:
    at = start
    for end in ends:
        stop = start + end
        begin = text.begin(at, stop)
        if begin < stop:
            yield _alone(text, begin, stop)
        at = stop + 1


def _alone(text: Text, start: int, end: int) -> Piece:
    data = text.data[start:end]
    try:
        tree = parse(data.decode())
    except GrammarError as error:
        return text.piece(start, end, None, str(error), start + _bytes_before(data, error.position))
    return text.piece(start, end, tree.stmts[0].stmt if tree.stmts else None)


def _bytes_before(data: bytes, position: int) -> int:
    """PostgreSQL counts the characters before an error; pieces count bytes."""
    return len(data.decode()[:position].encode())
