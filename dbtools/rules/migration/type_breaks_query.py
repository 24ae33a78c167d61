"""type-breaks-query."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.model.operation import SetType
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.wording import joined


@rule(
    severity=Severity.ERROR,
    proof="reader",
    summary="A column's new type breaks the queries that compare it with what it can no longer be compared with.",
    why="""
    PostgreSQL compares values of different types only where an operator for both exists: text is not compared with
    integer, and a query that does so fails with 42883 from the moment the migration commits, a join too. A constant in
    quotes that is no value of the new type fails with 22P02. A model that declares another kind of type fails when it
    reads or writes the column.
    """,
    bad=(
        """CREATE TABLE person (id int);
CREATE TABLE post (id int, author int);
CREATE FUNCTION posts_of(who int) RETURNS bigint LANGUAGE sql
  AS 'SELECT count(*) FROM post JOIN person ON person.id = post.author WHERE person.id = $1';
---
ALTER TABLE post ALTER author TYPE uuid USING NULL;""",
        """CREATE TABLE "Post" (id int, "isOpen" int);
CREATE FUNCTION opened() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM "Post" WHERE "isOpen" = 1';
---
ALTER TABLE "Post" ALTER "isOpen" TYPE boolean USING "isOpen" = 1;""",
        """CREATE TYPE state AS ENUM ('draft', 'live');
CREATE TABLE post (id int, state text);
CREATE FUNCTION live() RETURNS bigint LANGUAGE plpgsql
  AS $$ BEGIN RETURN (SELECT count(*) FROM post WHERE state IN ('live', 'public')); END $$;
---
ALTER TABLE post ALTER state TYPE state USING 'live'::state;""",
    ),
    good=(
        """CREATE TABLE post (id int, author int);
---
ALTER TABLE post ALTER author TYPE bigint;""",
        """CREATE TABLE post (id int, slug varchar(20));
---
ALTER TABLE post ALTER slug TYPE text;""",
        """CREATE TABLE post (id int, at timestamp);
---
ALTER TABLE post ALTER at TYPE timestamptz;""",
    ),
    link="https://www.postgresql.org/docs/current/typeconv-oper.html",
)
def type_breaks_query(context: Context) -> Iterator[Harm]:
    """Each named query and model of the project, by what it does with the column."""
    operation = context.operation
    if not isinstance(operation, SetType) or not context.existed(operation.table):
        return
    readers = context.clashes(operation.table, operation.column, operation.type)
    if not readers or (operation.table, operation.column) in context.added:
        return
    said = joined(f"{reader}, as it {reader.how}" for reader in readers)
    hint = "change the queries first, with a cast that works for both types, and deploy that"
    changed = f"turns {operation.table}.{operation.column} into {operation.type}: that breaks {said}"
    yield Harm(changed, hint, str(operation.table), operation.column)
