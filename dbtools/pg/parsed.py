"""What a server makes of expressions: two that mean the same are printed the same by it.

``EXPLAIN VERBOSE`` shows an expression as the planner sees it: parsed with the columns' own types, names resolved, and
every constant part worked out (``ARRAY[]::text[]`` is ``'{}'::text[]``, ``(1 + 1)`` is ``2``). Nothing is executed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.identifiers import quote, quote_name, render_type
from dbtools.model.objects import Column, Table
from dbtools.model.question import Question
from dbtools.model.schema import Schema
from dbtools.pg.connect import connect
from dbtools.sql.expressions import read_expression
from dbtools.sql.render import render

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

TIMEOUT = "10s"


def parsed(url: str, schema: Schema, questions: AbstractSet[Question]) -> Mapping[Question, str]:
    """The meaning of each of *questions* on *schema*; what the server refuses is left out.

    The tables are made in the database at *url*, which is to be a throw-away, and gone afterwards.
    """
    answers = {}
    with connect(url) as connection, connection.transaction(force_rollback=True):
        _run(connection, f"SET LOCAL statement_timeout = '{TIMEOUT}'")
        _build(connection, schema, {question.table for question in questions})
        for question in sorted(questions, key=lambda each: (each.table, each.text, str(each.kind))):
            printed = _printed(connection, question)
            if printed is not None:
                answers[question] = read_expression(printed).meaning
    return answers


def _build(connection: Connection, schema: Schema, tables: AbstractSet[Name]) -> None:
    """The *tables* without their constraints, and before them what their columns and expressions may need."""
    for namespace in sorted({name.namespace for name in (*schema.tables, *schema.enums, *schema.domains)}):
        _run(connection, f"CREATE SCHEMA IF NOT EXISTS {quote(namespace)}")
    for extension in sorted(schema.extensions):
        _run(connection, f"CREATE EXTENSION IF NOT EXISTS {quote(extension)}")
    for enum in schema.enums.values():
        _run(connection, render(op.CreateEnum(enum)))
    for domain in schema.domains.values():
        _run(connection, render(op.CreateDomain(domain)))
    for name in sorted(tables):
        if table := schema.tables.get(name):
            _make(connection, table)
    functions = [render(op.CreateFunction(function)) for function in schema.functions.values()]
    for text in _left(connection, functions):  # those that call another that came later
        _run(connection, text)


def _make(connection: Connection, table: Table) -> None:
    """One column after the other: what one of them lacks, such as an extension, is no reason to do without the rest."""
    _run(connection, f"CREATE TABLE {quote_name(table.name)} ()")
    for column in _plain(table.columns):
        _run(connection, render(op.AddColumn(table.name, column)))


def _plain(columns: Iterable[Column]) -> Iterable[Column]:
    return (Column(column.name, column.type) for column in columns)


def _left(connection: Connection, texts: list[str]) -> list[str]:
    return [text for text in texts if not _run(connection, text)]


def _printed(connection: Connection, question: Question) -> str | None:
    """The expression as the planner has it; None where the server refuses it."""
    path = ", ".join(dict.fromkeys((quote(question.table.namespace), "public")))
    value = f"({question.text})"
    source = f" FROM {quote_name(question.table)}"
    if question.kind is not None:
        value, source = f"{value}::{render_type(question.kind)}", ""
    _run(connection, f"SET LOCAL search_path TO {path}")
    rows = _rows(connection, f"EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) SELECT {value}{source}")
    if not rows:
        return None
    plan: dict[str, Any] = rows[0][0][0]["Plan"]
    return str(plan["Output"][0]) if plan.get("Output") else None


def _run(connection: Connection, text: str) -> bool:
    """Whether the server took it."""
    return _rows(connection, text) is not None


def _rows(connection: Connection, text: str) -> list[Any] | None:
    import psycopg

    with contextlib.suppress(psycopg.Error), connection.transaction():
        cursor = connection.execute(text)
        return cursor.fetchall() if cursor.description else []
    return None
