"""duplicate-object."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model.finding import Severity
from dbtools.model.predict.relations import DUPLICATE_COLUMN, DUPLICATE_TABLE
from dbtools.rules.base import Context, Harm, rule


@rule(
    severity=Severity.ERROR,
    proof="error",
    summary="The statement makes a table, view, index or column that is there already.",
    why="""
    It fails with 42P07 (table, view, index) or 42701 (column), and the migration with it. Tables, views, indexes
    and sequences of one schema share their names. Only said where the whole history is known.
    """,
    bad=(
        """CREATE TABLE post (id int);
---
CREATE TABLE post (id int);""",
        """CREATE TABLE "Post" (id int);
CREATE INDEX i ON "Post" (id);
---
CREATE UNIQUE INDEX i ON "Post" (id);""",
        """CREATE TABLE post (id int, title text);
---
ALTER TABLE post ADD COLUMN title text;""",
    ),
    good=(
        """CREATE TABLE post (id int);
---
CREATE TABLE IF NOT EXISTS post (id int);""",
        """CREATE TABLE post (id int);
CREATE SCHEMA blog;
---
CREATE TABLE blog.post (id int);""",
        """CREATE TABLE post (id int, title text);
---
ALTER TABLE post ADD COLUMN IF NOT EXISTS title text;""",
        """CREATE TABLE post (id int);
---
CREATE TABLE "Post" (id int);""",
    ),
    link="https://www.postgresql.org/docs/current/errcodes-appendix.html",
)
def duplicate_object(context: Context) -> Iterator[Harm]:
    """What the schema before the operation holds under the same name."""
    fails = context.effects.fails
    if fails not in {DUPLICATE_TABLE, DUPLICATE_COLUMN} or context.effects.uncertain or not context.before.complete:
        return
    match context.operation:
        case op.CreateTable(table) if context.before.is_certain(table.name):
            yield Harm(f"{table.name} exists already: fails with {fails}", _HINT, str(table.name))
        case op.CreateView(view) if context.before.is_certain(view.name):
            yield Harm(f"{view.name} exists already: fails with {fails}", _HINT, str(view.name))
        case op.CreateIndex(table, index) if context.before.is_certain(table):
            message = f"something called {index.name} exists already: fails with {fails}"
            yield Harm(message, _HINT, str(table), index.name)
        case op.AddColumn(table, column) if context.before.is_certain(table):
            message = f"{table} has a column {column.name} already: fails with {fails}"
            yield Harm(message, _HINT, str(table), column.name)


_HINT = "choose another name, or drop this statement: an earlier migration did it"
