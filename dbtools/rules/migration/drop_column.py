"""drop-column."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.model.operation import DropColumn
from dbtools.rules.base import Context, Harm, reader_list, rule


@rule(
    severity=Severity.ERROR,
    proof="loss",
    summary="DROP COLUMN loses the column's values, and breaks what still reads it.",
    why="""
    The statement itself is brief, but nothing brings the values back except a restore. Code that still names the
    column fails with 42703 from the moment the migration commits; an ORM names every column of its model in each
    SELECT and INSERT. Indexes and constraints on the column go with it, multi-column indexes too.
    """,
    bad=(
        "CREATE TABLE post (id int, title text);\n---\nALTER TABLE post DROP COLUMN title;",
        'CREATE TABLE "Post" (id int, "authorId" int);\n---\nALTER TABLE "Post" DROP "authorId" CASCADE;',
        "CREATE TABLE post (id int, a int, b int);\n---\nALTER TABLE post ADD COLUMN c int, DROP COLUMN IF EXISTS b;",
    ),
    good=(
        "CREATE TABLE post (id int, title text);\n---\nALTER TABLE post ALTER COLUMN title DROP NOT NULL;",
        "CREATE TABLE post (id int);\n---\nALTER TABLE post ADD COLUMN a int;\nALTER TABLE post DROP COLUMN a;",
        "CREATE TABLE post (id int);\n---\nALTER TABLE post DROP COLUMN IF EXISTS title;",
    ),
    link="https://www.postgresql.org/docs/current/sql-altertable.html",
)
def drop_column(context: Context) -> Iterator[Harm]:
    """Stored values are lost; born and dropped within the change is silent."""
    operation = context.operation
    if not isinstance(operation, DropColumn) or not context.existed(operation.table):
        return
    table = context.table(operation.table)
    if table is not None and table.column(operation.column) is None:
        return
    if (operation.table, operation.column) in context.added:
        return
    readers = context.readers(operation.table, operation.column)
    message = f"drops {operation.table}.{operation.column}: its values are lost"
    if readers:
        yield Harm(
            f"{message}, and it is still read by {reader_list(readers)}",
            "stop reading it first and deploy that; drop it in a later migration",
            str(operation.table),
            operation.column,
        )
    elif context.readers_known:
        hint = "nothing in the project reads it; take a backup of the column if its values may be wanted again"
        yield Harm(message, hint, str(operation.table), operation.column, Severity.WARNING)
    else:
        hint = "readers unknown: name your models and queries in dbtools.yaml and dbtools tells who still reads it"
        yield Harm(message, hint, str(operation.table), operation.column)
