"""drop-index-blocks."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.model.operation import DropIndex
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form
from dbtools.rules.waiting import GIVES_UP
from dbtools.rules.wording import BLOCKS_ALL


@rule(
    severity=Severity.INFO,
    proof="lock",
    summary="DROP INDEX without CONCURRENTLY closes the table, from the moment it starts to wait for it.",
    why="""
    It takes ACCESS EXCLUSIVE on the table of the index. The work takes a moment, getting the lock may not: it waits
    for every query that uses the table, and every later query, SELECT too, waits behind it. CONCURRENTLY takes SHARE
    UPDATE EXCLUSIVE, which lets reads and writes through; it may not run in a transaction, and cannot drop an index
    that a constraint owns or that is partitioned.
    """,
    bad=(
        """CREATE TABLE post (id int, author int);
CREATE INDEX post_author ON post (author);
---
DROP INDEX post_author;""",
        """CREATE TABLE "Post" (id int);
CREATE UNIQUE INDEX "Post_id" ON "Post" (id);
---
DROP INDEX IF EXISTS "Post_id";""",
        """CREATE TABLE post (id int);
CREATE MATERIALIZED VIEW posts AS SELECT id FROM post;
CREATE INDEX posts_id ON posts (id);
---
DROP INDEX posts_id;""",
    ),
    good=(
        """CREATE TABLE post (id int, author int);
CREATE INDEX post_author ON post (author);
---
-- dbtools: no-transaction
DROP INDEX CONCURRENTLY post_author;""",
        """CREATE TABLE post (id int);
---
DROP INDEX IF EXISTS post_author;""",
        """CREATE TABLE post (id int, author int);
CREATE INDEX post_author ON post (author);
DROP INDEX post_author;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-dropindex.html#SQL-DROPINDEX-CONCURRENTLY",
)
def drop_index_blocks(context: Context) -> Iterator[Harm]:
    """Of an index whose table is not known nothing more than that is said."""
    operation = context.operation
    if not isinstance(operation, DropIndex) or operation.concurrently:
        return
    for table in context.existing(context.effects.locks):
        message = f"{BLOCKS_ALL} of {table} while it waits for its lock and drops {operation.name.local}"
        plan = safe_form(context)
        hint = "" if plan else f"it cannot be dropped CONCURRENTLY as it stands; before it: {GIVES_UP[:-1]}"
        yield Harm(message, hint, str(table), operation.name.local, plan=plan)
        return
    if context.effects.uncertain:
        message = f"{BLOCKS_ALL} of its table while it waits for its lock and drops {operation.name.local}"
        hint = "without CASCADE, CONCURRENTLY lets reads and writes through" if operation.cascade else ""
        yield Harm(message, hint, "", str(operation.name), plan=safe_form(context))
