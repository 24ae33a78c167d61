"""What the bodies of functions read: SQL statement by statement, PL/pgSQL by its queries, records and trigger rows.

Names that no relation answers are parameters and variables, so a body's problems say nothing. What cannot be understood
is kept by its text: it may read whatever it mentions.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from dbtools.model.expression import Name
from dbtools.model.objects import ColumnRef, Function
from dbtools.sql.grammar import GrammarError
from dbtools.sql.named import PART, mentions
from dbtools.sql.queries import Queries
from dbtools.sql.reads import Compared
from dbtools.sql.routines import Routine, fields, routine
from dbtools.sql.split import split

ATOMIC = re.compile(r"\A\s*BEGIN\s+ATOMIC\b(.*)\bEND\s*\Z", re.IGNORECASE | re.DOTALL)
RETURN = re.compile(r"\A\s*RETURN\b", re.IGNORECASE)
TRIGGER_ROWS = ("new", "old")


class Body(NamedTuple):
    """``columns`` that it reads, ``relations`` that it names, and the texts of which neither is known.

    ``compared``: what it compares columns with.
    """

    columns: frozenset[ColumnRef]
    relations: frozenset[Name]
    unread: tuple[str, ...]
    compared: tuple[Compared, ...]


def is_stored(function: Function) -> bool:
    """Whether PostgreSQL keeps the body parsed, so that it follows renames and stops drops as a view does."""
    return function.language == "sql" and (
        ATOMIC.match(function.body) is not None or RETURN.match(function.body) is not None
    )


def read_body(function: Function, queries: Queries, about: Collection[Name], rows: Collection[Name] = ()) -> Body:
    """What *function* reads of the relations in *about*; *rows*: the tables whose triggers call it."""
    reading = _Reading(queries, function.name.namespace, about)
    if function.language == "plpgsql":
        reading.routine(function.body, rows)
    elif function.language == "sql":
        for text in _statements(function.body):
            reading.query(text, stored=is_stored(function))
    elif function.language not in {"c", "internal"}:
        reading.give_up(function.body)
    for name in about:
        if str(name) in function.arguments:
            reading.parameter(name, function.body)
    return reading.body()


def _statements(body: str) -> Iterator[str]:
    atomic = ATOMIC.match(body)
    for piece in split(atomic[1] if atomic else body):
        yield RETURN.sub("SELECT", piece.text)


class _Reading:
    def __init__(self, queries: Queries, namespace: str, about: Collection[Name]) -> None:
        self._queries = queries
        self._namespace = namespace
        self._about = about
        self.columns: set[ColumnRef] = set()
        self.relations: set[Name] = set()
        self.unread: list[str] = []
        self.compared: list[Compared] = []

    def body(self) -> Body:
        """What was found."""
        compared = tuple(self.compared)
        return Body(frozenset(self.columns), frozenset(self.relations), tuple(self.unread), compared)

    def query(self, text: str, *, stored: bool = False) -> None:
        """A statement, if it can be about what is asked."""
        if not self._concerns(text):
            return
        found = self._queries.qualify(text, self._namespace, stored=stored)
        if found is None:
            self.unread.append(text)
        else:
            self.columns |= found.columns
            self.compared += found.compared
            self.relations |= {name for name, _ in found.relations}

    def give_up(self, text: str) -> None:
        """What is not understood may read what it mentions."""
        if self._concerns(text):
            self.unread.append(text)

    def routine(self, body: str, rows: Collection[Name]) -> None:
        """A PL/pgSQL block."""
        try:
            found = routine(body)
        except GrammarError:
            self.give_up(body)
            return
        filling = {text for _, filled in found.records for text in filled}
        for text in found.queries:
            if text not in filling:
                self.query(text)
        for text in found.dynamic:
            self.give_up(text)
        for path, column in found.typed:
            self._note(self._name(path), _plain(column))
        for name, filled in found.records:
            self._record(name, filled, found, body)
        for table in rows:
            for row in TRIGGER_ROWS:
                self._fields(table, (field for text in found.queries for field in fields(text, row)))

    def parameter(self, row: Name, body: str) -> None:
        """A row as a parameter: ``$1.name``, or by whatever it is called."""
        for column in self._queries.relation(row) or ():
            if mentions(body, column):
                self._note(row, column)

    def _record(self, name: str, filled: tuple[str, ...], found: Routine, body: str) -> None:
        used = {field for text in found.queries for field in fields(text, name)}
        declared = re.search(rf"\b{re.escape(name)}\s+(?:constant\s+)?({DECLARED})", body, re.IGNORECASE)
        row = self._name(declared[1]) if declared else None
        if row is not None:
            self._fields(row, used)
        returned = re.search(rf"\breturn\s+(?:next\s+)?{re.escape(name)}\s*;", body, re.IGNORECASE)
        for text in filled:
            by_place = row is not None and bool(self._queries.relation(row)) and not mentions(text, row.local)
            if returned or by_place or not used or used & {"", "*"}:
                self.query(text)
            elif self._concerns(text):
                taken = ", ".join(f'"{name}"."{field}"' for field in sorted(used))
                self.query(f'WITH "{name}" AS ({text}) SELECT {taken} FROM "{name}"')  # noqa: S608 - only read

    def _fields(self, table: Name, used: Collection[str] | Iterator[str]) -> None:
        every = self._queries.relation(table) or ()
        for field in used:
            for column in every if field == "*" else (field,):
                self._note(table, column)

    def _note(self, table: Name, column: str) -> None:
        if column in (self._queries.relation(table) or ()):
            self.columns.add(ColumnRef(table, column))
            self.relations.add(table)

    def _name(self, path: str) -> Name:
        parts = [_plain(part) for part in PART.findall(path)]
        return Name(parts[-2] if len(parts) > 1 else self._namespace, parts[-1])

    def _concerns(self, text: str) -> bool:
        return any(mentions(text, name.local) for name in self._about)


DECLARED = rf"(?:{PART.pattern})(?:\s*\.\s*(?:{PART.pattern}))?"


def _plain(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part.lower()
