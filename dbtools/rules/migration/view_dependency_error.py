"""view-dependency-error."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from dbtools.model import operation as op
from dbtools.model.finding import Severity
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.dependents import standing_on
from dbtools.rules.refusals import told_by
from dbtools.rules.wording import dropped, joined


@rule(
    severity=Severity.ERROR,
    proof="error",
    summary="What a view, rule, policy or generated column looks at can neither be dropped nor change its type.",
    why="""
    A view keeps which columns it reads and of which types, so PostgreSQL refuses to drop one of them without CASCADE
    (2BP01) and to change its type at all (0A000); rules, policies, triggers on columns and generated columns likewise.
    CREATE OR REPLACE VIEW may only add columns at the end: one that is gone, renamed or of another type is refused
    with 42P16. What looks at the column has to be dropped before and made again after, in one transaction.
    """,
    bad=(
        """CREATE TABLE post (id int, title varchar(50));
CREATE VIEW titles AS SELECT title FROM post;
---
ALTER TABLE post ALTER title TYPE text;""",
        """CREATE TABLE post (id int, title text);
CREATE VIEW posts AS SELECT id, title FROM post;
---
ALTER TABLE post DROP COLUMN title;""",
        """CREATE TABLE post (id int, title text);
CREATE VIEW posts AS SELECT id, title FROM post;
---
CREATE OR REPLACE VIEW posts AS SELECT title FROM post;""",
        """CREATE TABLE "Post" (id int, "ownerId" int);
CREATE POLICY mine ON "Post" USING ("ownerId" = 1);
---
ALTER TABLE "Post" ALTER "ownerId" TYPE bigint;""",
        """CREATE TABLE post (price int, total int GENERATED ALWAYS AS (price * 2) STORED);
---
ALTER TABLE post DROP COLUMN price;""",
        """CREATE TABLE post (id int);
CREATE VIEW posts AS SELECT id FROM post;
---
DROP TABLE post;""",
    ),
    good=(
        """CREATE TABLE post (id int, title varchar(50));
CREATE VIEW titles AS SELECT title FROM post;
---
DROP VIEW titles;
ALTER TABLE post ALTER title TYPE text;
CREATE VIEW titles AS SELECT title FROM post;""",
        """CREATE TABLE post (id int, title text);
CREATE VIEW posts AS SELECT id FROM post;
---
CREATE OR REPLACE VIEW posts AS SELECT id, title FROM post;""",
        """CREATE TABLE post (id int, title varchar(50));
CREATE VIEW ids AS SELECT id FROM post;
---
ALTER TABLE post ALTER title TYPE text;""",
        """CREATE TABLE post (id int);
CREATE VIEW posts AS SELECT id FROM post;
---
DROP VIEW posts;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-createview.html",
)
def view_dependency_error(context: Context) -> Iterator[Harm]:
    """One finding for the object, naming everything that holds it."""
    if told_by(context) != "view-dependency-error":
        return
    operation, fails = context.operation, context.effects.fails
    if isinstance(operation, op.CreateView):
        name = operation.view.name
        message = f"cannot replace view {name}: {_difference(context, operation)} (fails with {fails})"
        yield Harm(message, REPLACED, str(name))
        return
    holding = standing_on(context)
    what, table, column = dropped(operation)
    verb, held = ("look", "them") if len(holding) > 1 else ("looks", "it")
    if isinstance(operation, op.SetType):
        message = f"cannot change the type of {operation.table}.{operation.column}: {joined(holding)} {verb} at it"
        hint = f"drop {joined(holding)} before, and make {held} again after, in the same transaction"
        yield Harm(f"{message} (fails with {fails})", hint, str(operation.table), operation.column)
        return
    depend = "depend" if len(holding) > 1 else "depends"
    message = f"cannot drop {what}: {joined(holding)} {depend} on it (fails with {fails})"
    hint = f"drop {joined(holding)} first, or make {held} do without it; CASCADE would drop {held} too"
    yield Harm(message, hint, table, column)


REPLACED = "OR REPLACE only adds columns at the end: DROP VIEW and CREATE VIEW it, in the same transaction"


def _difference(context: Context, operation: op.CreateView) -> str:
    old = context.before.views[operation.view.name]
    for before, after in zip_longest(old.columns, operation.view.columns):
        if before is not None and after is None:
            return f"its column {before} would be gone"
        if before is not None and before != after:
            return f"its column {before} would be called {after}"
    return "its columns would change"
