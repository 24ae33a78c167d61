"""Whom a column breaks that stays: those who insert rows without it, or compare it with what it no longer can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbtools.change.readers import Question, within
from dbtools.change.stored import bodies
from dbtools.change.value import Code
from dbtools.model.expression import Type
from dbtools.model.identifiers import literal
from dbtools.model.reader import Reader
from dbtools.model.schema import Schema
from dbtools.sql.bodies import is_stored
from dbtools.sql.comparing import accepts, comparable
from dbtools.sql.reads import Compared


def without_it(code: Code, question: Question) -> Iterator[Reader]:
    """Who inserts rows without a value for the column: named INSERTs, and models that do not know it."""
    table, column = question.wanted
    for reading in code.readings:
        rows = [reader for reader in reading.readers if reader.column.table == table]
        if rows and "writes" in rows[0].how and all(reader.column.column != column for reader in rows):
            yield rows[0]._replace(column=question.wanted, how=f"does not know {column}")
    for query in code.queries:
        reads = question.after.qualify(query.plain) if question.concerns(query.plain) else None
        for row in reads.inserts if reads is not None else ():
            if row.table == table and column not in row.columns:
                place = within(query.location, row.position)
                yield Reader(question.wanted, f"query {query.name}", place, f"gives {column} no value")


def clashing(code: Code, question: Question, kind: Type) -> Iterator[Reader]:
    """Who compares the column with what cannot be compared with its new type, or declares it as another."""
    table, column = question.wanted
    for reading in code.readings:
        readers = [reader for reader in reading.readers if reader.column == question.wanted]
        model = reading.schema.table(table) if readers else None
        declared = model.column(column) if model is not None else None
        if readers and declared is not None and comparable(declared.type, kind) is False:
            yield readers[0]._replace(how=f"declares it {declared.type}")
    for query in code.queries:
        reads = question.before.qualify(query.plain) if question.concerns(query.plain) else None
        if reads is not None and (found := _first_clash(reads.compared, kind, question)):
            compared, said = found
            yield Reader(question.wanted, f"query {query.name}", within(query.location, compared.position), said)
    for function, body in bodies(question):
        if found := _first_clash(body.compared, kind, question):
            place = question.place("function", function.name)
            yield Reader(question.wanted, f"function {function.name}()", place, found[1], "function")


def saying(code: Code, question: Question, label: str) -> Iterator[Reader]:
    """Who says a label of the column's enum: models that list it, queries and bodies of functions that spell it.

    What PostgreSQL keeps parsed holds the label's number, and so goes on when it is called something else.
    """
    spelled = literal(label)
    for reading in code.readings:
        readers = [reader for reader in reading.readers if reader.column == question.wanted]
        labels = _labels(reading.schema, question) if readers else None
        if readers and (labels is None or label in labels):
            yield readers[0]._replace(how=f"lists {spelled}")
    for query in code.queries:
        reads = question.before.qualify(query.plain) if _may_say(query.plain, spelled, question) else None
        written = {row.table for row in reads.inserts} if reads is not None else set()
        if reads is not None and (question.refs(reads) or written.intersection(question.tables)):
            yield Reader(question.wanted, f"query {query.name}", query.location, f"says {spelled}")
    for function, body in bodies(question):
        if spelled in function.body and not is_stored(function) and (question.wanted in body.columns or body.unread):
            place = question.place("function", function.name)
            yield Reader(question.wanted, f"function {function.name}()", place, f"says {spelled}", "function")


def _labels(schema: Schema, question: Question) -> tuple[str, ...] | None:
    """The labels that a model gives the column; None where it does not say."""
    table = schema.table(question.wanted.table)
    column = table.column(question.wanted.column) if table is not None else None
    enum = schema.enums.get(column.type.name) if column is not None else None
    return enum.labels if enum is not None else None


def _may_say(text: str, spelled: str, question: Question) -> bool:
    return spelled in text and question.concerns(text)


def _first_clash(every: Iterable[Compared], kind: Type, question: Question) -> tuple[Compared, str] | None:
    asked = (compared for compared in every if compared.column == question.wanted)
    said = ((compared, _clash(compared, kind, question.moment.before)) for compared in asked)
    return next(((compared, clash) for compared, clash in said if clash), None)


def _clash(compared: Compared, kind: Type, schema: Schema) -> str:
    """What is wrong with the comparison once the column is of *kind*; nothing where it may go on."""
    if compared.other is not None:
        table = schema.table(compared.other.table)
        other = table.column(compared.other.column) if table is not None else None
        wrong = other is not None and comparable(other.type, kind) is False
        return f"compares it with {compared.other}, which is {other.type}" if wrong and other is not None else ""
    if compared.type:
        wrong = comparable(Type(compared.type), kind) is False
        return f"compares it with a constant of type {compared.type}" if wrong else ""
    constant = compared.constant or ""
    return f"compares it with '{constant}'" if accepts(kind, constant, schema) is False else ""
