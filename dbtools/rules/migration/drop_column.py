"""drop-column."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.operation import DropColumn, DropType
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.wording import READERS_UNKNOWN, stopped


@rule(
    severity=Severity.ERROR,
    proof="loss",
    summary="DROP COLUMN loses the column's values, and breaks what still reads it.",
    why="""
    The statement itself is brief, but nothing brings the values back except a restore. Code that still names the
    column fails with 42703 from the moment the migration commits; an ORM names every column of its model in each
    SELECT and INSERT. Indexes and constraints on the column go with it, multi-column indexes too. DROP TYPE ...
    CASCADE drops every column of the type.
    """,
    bad=(
        """CREATE TABLE post (id int, title text);
---
ALTER TABLE post DROP COLUMN title;""",
        """CREATE TABLE "Post" (id int, "authorId" int);
---
ALTER TABLE "Post" DROP "authorId" CASCADE;""",
        """CREATE TABLE post (id int, a int, b int);
---
ALTER TABLE post ADD COLUMN c int, DROP COLUMN IF EXISTS b;""",
        """CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE post (id int, mood mood);
---
DROP TYPE mood CASCADE;""",
    ),
    good=(
        """CREATE TABLE post (id int, title text);
---
ALTER TABLE post ALTER COLUMN title DROP NOT NULL;""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN a int;
ALTER TABLE post DROP COLUMN a;""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post DROP COLUMN IF EXISTS title;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-altertable.html",
)
def drop_column(context: Context) -> Iterator[Harm]:
    """Stored values are lost; born and dropped within the change is silent."""
    operation = context.operation
    match operation:
        case DropColumn(table, column):
            lost = {(table, column)} if context.effects.loses and _is_there(context, table, column) else set()
        case DropType():
            lost = {(loss.table, loss.column) for loss in context.effects.loses}
        case _:
            return
    for table, column in sorted(lost - context.added):
        if context.existed(table):
            yield _harm(context, table, column)


def _is_there(context: Context, name: Name, column: str) -> bool:
    table = context.table(name)
    return table is None or table.column(column) is not None


def _harm(context: Context, table: Name, column: str) -> Harm:
    stop = stopped(context, table, column)
    message = "; ".join(filter(None, (f"drops {table}.{column}: its values are lost", stop.said)))
    if stop.breaks:
        hint = "stop reading it first and deploy that; drop it in a later migration"
        return Harm(message, hint, str(table), column)
    if context.readers_known:
        hint = "nothing in the project reads it; take a backup of the column if its values may be wanted again"
        return Harm(message, hint, str(table), column, Severity.WARNING)
    return Harm(message, READERS_UNKNOWN, str(table), column)
