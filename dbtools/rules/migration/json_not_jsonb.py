"""json-not-jsonb."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.finding import Severity
from dbtools.model.objects import Column
from dbtools.rules.base import Context, Harm, rule


@rule(
    severity=Severity.INFO,
    proof="advice",
    summary="A json column cannot be compared: DISTINCT, GROUP BY, UNION and ordinary indexes fail on it.",
    why="""
    json keeps the text as it was written and has no equality operator, so a query with DISTINCT, GROUP BY or UNION over
    the row fails with 42883, an index on the column with 42704. jsonb has both, takes GIN indexes, and is parsed once
    instead of at each read; it forgets blanks, the order of keys and repeated keys. Turning json into jsonb later
    rewrites the table.
    """,
    bad=(
        """CREATE TABLE post (id int, meta json);""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN meta json;""",
        """CREATE TABLE "Post" (id int, tags text);
---
ALTER TABLE "Post" ALTER tags TYPE json USING to_json(tags);""",
    ),
    good=(
        """CREATE TABLE post (id int, meta jsonb);""",
        """CREATE TABLE post (id int, meta json);
---
ALTER TABLE post ALTER meta TYPE jsonb;""",
        """CREATE TABLE post (id int, json text);""",
    ),
    link="https://www.postgresql.org/docs/current/datatype-json.html",
)
def json_not_jsonb(context: Context) -> Iterator[Harm]:
    """Each column that becomes json."""
    match context.operation:
        case op.CreateTable(table):
            name, columns = table.name, tuple(table.columns)
        case op.AddColumn(name, column):
            columns = (column,)
        case op.SetType(name, column, kind):
            columns = (Column(column, kind),)
        case _:
            return
    for each in columns:
        if each.type.base == "json" and not each.type.namespace and context.after is not context.before:
            message = f"{name}.{each.name} is {each.type}, which has no =: DISTINCT, GROUP BY and UNION fail on it"
            yield Harm(message, _hint(context, each), str(name), each.name)


def _hint(context: Context, column: Column) -> str:
    operation = context.operation
    if isinstance(operation, op.AddColumn) and column.default is None:
        return context.script(replace(operation, column=replace(column, type=column.type._replace(base="jsonb"))))
    return f"make it {column.type._replace(base='jsonb')}, unless the text must stay exactly as it was written"
