"""What a transaction would not take back, or refuses: why a statement is not run, and what is run in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.migration import Migration
from dbtools.rehearse.watch import Watched
from dbtools.sql.privileged import reaches_out
from dbtools.sql.read import Statement
from dbtools.sql.render import render, render_all
from dbtools.sql.walk import Step

# An enum's label must have been committed before it is used, and constraints must not wait when their table is altered.
COMMITTED = frozenset({sqlstate.UNSAFE_NEW_ENUM_VALUE_USAGE, sqlstate.OBJECT_IN_USE})
# Other sessions, and the server as a whole.
BEYOND = re.compile(
    r"\bpg_(terminate_backend|cancel_backend|create_\w*slot|drop_replication_slot|stat_reset\w*)\s*\(", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class NotRun:
    """A statement that was left out, or ``instead`` of which another was run, and why."""

    migration: Migration
    statement: Statement
    why: str
    instead: str = ""


def left_out(migration: Migration, statement: Statement) -> NotRun | None:
    """Why *statement* cannot be tried as it stands; None where it can."""
    if statement.error:
        return NotRun(migration, statement, f"it was not understood: {statement.error}")
    if BEYOND.search(statement.text):
        return NotRun(migration, statement, "ROLLBACK would not take back what it does")
    if out := reaches_out(statement.text):
        return NotRun(migration, statement, f"ROLLBACK would not take back what {out} does")
    if not statement.needs_autocommit:
        return None
    plain = [_plain(operation) for operation in statement.operations]
    why = "no transaction takes it"
    if any(each is None for each in plain):
        return NotRun(migration, statement, why)
    text = render_all(each for each in plain if each is not None).strip().removesuffix(";")
    return NotRun(migration, statement, why, text)


def _plain(operation: op.Operation) -> op.Operation | None:
    """The same without CONCURRENTLY, which shows as well whether the rows and names allow it."""
    if isinstance(operation, op.CreateIndex | op.DropIndex | op.DetachPartition) and operation.concurrently:
        plain: op.Operation = replace(operation, concurrently=False)
        return None if render(plain).startswith("--") else plain
    return None


def instead(step: Step, text: str) -> Step:
    """*step* with another text to be sent, whose effects nobody foretold."""
    operations = tuple(each for operation in step.statement.operations if (each := _plain(operation)) is not None)
    return replace(step, statement=replace(step.statement, text=text, operations=operations))


def only_together(watched: Watched) -> NotRun | None:
    """A statement that fails in one transaction with those before it, and in its own would not."""
    fails = watched.observation.effects.fails
    if fails not in COMMITTED or watched.predicted.fails == fails:
        return None
    return NotRun(watched.migration, watched.statement, "it needs what an earlier transaction has committed")
