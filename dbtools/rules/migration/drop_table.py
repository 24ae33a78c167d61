"""drop-table."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.operation import DropNamespace, DropTable
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.wording import READERS_UNKNOWN, stopped


@rule(
    severity=Severity.ERROR,
    proof="loss",
    summary="DROP TABLE loses every row, and breaks what still reads the table.",
    why="""
    Nothing brings the rows back except a restore. Code that still names the table fails with 42P01 from the
    moment the migration commits. The lock is brief, but it is ACCESS EXCLUSIVE and is taken on the tables that
    the dropped one refers to as well. With CASCADE, views and foreign keys of other tables go too.
    """,
    bad=(
        """CREATE TABLE post (id int);
---
DROP TABLE post;""",
        """CREATE TABLE "Post" (id int);
---
DROP TABLE IF EXISTS "Post" CASCADE;""",
        """CREATE SCHEMA blog;
CREATE TABLE blog.post (id int);
---
DROP SCHEMA blog CASCADE;""",
    ),
    good=(
        """CREATE TABLE post (id int);
---
CREATE TABLE draft (id int);
DROP TABLE draft;""",
        """CREATE TABLE post (id int);
---
DROP TABLE IF EXISTS posts;""",
        """CREATE TABLE post (id int);
CREATE VIEW posts AS SELECT id FROM post;
---
DROP VIEW posts;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-droptable.html",
)
def drop_table(context: Context) -> Iterator[Harm]:
    """Each table that is lost; its partitions go without saying."""
    match context.operation:
        case DropTable(name, if_exists) if context.existed(name) and context.effects.loses:
            if name in context.before.views:
                return
            known = not if_exists or name in context.before.tables
            yield _harm(context, name, known=known)
        case DropNamespace():
            for name in context.existing(loss.table for loss in context.effects.loses):
                yield _harm(context, name, known=True)


def _harm(context: Context, name: Name, *, known: bool) -> Harm:
    stop = stopped(context, name)
    lost = f"drops {name}: its rows are lost" if known else f"drops {name} if it exists: its rows are lost then"
    message = "; ".join(filter(None, (lost, stop.said)))
    if stop.breaks:
        hint = "stop reading it first and deploy that; drop it in a later migration"
        return Harm(message, hint, str(name))
    if context.readers_known:
        hint = "nothing in the project reads it; take a backup if its rows may be wanted again"
        return Harm(message, hint, str(name), severity=Severity.WARNING)
    return Harm(message, READERS_UNKNOWN, str(name), severity=None if known else Severity.WARNING)
