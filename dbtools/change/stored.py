"""What the database itself keeps and reads: views, functions, policies, triggers, rules, generated columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbtools.model.expression import Name
from dbtools.model.identifiers import quote_name
from dbtools.model.objects import ColumnRef, Function, Opaque, View
from dbtools.model.reader import MAY_READ, Reader, ReaderKind
from dbtools.sql.bodies import Body, is_stored, read_body
from dbtools.sql.conditions import conditions
from dbtools.sql.named import mentions

if TYPE_CHECKING:
    from dbtools.change.readers import Question

ON_TABLES: dict[str, ReaderKind] = {"policy": "policy", "trigger": "trigger", "rule": "rule"}


def stored_readers(question: Question) -> Iterator[Reader]:
    """What stands in the database before the operation; of functions, those that stand at the end."""
    views = question.moment.before.views
    for name in question.relations:
        if name in views:
            yield from _view(views[name], question)
    if question.wanted.column:
        yield from _generated(question)
    for opaque in question.moment.before.opaques.values():
        if opaque.kind in ON_TABLES and opaque.table is not None and _is_asked(opaque, opaque.table, question):
            yield from _on_table(opaque, opaque.table, question)
    yield from _functions(question)


def _view(view: View, question: Question) -> Iterator[Reader]:
    kind = "materialized view" if view.materialized else "view"
    source, place = f"{kind} {view.name}", question.place("view", view.name)
    reads = question.before.view(view.name)
    if reads is None or reads.problems:
        yield Reader(question.wanted, source, place, MAY_READ, "view")
    elif refs := question.refs(reads):
        yield Reader(min(refs), source, place, kind="view", via=_first_hand(view, question))


def _first_hand(view: View, question: Question) -> str:
    """The view between it and the table; nothing where it reads the table itself."""
    if set(question.tables) & set(view.mentions):
        return ""
    for name in view.mentions:
        beneath = question.before.view(name)
        if beneath is not None and question.refs(beneath):
            return f"view {name}"
    return ""


def _generated(question: Question) -> Iterator[Reader]:
    for name in question.tables:
        table = question.moment.before.table(name)
        for column in table.columns if table is not None else ():
            if column.generated is not None and question.wanted.column in column.generated.expression.columns:
                source = f"generated column {column.name}"
                place = question.place("table", name)
                yield Reader(ColumnRef(name, question.wanted.column), source, place, kind="generated column")


def _is_asked(opaque: Opaque, table: Name, question: Question) -> bool:
    """Whether it can be about what is asked: of other tables only policies are, in their conditions."""
    return opaque.kind == "policy" or table in question.tables


def _on_table(opaque: Opaque, table: Name, question: Question) -> Iterator[Reader]:
    """Those of the table itself go with it; the conditions of a policy may ask other tables."""
    kind = ON_TABLES[opaque.kind]
    source, wanted = f"{opaque.kind} {opaque.name.local} on {table}", question.wanted
    if table in question.tables:
        if wanted.column and wanted.column in opaque.reads:
            yield Reader(ColumnRef(table, wanted.column), source, question.place(kind, opaque.name), kind=kind)
        return
    if kind != "policy" or not question.concerns(opaque.text):
        return
    for condition in conditions(opaque.text):
        query = f"SELECT 1 FROM {quote_name(table)} WHERE {condition}"  # noqa: S608 - it is read, never run
        reads = question.before.qualify(query, table.namespace)
        if reads is None or question.refs(reads):
            how = MAY_READ if reads is None else "reads"
            yield Reader(wanted, source, question.place(kind, opaque.name), how, kind)
            return


def _triggers(question: Question) -> list[tuple[Name, str]]:
    """The tables that are asked about and what their triggers say; with the table as a whole, the triggers go."""
    tables = question.tables if question.wanted.column else ()
    schema = question.moment.before
    return [(table, opaque.text) for table in tables for opaque in schema.on(table) if opaque.kind == "trigger"]


def bodies(question: Question) -> Iterator[tuple[Function, Body]]:
    """The functions that stand at the end of the change and may be about what is asked, read."""
    triggers = _triggers(question)
    tables = frozenset(map(str, question.tables))
    for function in question.moment.final().functions.values():
        if not function.body:
            continue
        rows = [table for table, text in triggers if mentions(text, function.name.local)]
        takes_row = not tables.isdisjoint(function.arguments)
        if rows or takes_row or question.concerns(function.body):
            yield function, read_body(function, question.before, question.relations, rows)


def _functions(question: Question) -> Iterator[Reader]:
    column = question.wanted.column
    wanted = {ColumnRef(table, column) for table in question.tables}
    for function, body in bodies(question):
        found = body.columns & wanted if column else {each for each in wanted if each.table in body.relations}
        if found or body.unread:
            how = "reads" if found else MAY_READ
            kind: ReaderKind = "stored function" if is_stored(function) else "function"
            place = question.place("function", function.name)
            yield Reader(question.wanted, f"function {function.name}()", place, how, kind)
