"""validate-in-same-transaction."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.objects import Check, Constraint, ForeignKey, NotNull
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form
from dbtools.rules.waiting import held
from dbtools.rules.wording import BLOCKS_ALL, joined


@rule(
    severity=Severity.ERROR,
    proof="scan",
    summary="VALIDATE CONSTRAINT reads the whole table while its transaction still holds the lock of an earlier step.",
    why="""
    By itself VALIDATE takes SHARE UPDATE EXCLUSIVE, which lets reads and writes through while every row is checked.
    But a transaction keeps all its locks until it ends. After ADD CONSTRAINT ... NOT VALID in the same one the rows
    are read under the lock of that: ACCESS EXCLUSIVE for a CHECK, so that nobody reads; SHARE ROW EXCLUSIVE on both
    tables for a foreign key, so that nobody writes. Then NOT VALID has won nothing.
    """,
    bad=(
        """CREATE TABLE post (views int);
---
ALTER TABLE post ADD CONSTRAINT positive CHECK (views >= 0) NOT VALID;
ALTER TABLE post VALIDATE CONSTRAINT positive;""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int);
---
ALTER TABLE post ADD CONSTRAINT post_author FOREIGN KEY (author) REFERENCES author NOT VALID;
ALTER TABLE post VALIDATE CONSTRAINT post_author;""",
        """CREATE TABLE "Post" (views int);
ALTER TABLE "Post" ADD CONSTRAINT positive CHECK (views >= 0) NOT VALID;
---
ALTER TABLE "Post" ADD COLUMN title text;
ALTER TABLE "Post" VALIDATE CONSTRAINT positive;""",
        """CREATE TABLE post (views int);
ALTER TABLE post ADD CONSTRAINT positive CHECK (views >= 0) NOT VALID;
---
ALTER TABLE post ADD COLUMN title text, VALIDATE CONSTRAINT positive;""",
    ),
    good=(
        """CREATE TABLE post (views int);
---
-- dbtools: no-transaction
ALTER TABLE post ADD CONSTRAINT positive CHECK (views >= 0) NOT VALID;
ALTER TABLE post VALIDATE CONSTRAINT positive;""",
        """CREATE TABLE post (views int);
ALTER TABLE post ADD CONSTRAINT positive CHECK (views >= 0) NOT VALID;
---
ALTER TABLE post VALIDATE CONSTRAINT positive;""",
        """CREATE TABLE post (views int);
ALTER TABLE post ADD CONSTRAINT positive CHECK (views >= 0) NOT VALID;
ALTER TABLE post VALIDATE CONSTRAINT positive;""",
        """CREATE TABLE tag (id int);
CREATE TABLE post (views int);
ALTER TABLE post ADD CONSTRAINT positive CHECK (views >= 0) NOT VALID;
---
ALTER TABLE tag ADD COLUMN name text;
ALTER TABLE post VALIDATE CONSTRAINT positive;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-VALIDATE-CONSTRAINT",
)
def validate_in_same_transaction(context: Context) -> Iterator[Harm]:
    """The lock of another action of the same ALTER TABLE counts as well."""
    operation = context.operation
    if not isinstance(operation, op.ValidateConstraint) or not context.existed(operation.table):
        return
    table, constraint = operation.table, _constraint(context, operation)
    sides = (table, constraint.target) if isinstance(constraint, ForeignKey) else (table,)
    closed, busy = _waiting(context, sides, reads=True), _waiting(context, sides, reads=False)
    if not (closed or busy) or not _is_read(context, constraint):
        return
    blocked = [f"{BLOCKS_ALL} of {joined(closed)}"] if closed else []
    blocked += [f"blocks writes to {joined(busy)}"] if busy else []
    why = held(context, (closed or busy)[0]) or "another action of the statement has the stronger lock"
    message = f"reads every row of {joined(dict.fromkeys(sides))} and {joined(blocked)} meanwhile: {why}"
    hint = "commit before it: what is NOT VALID already holds for new rows"
    yield Harm(message, hint, str(table), operation.name, plan=safe_form(context))


def _waiting(context: Context, tables: tuple[Name, ...], *, reads: bool) -> list[Name]:
    """The tables that are closed to reads too, or to writes alone."""
    found = []
    for name in dict.fromkeys(tables):
        lock = context.lock(name)
        if lock is not None and lock.blocks_writes and lock.blocks_reads is reads and context.existed(name):
            found.append(name)
    return found


def _constraint(context: Context, operation: op.ValidateConstraint) -> Constraint | None:
    """What is validated: as the schema has it, or as the transaction itself has added it to a table unknown before."""
    table = context.before.table(operation.table)
    found = table.constraint(operation.name) if table is not None else None
    if found is not None:
        return found
    for done in context.transaction:
        match done.operation:
            case op.AddConstraint(name, constraint) if (name, constraint.name) == (operation.table, operation.name):
                return constraint
    return None


def _is_read(context: Context, constraint: Constraint | None) -> bool:
    """Whether it has to look at all: not when the constraint is valid already."""
    if isinstance(constraint, Check | ForeignKey | NotNull):
        return not constraint.validated
    return bool(context.effects.uncertain)
