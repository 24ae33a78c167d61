"""invalid-index-on-retry."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.safely import ALONE


@rule(
    severity=Severity.INFO,
    proof="advice",
    summary="IF NOT EXISTS takes an index that an earlier, failed build left invalid for the real one.",
    why="""
    CREATE INDEX CONCURRENTLY that fails (a duplicate key, a deadlock, a timeout, a closed connection) leaves the index
    behind, INVALID: no query uses it, a unique one may let duplicates in, and every write pays for it. IF NOT EXISTS
    looks at the name only, so the second run of the migration says "already exists, skipping" and succeeds. With DROP
    INDEX CONCURRENTLY IF EXISTS before it, a second run builds it anew.
    """,
    bad=(
        """CREATE TABLE post (id int, author int);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS post_author ON post (author);""",
        """CREATE TABLE "Post" (id int);
---
-- dbtools: no-transaction
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "Post_id" ON "Post" (id);""",
        """CREATE TABLE post (id int, author int);
---
-- dbtools: no-transaction
DROP INDEX IF EXISTS post_writer;
CREATE INDEX CONCURRENTLY IF NOT EXISTS post_author ON post (author);""",
    ),
    good=(
        """CREATE TABLE post (id int, author int);
---
-- dbtools: no-transaction
DROP INDEX CONCURRENTLY IF EXISTS post_author;
CREATE INDEX CONCURRENTLY IF NOT EXISTS post_author ON post (author);""",
        """CREATE TABLE post (id int, author int);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY post_author ON post (author);""",
        """CREATE TABLE post (id int, author int);
CREATE INDEX IF NOT EXISTS post_author ON post (author);""",
    ),
    link="https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
)
def invalid_index_on_retry(context: Context) -> Iterator[Harm]:
    """Unless the migration drops the index of that name before; a table of this change has no writers to fail on."""
    operation = context.operation
    match operation:
        case op.CreateIndex(table, index, concurrently=True, if_not_exists=True) if context.existed(table):
            name = Name(table.namespace, index.name)
        case _:
            return
    if context.effects.fails or any(_drops(done.operation, name) for done in context.migration):
        return
    first = context.script(ALONE, op.DropIndex(name, concurrently=True, if_exists=True), operation)
    yield Harm(
        f"a second run after a failed build of {index.name} keeps the invalid index and says nothing",
        f"drop first what a failed build may have left:\n{first}",
        str(table),
        index.name,
    )


def _drops(operation: op.Operation, name: Name) -> bool:
    match operation:
        case op.DropIndex(dropped):
            return dropped == name
        case op.Unknown():
            return True  # a block that looks for an invalid index and drops it
    return False
