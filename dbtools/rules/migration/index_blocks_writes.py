"""index-blocks-writes."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.model.operation import CreateIndex
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form
from dbtools.rules.safely import PER_PARTITION
from dbtools.rules.waiting import held
from dbtools.rules.wording import BLOCKS_ALL


@rule(
    severity=Severity.ERROR,
    proof="lock",
    summary="CREATE INDEX without CONCURRENTLY blocks writes to the table until the index is built.",
    why="""
    The build holds SHARE on the table: INSERT, UPDATE and DELETE wait for as long as reading and sorting every
    row takes, and queue behind each other. CONCURRENTLY takes SHARE UPDATE EXCLUSIVE, which lets them through; it
    may not run in a transaction, and when it fails it leaves an invalid index behind. After ALTER TABLE in the same
    transaction the index is built under the ACCESS EXCLUSIVE lock of that, and reads wait too.
    """,
    bad=(
        """CREATE TABLE post (id int, author int);
---
CREATE INDEX post_author ON post (author);""",
        """CREATE TABLE post (id int, slug text);
---
CREATE UNIQUE INDEX ON post (lower(slug));""",
        """CREATE TABLE "Post" (id int);
---
CREATE INDEX IF NOT EXISTS i ON "Post" USING hash (id);""",
    ),
    good=(
        """CREATE TABLE post (id int, author int);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY post_author ON post (author);""",
        """CREATE TABLE post (id int, author int);
CREATE INDEX post_author ON post (author);""",
        """CREATE TABLE post (id int) PARTITION BY RANGE (id);
---
CREATE INDEX i ON ONLY post (id);""",
        """CREATE TABLE post (id int);
CREATE INDEX i ON post (id);
---
CREATE INDEX IF NOT EXISTS i ON post (id);""",
    ),
    link="https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
)
def index_blocks_writes(context: Context) -> Iterator[Harm]:
    """A table that the change itself made has no writers yet, and ON ONLY a partitioned table builds nothing."""
    operation = context.operation
    if not isinstance(operation, CreateIndex) or operation.concurrently:
        return
    table = operation.table
    if not context.existed(table) or table in context.before.views:
        return
    if not context.effects.builds and not context.effects.fails:
        return
    plan = safe_form(context)
    mode = context.transaction.held(table)
    message = f"blocks writes to {table} while the index is built"
    if mode is not None and mode.blocks_reads:
        message = f"{BLOCKS_ALL} of {table} while the index is built: {held(context, table)}"
    yield Harm(
        message,
        PER_PARTITION if plan is None and not context.effects.fails else "",
        str(table),
        operation.index.name,
        plan=plan,
    )
