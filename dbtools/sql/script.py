"""A script cut between its statements, every comment kept with the statement that it stands before or behind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dbtools.sql.grammar import parse, scan
from dbtools.sql.read import Statement
from dbtools.sql.walk import statements

_END = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*;", re.DOTALL)
_BEHIND = re.compile(r"[ \t]*(?:--[^\n]*)?\r?(?:\n|\Z)")
# What a statement may say and an operation need not: where it stood, and what names and expressions are spelled like.
_SPELLING = frozenset({
    "location", "type_location", "name_location", "list_start", "list_end", "query_location", "stmt_len",
    "stmt_location", "schemaname", "catalogname", "missing_ok", "behavior", "def_behavior",
})  # fmt: skip
_EXPRESSIONS = frozenset({"raw_expr", "expr", "where_clause", "raw_default", "cooked_expr", "type_name", "query"})


@dataclass(frozen=True, slots=True)
class Chunk:
    """A statement with the blanks and comments ``before`` it, and the comment ``behind`` it on its last line."""

    before: str
    statement: Statement
    behind: str

    @property
    def text(self) -> str:
        """All of it, as it was written."""
        return f"{self.before}{self.statement.text};{self.behind}"

    @property
    def comments(self) -> str:
        """Its comments alone, those within the statement too, each on its own line."""
        lines = [line.strip() for line in self.before.splitlines()]
        data = self.statement.text.encode()
        inside = [data[start:end].decode() for start, end in _comments(self.statement.text)]
        return "".join(f"{line}\n" for line in (*lines, *inside, self.behind.strip()) if line)


def chunks(text: str) -> tuple[tuple[Chunk, ...], str] | None:
    """Every statement of *text* with its comments, and what follows the last; None where it holds other things."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    found: list[Chunk] = []
    at = 0
    for statement in statements(text):
        begin = starts[statement.place.line - 1] + statement.place.column - 1
        end = begin + len(statement.text)
        if begin < at or text[begin:end] != statement.text or statement.error:
            return None
        semicolon = _END.match(text, end)
        stop = semicolon.end() if semicolon else end
        behind = _BEHIND.match(text, stop)
        after = behind.end() if behind else stop
        found.append(Chunk(text[at:begin], statement, text[stop:after]))
        at = after
    return tuple(found), text[at:]


def _comments(sql: str) -> Iterator[tuple[int, int]]:
    from postgast import pg_query_pb2 as pb

    for token in scan(sql).tokens:
        if token.token in (pb.SQL_COMMENT, pb.C_COMMENT):
            yield token.start, token.end


def unsaid(statement: str, rendered: Iterable[str]) -> tuple[str, ...]:
    """What *statement* says and none of *rendered* does: storage options, a tablespace, MATCH FULL, ..."""
    said = {said for text in rendered for said in _said(parse(text))}
    return tuple(sorted({field for field, value in _said(parse(statement)) if (field, value) not in said}))


def _said(message: Any) -> Iterator[tuple[str, object]]:
    """Every field that is set, with its value where that is no message; expressions and types count as one field."""
    for field, value in message.ListFields():
        if field.name in _SPELLING:
            continue
        if field.message_type is None:
            yield field.name, tuple(value) if field.is_repeated else value
            continue
        yield field.name, ""
        if field.name not in _EXPRESSIONS:
            for part in value if field.is_repeated else (value,):
                yield from _said(part)
