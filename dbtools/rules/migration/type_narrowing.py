"""type-narrowing."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.model.operation import SetType
from dbtools.model.plan import Plan
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form
from dbtools.rules.plans.types import is_limit


@rule(
    severity=Severity.ERROR,
    proof="loss",
    summary="The new type does not hold every value of the old one.",
    why="""
    A value that does not fit makes the whole statement fail (22001, 22003, 22P02), or quietly loses a part:
    numeric rounds to its new scale, timestamp to date forgets the time, a cast in USING cuts text to length.
    Which of them happens is decided by the rows of the day it is run. Reading code may count on what the old type
    held, too.
    """,
    bad=(
        """CREATE TABLE post (slug varchar(80));
---
ALTER TABLE post ALTER COLUMN slug TYPE varchar(50);""",
        """CREATE TABLE "Order" (total numeric(12, 4));
---
ALTER TABLE "Order" ALTER total TYPE numeric(12, 2);""",
        """CREATE TABLE post (at timestamptz);
---
ALTER TABLE post ALTER at TYPE date USING at::date;""",
        """CREATE TABLE post (views bigint);
---
ALTER TABLE post ALTER views SET DATA TYPE integer;""",
        """CREATE TABLE post (id int, body text);
---
ALTER TABLE post ALTER id TYPE bigint, ALTER body TYPE varchar(9);""",
    ),
    good=(
        """CREATE TABLE post (slug varchar(50));
---
ALTER TABLE post ALTER COLUMN slug TYPE varchar(80);""",
        """CREATE TABLE post (views integer);
---
ALTER TABLE post ALTER views TYPE bigint;""",
        """CREATE TABLE post (price numeric(10, 2));
---
ALTER TABLE post ALTER price TYPE numeric(12, 2);""",
        """CREATE TABLE post (slug varchar(80));
ALTER TABLE post ALTER slug TYPE varchar(50);""",
    ),
    link="https://www.postgresql.org/docs/current/datatype.html",
)
def type_narrowing(context: Context) -> Iterator[Harm]:
    """Only where both types are known; a column of this change holds nothing yet that anybody misses."""
    operation = context.operation
    if not isinstance(operation, SetType) or operation.change is None or not operation.change.narrows:
        return
    table, column, old, new = operation.table, operation.column, operation.old, operation.type
    if not context.existed(table) or (table, column) in context.added:
        return
    plan = safe_form(context) if old is not None and is_limit(old, new) else None
    yield Harm(
        f"narrows {table}.{column} from {old} to {new}: a value that does not fit makes it fail, or loses a part",
        _hint(operation, plan),
        str(table),
        column,
        values={"old type": str(old), "new type": str(new)},
        plan=plan,
    )


def _hint(operation: SetType, plan: Plan | None) -> str:
    if plan is not None:
        return f"keep {operation.old} and limit what is written from now on"
    return "count the values that do not fit first, mend them in a migration before this one, or keep the old type"
