"""drop-cascade."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.predict.dependents import Dependent
from dbtools.model.schema import Schema
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.dependents import Dropping, going_with
from dbtools.rules.wording import dropped, joined

# What holds no rows and answers no query of its own.
LIGHT = frozenset({"constraint", "default", "index", "trigger", "sequence", "type"})


@rule(
    severity=Severity.ERROR,
    proof="loss",
    summary="CASCADE drops everything that depends on the object as well, whatever that is.",
    why="""
    Views and the views above them, foreign keys of other tables, columns of a dropped type, triggers and policies that
    call a dropped function, generated columns: all of it goes, and PostgreSQL names it in a NOTICE that nobody reads in
    a deployment. What goes is decided on the day it runs; on a database that has more than the migrations made, more
    goes. Without CASCADE the statement fails and says what is in its way.
    """,
    bad=(
        """CREATE TABLE post (id int);
CREATE VIEW posts AS SELECT id FROM post;
---
DROP TABLE post CASCADE;""",
        """CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE FUNCTION cheer(mood) RETURNS text LANGUAGE sql AS 'SELECT $1::text';
---
DROP TYPE mood CASCADE;""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int REFERENCES author);
---
ALTER TABLE author DROP CONSTRAINT author_pkey CASCADE;""",
        """CREATE TABLE "Post" (id int, price int, total int GENERATED ALWAYS AS (price * 2) STORED);
---
ALTER TABLE "Post" DROP COLUMN price CASCADE;""",
        """CREATE TABLE post (id int, owner text);
CREATE FUNCTION is_mine(text) RETURNS bool LANGUAGE sql AS 'SELECT $1 = current_user';
CREATE POLICY mine ON post USING (is_mine(owner));
---
DROP FUNCTION is_mine CASCADE;""",
    ),
    good=(
        """CREATE TABLE post (id int);
---
DROP TABLE post CASCADE;""",
        """CREATE TABLE post (id int);
CREATE VIEW posts AS SELECT id FROM post;
---
DROP VIEW posts CASCADE;
CREATE VIEW posts AS SELECT id FROM post WHERE id > 0;""",
        """CREATE TABLE post (id int);
CREATE VIEW posts AS SELECT id FROM post;
CREATE VIEW firsts AS SELECT id FROM posts WHERE id < 9;
---
DROP VIEW posts CASCADE;
CREATE VIEW posts AS SELECT id FROM post WHERE id > 0;
CREATE VIEW firsts AS SELECT id FROM posts WHERE id < 9;""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int REFERENCES author);
---
ALTER TABLE post DROP CONSTRAINT post_author_fkey CASCADE;""",
    ),
    link="https://www.postgresql.org/docs/current/ddl-depend.html",
)
def drop_cascade(context: Context) -> Iterator[Harm]:
    """What goes beside the object itself, and is not made again; the rows of tables belong to drop-table."""
    operation = context.operation
    if not isinstance(operation, Dropping) or not operation.cascade or context.effects.fails:
        return
    what, table, name = dropped(operation)
    gone = [each for each in going_with(context) if not _is_told(each, context) and not _returns(each, context)]
    if gone:
        message = f"drops with {what}: {joined(gone)}"
        hint = (
            f"drop {'them' if len(gone) > 1 else 'it'} by name first, so that nothing else goes, and leave CASCADE out"
        )
        views = (_named(each.name) for each in gone if each.kind.endswith("view"))
        named = {f"{each.kind} {each.name}" for each in gone}
        readers = dict.fromkeys(
            str(reader) for view in views for reader in context.readers(view, "") if reader.source not in named
        )
        said = f", still read by {joined(readers)}" if readers else ""
        severity = None if readers or _is_heavy(gone, context) else Severity.WARNING
        yield Harm(f"{message}{said}", hint, table, name, severity)
    elif not context.before.complete and (table or name) and _existed(operation, context):
        message = f"drops with {what} whatever depends on it, which is not known here"
        hint = "leave CASCADE out: then it fails where something depends on it, and says what"
        told = isinstance(operation, op.DropTable | op.DropColumn)  # by the rule of what is lost itself
        yield Harm(message, hint, table, name, Severity.INFO if told else Severity.WARNING)


def _is_heavy(gone: list[Dependent], context: Context) -> bool:
    """Whether more is lost than what guards rows, or than views that nobody is known to read."""
    views_unread = context.readers_known
    return any(each.kind not in LIGHT and not (each.kind.endswith("view") and views_unread) for each in gone)


def _named(text: str) -> Name:
    namespace, dot, local = text.partition(".")
    return Name(namespace, local) if dot else Name("public", namespace)


def _existed(operation: Dropping, context: Context) -> bool:
    match operation:
        case op.DropTable(name) | op.DropView(name):
            return context.existed(name)
        case op.DropColumn(name, column):
            return context.existed(name) and (name, column) not in context.added
        case op.DropConstraint(name):
            return context.existed(name)
        case op.DropNamespace(name):
            return not any(done.operation == op.CreateNamespace(name) for done in context.migration)
    return True


def _is_told(gone: Dependent, context: Context) -> bool:
    """What the same statement names is meant, and what the change itself made is missed by nobody."""
    if gone.table is None and re.search(rf"(?<!\w){re.escape(_named(gone.name).local)}(?!\w)", context.text):
        return True  # the same DROP names it too
    if gone.table is not None:
        return not context.existed(gone.table) or (gone.table, gone.name) in context.added
    return gone.kind.endswith("view") and not context.existed(_named(gone.name))


def _returns(gone: Dependent, context: Context) -> bool:
    """Whether the change makes it again."""
    end: Schema = context.end()
    table = end.table(gone.table) if gone.table is not None else None
    match gone.kind:
        case "constraint":
            return table is not None and table.constraint(gone.name) is not None
        case "default":
            column = table.column(gone.name) if table is not None else None
            return column is not None and column.default is not None
        case "sequence":
            return _named(gone.name) in end.sequences
    return any(_makes(operation, gone) for operation in context.later())


def _makes(operation: op.Operation, gone: Dependent) -> bool:
    match operation:
        case op.CreateView(view):
            return gone.kind.endswith("view") and str(view.name) == gone.name
        case op.CreateOpaque(opaque):
            return (opaque.kind, opaque.name.local, opaque.table) == (gone.kind, gone.name, gone.table)
        case op.CreateFunction(function):
            return gone.kind == "function" and str(function.name) == gone.name.partition("(")[0]
    return False
