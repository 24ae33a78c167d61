"""rename-column."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.model.operation import RenameColumn
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form
from dbtools.rules.wording import READERS_UNKNOWN, renamed_away


@rule(
    severity=Severity.ERROR,
    proof="reader",
    summary="Renaming a column breaks everything that knows it by the old name.",
    why="""
    The rename itself is brief, and views follow it while keeping the old name as their own column's. Running code
    does not: from the commit on its queries fail with 42703, and so do PL/pgSQL functions when they are next
    called. Code and migration are never deployed in the same instant, so the way is a second column: write both,
    fill the old rows, read the new one, drop the old.
    """,
    bad=(
        """CREATE TABLE post (id int, title text);
---
ALTER TABLE post RENAME COLUMN title TO headline;""",
        """CREATE TABLE "Post" (id int, "authorId" int);
---
ALTER TABLE "Post" RENAME "authorId" TO "writerId";""",
        """CREATE TABLE post (id int);
CREATE VIEW posts AS SELECT id FROM post;
---
ALTER TABLE post RENAME id TO number;""",
    ),
    good=(
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD a int;
ALTER TABLE post RENAME a TO b;""",
        """CREATE TABLE post (id int);
---
CREATE TABLE draft (id int);
ALTER TABLE draft RENAME id TO number;""",
        """CREATE TABLE post (id int CONSTRAINT positive CHECK (id > 0));
---
ALTER TABLE post RENAME CONSTRAINT positive TO post_id_positive;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-altertable.html",
)
def rename_column(context: Context) -> Iterator[Harm]:
    """Silent where the readers are known and none reads it by the old name."""
    operation = context.operation
    if not isinstance(operation, RenameColumn) or not context.effects.locks:
        return
    table, old = operation.table, operation.column
    if not context.existed(table) or (table, old) in context.added:
        return
    stop = renamed_away(context, table, old)
    if context.readers_known and not stop.said:
        return
    said = stop.said or f"what knows it as {old} fails from then on"
    way = f"add {operation.to} beside {old}, write both, fill the old rows, read the new one, then drop {old}"
    known = stop.said or context.readers_known
    hint = way if known else f"{READERS_UNKNOWN}; the way without an outage: {way}"
    severity = None if stop.breaks or not context.readers_known else Severity.WARNING
    message = f"renames {table}.{old} to {operation.to}: {said}"
    yield Harm(message, hint, str(table), old, severity, plan=safe_form(context))
