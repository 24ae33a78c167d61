"""refresh-matview-blocks."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.model.operation import RefreshView
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form


@rule(
    severity=Severity.ERROR,
    proof="lock",
    summary="REFRESH MATERIALIZED VIEW without CONCURRENTLY blocks everybody who reads the view until it is done.",
    why="""
    It runs the view's query and writes its rows anew under ACCESS EXCLUSIVE on the view, so that every SELECT on it
    waits for as long as the query takes. CONCURRENTLY takes EXCLUSIVE, which lets them read the old rows meanwhile;
    it needs a unique index over all rows, on plain columns, and rows that are there already. Unlike other CONCURRENTLY
    it may run in a transaction.
    """,
    bad=(
        """CREATE TABLE post (id int);
CREATE MATERIALIZED VIEW posts AS SELECT count(*) AS n FROM post;
---
REFRESH MATERIALIZED VIEW posts;""",
        """CREATE TABLE "Post" (id int);
CREATE MATERIALIZED VIEW "Ids" AS SELECT id FROM "Post";
CREATE UNIQUE INDEX "Ids_id" ON "Ids" (id);
---
REFRESH MATERIALIZED VIEW "Ids" WITH DATA;""",
        """CREATE TABLE post (id int);
CREATE MATERIALIZED VIEW posts AS SELECT id FROM post;
---
REFRESH MATERIALIZED VIEW posts WITH NO DATA;""",
    ),
    good=(
        """CREATE TABLE post (id int);
CREATE MATERIALIZED VIEW posts AS SELECT id FROM post;
CREATE UNIQUE INDEX posts_id ON posts (id);
---
REFRESH MATERIALIZED VIEW CONCURRENTLY posts;""",
        """CREATE TABLE post (id int);
---
CREATE MATERIALIZED VIEW posts AS SELECT id FROM post;
REFRESH MATERIALIZED VIEW posts;""",
        """CREATE TABLE post (id int);
CREATE VIEW posts AS SELECT id FROM post;
---
CREATE OR REPLACE VIEW posts AS SELECT id FROM post;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html",
)
def refresh_matview_blocks(context: Context) -> Iterator[Harm]:
    """WITH NO DATA is done at once, and leaves nothing to be read."""
    operation = context.operation
    if not isinstance(operation, RefreshView) or operation.concurrently or not context.existed(operation.name):
        return
    if operation.name not in context.effects.locks:
        return
    name = operation.name
    if operation.data:
        plan = safe_form(context)
        yield Harm(f"blocks reads of {name} until its query is done", "" if plan else UNIQUE, str(name), plan=plan)
    else:
        message = f"empties {name}: whoever reads it fails with 55000 until it is refreshed"
        yield Harm(message, "refresh it with its data, and nobody finds it empty", str(name))


UNIQUE = "give it a unique index over plain columns, without WHERE; then REFRESH ... CONCURRENTLY lets others read"
