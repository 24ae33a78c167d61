"""rename-table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TypeGuard

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form
from dbtools.rules.renaming import gives
from dbtools.rules.wording import READERS_UNKNOWN, renamed_away

SOON = 500  # operations within which a name is given again, if it is at all


@rule(
    severity=Severity.ERROR,
    proof="reader",
    summary="Renaming a table breaks everything that knows it by the old name.",
    why="""
    The rename itself is brief, and views follow it. Running code does not: from the commit on its queries fail
    with 42P01, and PL/pgSQL functions fail when they are next called. Code and migration are never deployed in
    the same instant. A view with the old name, made in the same transaction, keeps old code running: simple views
    take INSERT, UPDATE and DELETE too.
    """,
    bad=(
        """CREATE TABLE post (id int);
---
ALTER TABLE post RENAME TO article;""",
        """CREATE TABLE "Post" (id int);
---
ALTER TABLE IF EXISTS "Post" RENAME TO posts;""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post RENAME TO article;
CREATE VIEW posts AS SELECT * FROM article;""",
    ),
    good=(
        """CREATE TABLE post (id int);
---
ALTER TABLE post RENAME TO article;
CREATE VIEW post AS SELECT * FROM article;""",
        """CREATE TABLE post (id int);
---
CREATE TABLE draft (id int);
ALTER TABLE draft RENAME TO note;""",
        """CREATE TABLE post (id int);
CREATE INDEX post_id ON post (id);
---
ALTER INDEX post_id RENAME TO post_by_id;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-altertable.html",
)
def rename_table(context: Context) -> Iterator[Harm]:
    """Silent where nobody reads it, and where the same transaction gives the old name to something else again."""
    operation = context.operation
    if not _is_told(operation, context):
        return
    name, new = operation.name, Name(operation.name.namespace, operation.to)
    if context.session.in_transaction and any(gives(later, name) for later in islice(context.later(), SOON)):
        return
    stop = renamed_away(context, name)
    if context.readers_known and not stop.said:
        return
    plan, bridge = safe_form(context), "in the same transaction"
    if stop.said:
        severity = None if stop.breaks or not context.readers_known else Severity.WARNING
        yield Harm(f"renames {name} to {new}: {stop.said}", bridge, str(name), severity=severity, plan=plan)
    else:
        message = f"renames {name} to {new}: what knows it as {name} fails from then on"
        severity = None if isinstance(operation, op.RenameTable) else Severity.INFO
        hint = f"{READERS_UNKNOWN}; or keep the old name alive {bridge}"
        yield Harm(message, hint, str(name), severity=severity, plan=plan)


def _is_told(operation: op.Operation, context: Context) -> TypeGuard[op.RenameTable | op.Rename]:
    """A table or a view that was there before; who reads a view is seldom known, so that alone is an info."""
    match operation:
        case op.RenameTable(name):
            return context.existed(name) and bool(context.effects.locks)
        case op.Rename("view" | "materialized view", name):
            return name in context.before.views and context.existed(name)
    return False
