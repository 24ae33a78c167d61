"""required-column."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.schema import Schema
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form
from dbtools.rules.wording import joined


@rule(
    severity=Severity.ERROR,
    proof="error",
    summary="A new column that is required and has no default fails on the rows there are, or on the next INSERT.",
    why="""
    ADD COLUMN ... NOT NULL without a default fails with 23502 as soon as the table holds one row. Where it goes
    through, the code that is still running does not know the column, so each of its INSERTs fails with 23502
    until the new code is deployed: also when a default is given and dropped again, or NOT NULL is set after the
    rows were filled. A constant default costs nothing since PostgreSQL 11.
    """,
    bad=(
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN author int NOT NULL;""",
        """CREATE TABLE "Post" (id int);
---
ALTER TABLE "Post" ADD COLUMN a int, ADD COLUMN "authorId" int NOT NULL;""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN views int NOT NULL DEFAULT 0;
ALTER TABLE post ALTER views DROP DEFAULT;""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN a int;
UPDATE post SET a = 0 WHERE a IS NULL;
ALTER TABLE post ALTER a SET NOT NULL;""",
    ),
    good=(
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN views int NOT NULL DEFAULT 0;""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN author int;""",
        """CREATE TABLE post (id int);
---
CREATE TABLE tag (id int);
ALTER TABLE tag ADD COLUMN post int NOT NULL;""",
        """CREATE TABLE post (id int NOT NULL DEFAULT 0);
---
ALTER TABLE post ALTER id DROP DEFAULT;""",
    ),
    link="https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-ADDING-A-COLUMN",
)
def required_column(context: Context) -> Iterator[Harm]:
    """Of older columns only what is known to leave them out: whether other code fills them cannot be told."""
    match context.operation:
        case op.AddColumn(table, column) if context.effects.fails == sqlstate.NOT_NULL_VIOLATION:
            added = f"adds {table}.{column.name} NOT NULL without a default"
            said = _left_out(context, table, column.name)
            message = f"{added}: fails with 23502 if {table} holds a row, as does an INSERT that leaves it out"
            message = f"{message}: {said}" if said else message
            hint = "give it a constant DEFAULT, which rewrites nothing; or"
            severity = None if context.existed(table) else Severity.WARNING
            yield Harm(message, hint, str(table), column.name, severity, plan=safe_form(context))
        case op.SetNullable(table, column, nullable=False) | op.SetDefault(table, column, None):
            if context.existed(table) and _is_required(context, table, column):
                yield from _made_required(context, table, column)


def _made_required(context: Context, table: Name, column: str) -> Iterator[Harm]:
    """A column that an INSERT could leave out until now."""
    said = _left_out(context, table, column)
    hint = "keep a default, or do this in a later change, once the code that fills it is deployed"
    if (table, column) in context.added:
        if _becomes_identity(context, table, column):
            return
        unused = context.readers_known and not context.readers(table, "")
        mild = Severity.INFO if unused else Severity.WARNING
        fails = "an INSERT of code that does not know it fails (23502)"
        message = f"makes the new {table}.{column} required: {fails}" + (f": {said}" if said else "")
        yield Harm(message, hint, str(table), column, None if said else mild)
    elif said and not _was_required(context, table, column):
        message = f"makes {table}.{column} required: {said}, and fails with 23502 from then on"
        yield Harm(message, hint, str(table), column)


def _left_out(context: Context, table: Name, column: str) -> str:
    """Who inserts rows without it, as far as the project says."""
    return joined(f"{reader} {reader.how}" for reader in context.leaves_out(table, column))


def _was_required(context: Context, name: Name, column: str) -> bool:
    """Whether such an INSERT failed before the operation already."""
    return _requires(context.before, name, column)


def _becomes_identity(context: Context, table: Name, column: str) -> bool:
    """Whether a later statement of the migration lets the column number itself: an identity wants no default before."""
    return any(
        isinstance(later, op.SetIdentity) and later.identity and (later.table, later.column) == (table, column)
        for later in context.later()
    )


def _is_required(context: Context, name: Name, column: str) -> bool:
    return _requires(context.after, name, column)


def _requires(schema: Schema, name: Name, column: str) -> bool:
    """Whether it must have a value, and nothing gives it one."""
    table = schema.table(name)
    found = table.column(column) if table is not None else None
    if found is None or found.nullable or found.default is not None or found.identity or found.generated is not None:
        return False
    domain = schema.domains.get(found.type.name)
    return domain is None or domain.default is None
