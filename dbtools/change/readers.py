"""Who reads what: models, named queries, and what the database itself keeps: views, functions, policies, triggers.

Each question is asked at one moment of a change: the database as it stands before an operation, and as it will stand
when the whole change is done. Code is what it is at the head of the change, and a query that goes on at the end of it
as if nothing had happened is not called a reader. Nothing is worked out before somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from dbtools.change.stored import stored_readers
from dbtools.change.value import Code, Moment
from dbtools.model.entries import Members
from dbtools.model.expression import Name, Type
from dbtools.model.finding import Location
from dbtools.model.objects import Column, ColumnRef
from dbtools.model.predict.relations import family
from dbtools.model.reader import MAY_READ, Reader
from dbtools.sources.queries import NamedQuery
from dbtools.sql.named import mentions
from dbtools.sql.queries import Queries
from dbtools.sql.reads import Position, Reads


class Question:
    """Who reads one table, or one column of it, at one moment."""

    def __init__(self, wanted: ColumnRef, moment: Moment, place: Callable[[str, Name], Location]) -> None:
        self.wanted = wanted
        self.moment = moment
        self.place = place

    @cached_property
    def tables(self) -> tuple[Name, ...]:
        """The table, and those that inherit its columns."""
        below = [table.name for table in family(self.wanted.table, self.moment.before)]
        return tuple(below) or (self.wanted.table,)

    @cached_property
    def relations(self) -> Members[Name]:
        """The tables, and every view over them, the nearest first."""
        found, pending = set(self.tables), list(self.tables)
        for name in pending:  # grows: views stand on views
            over = (view for view in self.moment.before.reading(name) if name in view.mentions)
            more = [view.name for view in over if view.name not in found]
            found.update(more)
            pending += more
        return Members(pending)

    @cached_property
    def before(self) -> Queries:
        """Queries held against the schema before the operation."""
        return Queries(self.moment.before)

    @cached_property
    def after(self) -> Queries:
        """Queries held against the schema with the column, which the operation may be the first to make."""
        table = self.moment.before.table(self.wanted.table)
        if table is None or table.column(self.wanted.column) is not None:
            return self.before
        wider = table.with_column(Column(self.wanted.column, Type("text")))
        return Queries(self.moment.before.with_table(wider))

    @cached_property
    def final(self) -> Queries:
        """Queries held against the schema at the end of the change."""
        return Queries(self.moment.final())

    def concerns(self, text: str) -> bool:
        """Whether *text* can be about what is asked: it names the table, or a view over it."""
        return any(mentions(text, name.local) for name in self.relations)

    def refs(self, reads: Reads) -> frozenset[ColumnRef]:
        """What of *reads* was asked for; of a table as a whole, an empty column."""
        if self.wanted.column:
            return reads.columns & {ColumnRef(table, self.wanted.column) for table in self.tables}
        named = {name for name, _ in reads.relations} | {ref.table for ref in reads.columns}
        return frozenset(ColumnRef(table) for table in self.tables if table in named)


def code_readers(code: Code, question: Question) -> Iterator[Reader]:
    """The models and the named queries that read what is asked."""
    seen: set[tuple[str, ColumnRef]] = set()
    for reading in code.readings:
        for reader in reading.readers:
            ref = reader.column if question.wanted.column else ColumnRef(reader.column.table)
            asked = ref.table in question.tables and ref.column == question.wanted.column
            if asked and (reader.source, ref) not in seen:
                seen.add((reader.source, ref))
                yield reader
    for query in code.queries:
        if question.concerns(query.plain):
            yield from _query(query, question)


def readers_of(code: Code, question: Question) -> tuple[Reader, ...]:
    """Everybody: code first, then what the database keeps."""
    return (*code_readers(code, question), *stored_readers(question))


def _query(query: NamedQuery, question: Question) -> Iterator[Reader]:
    """One reader at most: where it first names what is asked."""
    source = f"query {query.name}"
    reads = question.before.qualify(query.plain)
    if reads is None:
        yield Reader(question.wanted, source, query.location, MAY_READ)
        return
    refs = question.refs(reads)
    if refs and not _goes_on(query.plain, reads, question):
        where = dict(reads.positions if question.wanted.column else _relations(reads))
        direct = sorted(refs & where.keys(), key=lambda ref: where[ref])
        if direct:
            yield Reader(direct[0], source, within(query.location, where[direct[0]]))
        else:
            name, at = _view_between(reads, refs, question)
            yield Reader(min(refs), source, within(query.location, at), via=f"view {name}")
    elif not refs and reads.opaque & question.relations:
        through = min(reads.opaque & question.relations)
        yield Reader(question.wanted, source, query.location, MAY_READ, via=f"view {through}")


def _relations(reads: Reads) -> Iterator[tuple[ColumnRef, Position]]:
    for name, at in reads.relations:
        yield ColumnRef(name), at


def _view_between(reads: Reads, refs: Iterable[ColumnRef], question: Question) -> tuple[Name, Position]:
    """The view that *reads* names and that reads *refs*."""
    wanted = frozenset(refs)
    for name, at in reads.relations:
        beneath = question.before.view(name)
        if beneath is not None and question.refs(beneath) & wanted:
            return name, at
    return reads.relations[0]


def _goes_on(text: str, was: Reads, question: Question) -> bool:
    """Whether it reads nothing of what was asked at the end of the change, and works as it did before."""
    now = question.final.qualify(text)
    if now is None or question.refs(now) or now.opaque - was.opaque:
        return False
    old = {(problem.kind, problem.position) for problem in was.problems}
    new = {(problem.kind, problem.position) for problem in now.problems}
    return new <= old and set(was.outputs) <= set(now.outputs)


def within(start: Location, at: Position) -> Location:
    """A place in a query, counted from the start of its file."""
    if at.line == 1:
        return Location(start.path, start.line, start.column + at.column - 1)
    return Location(start.path, start.line + at.line - 1, at.column)
