"""update-without-where."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.model.operation import Update
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.wording import joined


@rule(
    severity=Severity.WARNING,
    proof="scan",
    summary="UPDATE of every row locks and writes the whole table in one transaction.",
    why="""
    Every row gets a new version and a row lock that is held until the migration commits: writers of the same rows
    wait, the table grows by as much again, and replicas lag behind the WAL. On a warm machine some
    50 seconds per GB. In batches, each committed by itself, nobody waits for long. A condition that is true for
    every row is no condition.
    """,
    bad=(
        """CREATE TABLE post (id int, views int);
---
UPDATE post SET views = 0;""",
        """CREATE TABLE "Post" (id int, views int);
---
UPDATE "Post" SET views = views + 1 WHERE 1 = 1;""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN views int;
UPDATE post SET views = 0 WHERE true OR id = 1;""",
    ),
    good=(
        """CREATE TABLE post (id int, views int);
---
UPDATE post SET views = 0 WHERE views IS NULL AND id < 1000;""",
        """CREATE TABLE post (id int);
---
CREATE TABLE tag (id int);
UPDATE tag SET id = 0;""",
        """CREATE TABLE post (id int, views int);
---
UPDATE post SET views = 0 WHERE false;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-update.html",
)
def update_without_where(context: Context) -> Iterator[Harm]:
    """No condition, or one that sqlglot finds true whatever the row."""
    operation = context.operation
    if not isinstance(operation, Update) or not context.existed(operation.table):
        return
    if operation.where is not None and operation.where.constant is not True:
        return
    written = f" ({joined(operation.columns)})" if operation.columns else ""
    yield Harm(
        f"updates every row of {operation.table}{written} in one transaction: other writers wait until it commits",
        "do it in batches of some thousand rows by key, each in a transaction of its own, outside this migration",
        str(operation.table),
    )
