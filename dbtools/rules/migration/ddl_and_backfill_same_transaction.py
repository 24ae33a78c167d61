"""ddl-and-backfill-same-transaction."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from dbtools.model import operation as op
from dbtools.model.effects import LockMode
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.past import Done
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.waiting import place, strong
from dbtools.rules.wording import BLOCKS_ALL, MOST, joined

Backfill = op.Insert | op.Update | op.Delete
APART = "commit the change of the schema first, and write the rows in batches, each in a transaction of its own"


@rule(
    severity=Severity.ERROR,
    proof="lock",
    summary="Rows are written in bulk by the transaction that also changes the schema, so its locks last as long.",
    why="""
    A lock is held until its transaction ends. After ALTER TABLE, which alone would be done in a moment, an UPDATE of a
    million rows keeps ACCESS EXCLUSIVE for a minute or more, and nobody reads the table. The other way round is no
    better: the UPDATE holds its row locks when ALTER TABLE asks for the table, a writer that waits for one of those
    rows holds the table, and one of the two is ended with 40P01, a deadlock. An error where every row is written, a
    warning where a condition chooses them, an info where it names a key.
    """,
    bad=(
        """CREATE TABLE post (id int, views int);
---
ALTER TABLE post ADD COLUMN score int;
UPDATE post SET score = views * 2;""",
        """CREATE TABLE "Post" (id int, views int);
---
UPDATE "Post" SET views = 0 WHERE views IS NULL;
ALTER TABLE "Post" ALTER COLUMN views SET DEFAULT 0;""",
        """CREATE TABLE post (id int, tag text);
CREATE TABLE tag (name text);
---
ALTER TABLE post ADD COLUMN tag_id int;
INSERT INTO tag SELECT DISTINCT tag FROM post;""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE spam (id int);
---
CREATE TABLE post (author int REFERENCES author);
DELETE FROM spam WHERE id > 0;""",
    ),
    good=(
        """CREATE TABLE post (id int, views int);
---
-- dbtools: no-transaction
ALTER TABLE post ADD COLUMN score int;
UPDATE post SET score = views * 2 WHERE score IS NULL AND id < 1000;""",
        """CREATE TABLE post (id int, views int);
---
UPDATE post SET views = 0 WHERE views IS NULL;""",
        """CREATE TABLE post (id int, views int);
---
ALTER TABLE post ADD COLUMN score int;
INSERT INTO post VALUES (1, 2, 3);""",
        """CREATE TABLE post (id int, views int);
---
CREATE TABLE tag (id int, name text);
ALTER TABLE tag ADD COLUMN score int;
UPDATE tag SET score = 0;""",
    ),
    link="https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES",
)
def ddl_and_backfill_same_transaction(context: Context) -> Iterator[Harm]:
    """The rows after the lock: once for each table written; the lock after the rows: once for each table locked."""
    operation = context.operation
    if isinstance(operation, Backfill):
        severity = _weight(context, operation)
        locked = list(islice(_locked(context), MOST)) if severity is not None else []
        if locked and not _is_said(context, operation, locked[0][1], severity or Severity.INFO):
            yield _after_lock(context, operation, locked, severity)
    elif context.first and context.session.in_transaction:
        for table, mode in sorted(strong(context).items()):
            if written := _written(context, table):
                yield _before_lock(context, table, mode, written)


def _weight(context: Context, operation: Backfill) -> Severity | None:
    """How many rows it may write, None where there are none from before the change."""
    if isinstance(operation, op.Insert):
        read = [name for name in context.existing(operation.reads) if name not in context.session.empty]
        return Severity.WARNING if read else None
    where, table = operation.where, operation.table
    if not _counts(context, table) or table in context.session.empty or (where and where.constant is False):
        return None
    if where is None or where.constant is True:
        return Severity.ERROR
    columns = set(where.columns)
    if columns and all((table, column) in context.added for column in columns) and not operation.reads:
        return Severity.ERROR  # every row there is has the same value in a new column
    known = context.before.table(table)
    if known is not None and not operation.reads and any(set(key) <= columns for key in known.keys if key):
        return Severity.INFO
    return Severity.WARNING


def _locked(context: Context) -> Iterator[tuple[Name, Done]]:
    """The tables from before the change that the transaction keeps closed."""
    return ((name, done) for name, done in context.transaction.blocking() if _counts(context, name))


def _counts(context: Context, name: Name) -> bool:
    return context.existed(name) and context.is_there(name)


def _is_said(context: Context, operation: Backfill, lock: Done, severity: Severity) -> bool:
    """Whether an earlier statement wrote the same table under the lock, and was found no less severe."""
    for done in context.transaction:
        if done is lock:
            return False
        if isinstance(done.operation, Backfill) and done.operation.table == operation.table:
            return (_weight(context, done.operation) or 0) >= severity
    return False


def _after_lock(
    context: Context, operation: Backfill, locked: list[tuple[Name, Done]], severity: Severity | None
) -> Harm:
    names = [name for name, _ in locked]
    own = operation.table if operation.table in names else names[0]
    done = next(done for name, done in locked if name == own)
    mode = context.transaction.held(own) or LockMode.ACCESS_EXCLUSIVE
    closed = f"{BLOCKS_ALL} of" if mode.blocks_reads else "blocks writes to"
    does = {op.Insert: "copies rows into", op.Update: "updates rows of", op.Delete: "deletes rows of"}[type(operation)]
    beside = [name for name in names if name != own]
    also = f"; it also keeps locks on {joined(beside)}" if beside else ""
    message = (
        f"{does} {operation.table} while the transaction holds {mode} on {own} since {place(context, done)}: "
        f"{closed} {own} until all of it is done{also}"
    )
    return Harm(message, APART, str(own), str(operation.table) if operation.table != own else "", severity)


def _written(context: Context, table: Name) -> Done | None:
    """The statement of the transaction that changed rows of the table, unless a strong lock was held already."""
    mode = context.transaction.held(table)
    if mode is None or not LockMode.ROW_EXCLUSIVE <= mode < LockMode.SHARE:
        return None
    for done in context.transaction:
        match done.operation:
            case op.Update(name) | op.Delete(name) if name == table and _weight(context, done.operation) is not None:
                return done
    return None


def _before_lock(context: Context, table: Name, mode: LockMode, written: Done) -> Harm:
    heavy = _weight(context, written.operation) if isinstance(written.operation, Backfill) else None
    message = (
        f"takes {mode} on {table} after the same transaction changed its rows ({place(context, written)}): "
        f"a writer that waits for one of them deadlocks with it (40P01)"
    )
    hint = "commit the rows first, in batches, and change the schema in a later migration"
    return Harm(message, hint, str(table), "", min(heavy or Severity.WARNING, Severity.WARNING))
