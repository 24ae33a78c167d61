"""enum-value-used-in-same-transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.predict import labels
from dbtools.rules.base import Context, Harm, rule


@rule(
    severity=Severity.ERROR,
    proof="error",
    summary="A label that ALTER TYPE ... ADD VALUE has added may not be used before it is committed.",
    why="""
    PostgreSQL refuses with 55P04 to read or write a new label in the transaction that added it: as a default, in
    INSERT, UPDATE or WHERE, in a CHECK or the condition of an index. Up to 16 that holds for an enum that was itself
    created in the transaction too; on 18 such an enum may be used at once. Labels of CREATE TYPE are never affected.
    """,
    bad=(
        """CREATE TYPE state AS ENUM ('open');
CREATE TABLE task (id int, state state);
---
ALTER TYPE state ADD VALUE 'closed';
UPDATE task SET state = 'closed' WHERE id = 1;""",
        """CREATE TYPE "State" AS ENUM ('open');
CREATE TABLE task (state "State");
---
ALTER TYPE "State" ADD VALUE 'closed' BEFORE 'open';
ALTER TABLE task ALTER COLUMN state SET DEFAULT 'closed';""",
        """CREATE TYPE state AS ENUM ('open');
CREATE TABLE task (id int, state state);
---
ALTER TYPE state ADD VALUE 'closed';
INSERT INTO task VALUES (1, 'closed');""",
        """CREATE TYPE state AS ENUM ('open');
CREATE TABLE task (state state);
---
ALTER TYPE state ADD VALUE 'closed';
ALTER TABLE task ADD CHECK (state <> 'closed') NOT VALID;""",
    ),
    good=(
        """CREATE TYPE state AS ENUM ('open');
CREATE TABLE task (id int, state state);
---
-- dbtools: no-transaction
ALTER TYPE state ADD VALUE 'closed';
UPDATE task SET state = 'closed' WHERE id = 1;""",
        """CREATE TYPE state AS ENUM ('open');
CREATE TABLE task (id int, state state, note text);
---
ALTER TYPE state ADD VALUE 'closed';
UPDATE task SET note = 'closed' WHERE state = 'open';""",
        """CREATE TABLE task (id int);
---
CREATE TYPE state AS ENUM ('open', 'closed');
ALTER TABLE task ADD COLUMN state state DEFAULT 'closed';""",
    ),
    link="https://www.postgresql.org/docs/current/sql-altertype.html",
)
def enum_value_used_in_same_transaction(context: Context) -> Iterator[Harm]:
    """Wherever the label stands that the transaction has added."""
    if not context.session.new_labels:
        return
    operation, before, session = context.operation, context.before, context.session
    if context.effects.fails == sqlstate.UNSAFE_NEW_ENUM_VALUE_USAGE and (
        found := labels.used(operation, before, session)
    ):
        yield _harm(operation, found, f"fails with {sqlstate.UNSAFE_NEW_ENUM_VALUE_USAGE}")
    elif found := labels.perhaps_used(operation, before, session):
        harm = _harm(
            operation,
            found,
            f"fails with {sqlstate.UNSAFE_NEW_ENUM_VALUE_USAGE} if it is meant for a column of that type",
        )
        yield replace(harm, severity=Severity.WARNING)


def _harm(operation: op.Operation, found: tuple[Name, str], end: str) -> Harm:
    enum, label = found
    message = f"uses '{label}' of {enum} in the transaction that added it: {end}"
    hint = "add the label in a migration of its own, and use it in a later one"
    return Harm(message, hint, _table(operation), f"{enum}.{label}")


def _table(operation: op.Operation) -> str:
    match operation:
        case op.CreateTable(table):
            return str(table.name)
        case op.Select(reads):
            return str(reads[0]) if reads else ""
    return str(getattr(operation, "table", ""))
