"""duplicate-object."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.finding import Severity
from dbtools.model.naming import is_relation_or_index
from dbtools.model.objects import Table
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.refusals import told_by


@rule(
    severity=Severity.ERROR,
    proof="error",
    summary="The statement makes something under a name that something else has.",
    why="""
    It fails with 42P07 (table, view, index, sequence), 42701 (column), 42710 (type, constraint, trigger, policy,
    extension), 42723 (function) or 42P06 (schema), and the migration with it. Tables, views, indexes and sequences of
    one schema share their names, the index behind a constraint too; every table and view is a type as well. What IF
    NOT EXISTS, OR REPLACE or a DO block that looks first passes over is not meant.
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
        """CREATE TYPE mood AS ENUM ('sad');
---
CREATE TYPE mood AS ENUM ('sad', 'ok');""",
        """CREATE TABLE post (id int, CONSTRAINT post_pkey PRIMARY KEY (id));
---
CREATE TABLE note (id int, CONSTRAINT post_pkey PRIMARY KEY (id));""",
        """CREATE TABLE post (id int, title text, name text);
---
ALTER TABLE post RENAME title TO name;""",
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
        """CREATE TYPE mood AS ENUM ('sad');
---
DO $$ BEGIN CREATE TYPE mood AS ENUM ('sad'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;""",
    ),
    link="https://www.postgresql.org/docs/current/errcodes-appendix.html",
)
def duplicate_object(context: Context) -> Iterator[Harm]:
    """What the schema before the operation holds under the same name, also where not all of it is known."""
    if told_by(context) != "duplicate-object" or context.effects.uncertain:
        return
    what, table, name = _wanted(context)
    yield Harm(f"{what} exists already: fails with {context.effects.fails}", _HINT, table, name)


def _wanted(context: Context) -> tuple[str, str, str]:
    """The name that is taken, in words, and the table and object that a finding names."""
    operation = context.operation
    match operation:
        case op.CreateTable(table):
            return _table(table, context), str(table.name), ""
        case op.CreateView(view):
            return f"something called {view.name}", str(view.name), ""
        case op.AddColumn(table, column):
            if context.effects.fails == sqlstate.DUPLICATE_COLUMN:
                return f"column {table}.{column.name}", str(table), column.name
            return f"a constraint of {column.name} on {table} has a name that", str(table), column.name
        case op.AddConstraint(table, constraint):
            return f"something called {constraint.name}", str(table), constraint.name
        case op.CreateIndex(table, index):
            return f"something called {index.name}", str(table), index.name
        case op.RenameColumn(table, _, to):
            return f"column {table}.{to}", str(table), to
        case op.RenameConstraint(table, _, to):
            return f"constraint {to} of {table}", str(table), to
        case op.RenameEnumValue(name, _, to):
            return f"label {to} of {name}", "", str(name)
    return _elsewhere(operation)


def _elsewhere(operation: op.Operation) -> tuple[str, str, str]:
    """Of what belongs to no table."""
    match operation:
        case op.RenameTable(name, to) | op.Rename(_, name, to):
            return f"something called {name._replace(local=to)}", "", str(name._replace(local=to))
        case op.SetNamespace(_, name, to):
            return f"something called {name._replace(namespace=to)}", "", str(name._replace(namespace=to))
        case op.CreateEnum(made) | op.CreateDomain(made):
            return f"a type or table called {made.name}", "", str(made.name)
        case op.CreateSequence(sequence):
            return f"something called {sequence.name}", "", str(sequence.name)
        case op.CreateFunction(function):
            called = f"{function.name}({', '.join(function.arguments)})"
            return f"function {called}", "", called
        case op.CreateOpaque(opaque):
            on = f" of {opaque.table}" if opaque.table else ""
            return f"{opaque.kind} {opaque.name.local}{on}", str(opaque.table or ""), opaque.name.local
        case op.CreateExtension(name):
            return f"extension {name}", "", name
        case op.CreateNamespace(name) | op.RenameNamespace(_, name):
            return f"schema {name}", "", name
    return "what it makes", "", type(operation).__name__


def _table(table: Table, context: Context) -> str:
    if context.effects.fails == sqlstate.DUPLICATE_COLUMN:
        return f"{table.name} is given a column that"
    if is_relation_or_index(context.before, table.name):
        return f"{table.name}"
    return f"a type or constraint of the name that {table.name} uses"


_HINT = "choose another name, or drop this statement: an earlier one did it"
