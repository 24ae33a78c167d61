"""index-not-immutable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbtools.model import sqlstate
from dbtools.model.expression import Expression, Volatility
from dbtools.model.finding import Severity
from dbtools.model.objects import Index
from dbtools.model.operation import CreateIndex
from dbtools.model.predict import predict
from dbtools.rules.base import Context, Harm, rule


@rule(
    severity=Severity.ERROR,
    proof="error",
    summary="An index whose predicate or expression is not immutable cannot be built.",
    why="""
    An index stores what its expression was when a row was written, so the value must never change by itself:
    PostgreSQL refuses anything else with 42P17. now() and CURRENT_DATE move; a timestamptz turned into a date or
    a text depends on the session's time zone, to_char on its locale. A row that was "recent" when it was indexed
    would stay so for ever.
    """,
    bad=(
        """CREATE TABLE log (id int, at timestamptz);
---
CREATE INDEX recent ON log (id) WHERE at > now() - interval '1 day';""",
        """CREATE TABLE "Log" ("at" timestamptz);
---
CREATE INDEX ON "Log" ((("at")::date));""",
        """CREATE TABLE log (at timestamptz);
---
CREATE INDEX daily ON log (date_trunc('day', at));""",
        """CREATE TABLE log (at timestamp);
---
CREATE INDEX by_month ON log (to_char(at, 'YYYY-MM'));""",
    ),
    good=(
        """CREATE TABLE log (at timestamp);
---
CREATE INDEX daily ON log (date_trunc('day', at));""",
        """CREATE TABLE log (at timestamptz);
---
CREATE INDEX daily ON log (((at AT TIME ZONE 'UTC')::date));""",
        """CREATE TABLE log (id int, at timestamptz);
---
CREATE INDEX recent ON log (id) WHERE at > '2025-01-01 00:00+00';""",
        """CREATE TABLE log (name text);
---
CREATE INDEX by_name ON log (lower(name));""",
    ),
    link="https://www.postgresql.org/docs/current/sql-createindex.html",
)
def index_not_immutable(context: Context) -> Iterator[Harm]:
    """It fails wherever it stands, on a table of this change too; CONCURRENTLY also once it is out of a transaction."""
    operation = context.operation
    if not isinstance(operation, CreateIndex):
        return
    fails = context.effects.fails
    if fails == sqlstate.ACTIVE_SQL_TRANSACTION:
        fails = predict(operation, context.before, replace(context.session, in_transaction=False)).fails
    if fails != sqlstate.INVALID_OBJECT_DEFINITION:
        return
    culprit = _culprit(operation.index)
    yield Harm(
        f"cannot index {operation.table}: {culprit} is not immutable (42P17)",
        _hint(operation.index, culprit),
        str(operation.table),
        operation.index.name,
    )


def _culprit(index: Index) -> Expression:
    """The expression that moves by itself, or that a column's type makes do so."""
    every = index.expressions
    return max(every, key=lambda each: (each.volatility is not Volatility.IMMUTABLE, bool(each.depends or each.calls)))


def _hint(index: Index, culprit: Expression) -> str:
    if culprit is index.where:
        return "index without the moving condition and leave it to the query, or compare with a constant"
    return "index the column itself; where the time zone is what moves it, AT TIME ZONE 'UTC' within it does too"
