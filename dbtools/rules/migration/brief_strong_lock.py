"""brief-strong-lock."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model.effects import LockMode
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.predict.relations import family
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.migration.drop_fk_locks_both_tables import sides
from dbtools.rules.wording import BLOCKS_ALL

# Rules of their own name the lock of these.
NAMED = op.DropIndex | op.DetachPartition | op.AttachPartition | op.LockTable | op.Truncate | op.RefreshView


@rule(
    severity=Severity.INFO,
    proof="lock",
    on=False,
    summary="The statement closes a table, if only for a moment.",
    why="""
    Most changes of a schema touch the catalogue only and are done in milliseconds, but they need ACCESS EXCLUSIVE, or
    SHARE ROW EXCLUSIVE, for that moment, and everybody queues behind them while they wait for it. This rule names every
    such lock; it is off unless asked for, since more than half of all migrations take one and nothing is wrong with
    that. Set lock_timeout, and let the migration be tried again.
    """,
    bad=(
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN title text;""",
        """CREATE TABLE author (id int PRIMARY KEY);
---
CREATE TABLE "Post" (author int REFERENCES author);""",
        """CREATE TABLE post (id int, views int DEFAULT 0);
---
ALTER TABLE post ALTER COLUMN views DROP DEFAULT, ADD COLUMN title text;""",
    ),
    good=(
        """CREATE TABLE post (id int, views int);
---
ALTER TABLE post ALTER COLUMN views TYPE bigint;""",
        """CREATE TABLE post (id int);
ALTER TABLE post ADD COLUMN title text;""",
        """CREATE TABLE post (id int);
---
COMMENT ON TABLE post IS 'what was written';""",
        """CREATE TABLE post (id int);
CREATE INDEX post_id ON post (id);
---
DROP INDEX post_id;""",
    ),
    link="https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES",
)
def brief_strong_lock(context: Context) -> Iterator[Harm]:
    """Never beside a rule that names the slow harm, or the lock, of the same table; once while a lock is held."""
    operation = context.operation
    if isinstance(operation, NAMED) or (isinstance(operation, op.CreateTable) and operation.table.partition_of):
        return
    slow = _slow(context) | {side.table for side in sides(operation, context.before)}
    for name, mode in sorted(context.effects.locks.items()):
        if mode < LockMode.SHARE_ROW_EXCLUSIVE or not context.existed(name) or name in slow:
            continue
        if name in context.before.views or name in context.before.sequences or not _is_first(context, name):
            continue
        if (context.transaction.held(name) or 0) >= mode or _is_below(context, name):
            continue
        what = f"{BLOCKS_ALL} of" if mode.blocks_reads else "blocks writes to"
        message = f"{what} {name} for a moment: {mode}"
        yield Harm(message, "set lock_timeout before it, and run the migration again when it gives up", str(name))


def _is_first(context: Context, name: Name) -> bool:
    """Of the actions of an ALTER TABLE the first speaks for all."""
    return context.first or getattr(context.operation, "table", None) != name


def _slow(context: Context) -> set[Name]:
    whole = context.statement
    found = set(whole.scans | whole.rewrites)
    if whole.builds:
        found |= set(whole.locks)
    return found | {
        name for name in whole.locks if any(member.name in found for member in family(name, context.before))
    }


def _is_below(context: Context, name: Name) -> bool:
    """Whether it is a partition of a table that is locked with it."""
    table = context.before.table(name)
    return table is not None and table.partition_of is not None and table.partition_of.parent in context.effects.locks
