"""delete-without-where."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.model.operation import Delete
from dbtools.rules.base import Context, Harm, rule


@rule(
    severity=Severity.ERROR,
    proof="loss",
    summary="DELETE of every row empties the table.",
    why="""
    Nothing brings the rows back except a restore, and rows of other tables go with them where a foreign key says
    ON DELETE CASCADE. Until the migration commits, each row is locked. A condition that is true for every row is
    no condition.
    """,
    bad=(
        """CREATE TABLE post (id int);
---
DELETE FROM post;""",
        """CREATE TABLE "Post" (id int);
---
DELETE FROM "Post" WHERE true;""",
        """CREATE TABLE post (id int);
---
DELETE FROM post AS p WHERE 2 > 1 OR p.id = 3;""",
    ),
    good=(
        """CREATE TABLE post (id int, spam bool);
---
DELETE FROM post WHERE spam;""",
        """CREATE TABLE post (id int);
---
CREATE TABLE tag (id int);
DELETE FROM tag;""",
        """CREATE TABLE post (id int);
---
DELETE FROM post WHERE id IN (SELECT max(id) FROM post GROUP BY id);""",
    ),
    link="https://www.postgresql.org/docs/current/sql-delete.html",
)
def delete_without_where(context: Context) -> Iterator[Harm]:
    """No condition, or one that sqlglot finds true whatever the row."""
    operation = context.operation
    if not isinstance(operation, Delete) or not context.existed(operation.table):
        return
    if operation.where is not None and operation.where.constant is not True:
        return
    hint = "say which rows with WHERE; if it is to be emptied, keep a copy until nobody misses them"
    yield Harm(f"deletes every row of {operation.table}", hint, str(operation.table))
