"""multi-table-exclusive-lock."""

from __future__ import annotations

from collections.abc import Container, Iterator

from dbtools.model.effects import Effects
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.operation import Truncate
from dbtools.model.past import Done
from dbtools.model.predict.relations import roots
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.migration.drop_fk_locks_both_tables import sides
from dbtools.rules.waiting import place
from dbtools.rules.wording import BLOCKS_ALL, joined


@rule(
    severity=Severity.INFO,
    proof="lock",
    summary="One transaction closes several tables, and keeps all of them closed until it ends.",
    why="""
    While it waits for the second ACCESS EXCLUSIVE lock it holds the first, so a slow query on one table stops the use
    of the other, and a transaction that uses them in the other order deadlocks with it: one of the two is ended with
    40P01. Brief changes of several tables in one migration are ordinary, so this is an info; it is a warning where the
    transaction has also read or written a table from end to end, since then the locks last. Said once for each file.
    """,
    bad=(
        """CREATE TABLE post (id int);
CREATE TABLE tag (id int);
---
ALTER TABLE post ADD COLUMN title text;
ALTER TABLE tag ADD COLUMN title text;""",
        """CREATE TABLE "Post" (id int);
CREATE TABLE tag (id int);
---
-- dbtools: no-transaction
DROP TABLE "Post", tag;""",
        """CREATE TABLE post (id int, views int);
CREATE TABLE tag (id int);
---
ALTER TABLE post ALTER COLUMN views SET NOT NULL;
ALTER TABLE tag ADD COLUMN title text;""",
    ),
    good=(
        """CREATE TABLE post (id int);
CREATE TABLE tag (id int);
---
-- dbtools: no-transaction
ALTER TABLE post ADD COLUMN title text;
ALTER TABLE tag ADD COLUMN title text;""",
        """CREATE TABLE post (id int);
---
CREATE TABLE tag (id int);
ALTER TABLE post ADD COLUMN title text;
ALTER TABLE tag ADD COLUMN title text;""",
        """CREATE TABLE log (id int) PARTITION BY LIST (id);
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
---
ALTER TABLE log ADD COLUMN note text;
ALTER TABLE log ADD COLUMN kind int;""",
    ),
    link="https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS",
    once=True,
)
def multi_table_exclusive_lock(context: Context) -> Iterator[Harm]:
    """A table counts once with its partitions; the other end of a foreign key has a rule of its own, as has CASCADE."""
    elsewhere = _elsewhere(context)
    named = _without(_closed(context, context.effects), elsewhere)
    if not named:
        return
    before = _held(context, named)
    beside = _without(_closed(context, context.statement), elsewhere) | named
    tables = dict.fromkeys((*([before[0]] if before else ()), *sorted(beside.values())))
    if len(tables) > 1:
        since = f", the first since {place(context, before[1])}" if before else ""
        yield Harm(
            f"holds ACCESS EXCLUSIVE on {joined(tables)} together{since}: {BLOCKS_ALL} of all of them until commit",
            "one table a migration: then each lock is held for its own statement alone",
            str(min(named.values())),
            severity=Severity.WARNING if _is_slow(context) else None,
        )


def _elsewhere(context: Context) -> set[Name]:
    """What the operation locks beside what it names: other rules say so."""
    operation = context.operation
    if isinstance(operation, Truncate):
        return _closed(context, context.effects).keys() - {_top(context, name) for name in operation.tables}
    return {_top(context, side.table) for side in sides(operation, context.before)}


def _without(closed: dict[Name, Name], elsewhere: set[Name]) -> dict[Name, Name]:
    return {top: name for top, name in closed.items() if top not in elsewhere}


def _closed(context: Context, effects: Effects) -> dict[Name, Name]:
    """The tables from before the change under ACCESS EXCLUSIVE; of a partitioned one that is open, a partition."""
    closed = sorted(name for name, mode in effects.locks.items() if mode.blocks_reads and _counts(context, name))
    tops = [_top(context, name) for name in closed]
    return dict(zip(reversed(tops), reversed(closed), strict=True)) | {top: top for top in tops if top in closed}


def _counts(context: Context, name: Name) -> bool:
    there = context.existed(name) and context.is_there(name)
    return there and name not in context.before.views and name not in context.before.sequences


def _top(context: Context, name: Name) -> Name:
    return roots(name, context.before)[-1]


def _held(context: Context, beside: Container[Name]) -> tuple[Name, Done] | None:
    """The first other table that the transaction has closed."""
    for name, done in context.transaction.exclusive():
        top = _top(context, name)
        if _counts(context, name) and top not in beside:
            closed = context.transaction.held(top)
            return (top if closed is not None and closed.blocks_reads else name), done
    return None


def _is_slow(context: Context) -> bool:
    every = [done.effects for done in context.transaction] + [context.statement]
    return any(context.existed(name) for effects in every for name in effects.scans | effects.rewrites)
