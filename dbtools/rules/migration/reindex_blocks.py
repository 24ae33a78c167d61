"""reindex-blocks."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.model.operation import Reindex
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form
from dbtools.rules.waiting import held
from dbtools.rules.wording import BLOCKS_ALL, joined


@rule(
    severity=Severity.ERROR,
    proof="lock",
    summary="REINDEX without CONCURRENTLY blocks writes to the table, and nearly every query that reads it.",
    why="""
    It takes SHARE on the table, which blocks INSERT, UPDATE and DELETE, and ACCESS EXCLUSIVE on each index while that
    is built. To plan a query PostgreSQL opens every index of its tables, so a SELECT waits as well, whichever index it
    would use in the end. CONCURRENTLY builds a second index beside the first and swaps them; it may not run in a
    transaction.
    """,
    bad=(
        """CREATE TABLE post (id int PRIMARY KEY);
---
REINDEX TABLE post;""",
        """CREATE TABLE "Post" (id int, author int);
CREATE INDEX "Post_author" ON "Post" (author);
---
REINDEX INDEX "Post_author";""",
        """CREATE TABLE post (id int PRIMARY KEY, author int);
CREATE INDEX post_author ON post (author);
---
-- dbtools: no-transaction
REINDEX (VERBOSE) TABLE post;""",
    ),
    good=(
        """CREATE TABLE post (id int PRIMARY KEY);
---
-- dbtools: no-transaction
REINDEX TABLE CONCURRENTLY post;""",
        """CREATE TABLE post (id int PRIMARY KEY);
REINDEX TABLE post;""",
        """CREATE TABLE post (id int);
---
REINDEX TABLE post;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY",
)
def reindex_blocks(context: Context) -> Iterator[Harm]:
    """A table without an index has nothing to build."""
    operation = context.operation
    if not isinstance(operation, Reindex) or operation.concurrently:
        return
    tables = context.existing(context.effects.locks)
    if not tables or not (context.effects.builds or context.effects.uncertain):
        return
    if operation.kind == "index":
        table = "" if context.effects.uncertain else str(tables[0])
        of_it = f"of {table}" if table else "of its table"
    else:
        table = str(tables[0]) if operation.kind == "table" else ""
        of_it = f"of {joined(tables)}"
    message = f"blocks writes, and reads that must be planned, {of_it} while {_built(operation)} is built again"
    mode = context.transaction.held(tables[0])
    if mode is not None and mode.blocks_reads:
        message = f"{BLOCKS_ALL} {of_it} while {_built(operation)} is built again: {held(context, tables[0])}"
    plan = safe_form(context)
    yield Harm(
        message,
        "" if plan else "rebuild the indexes of your own tables alone: REINDEX SCHEMA CONCURRENTLY",
        table,
        str(operation.name) if operation.kind != "table" else "",
        plan=plan,
    )


def _built(operation: Reindex) -> str:
    return operation.name.local if operation.kind == "index" else "each index"
