"""explicit-lock-table."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import sqlstate
from dbtools.model.finding import Severity
from dbtools.model.migration import is_bookkeeping
from dbtools.model.operation import LockTable
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.wording import BLOCKS_ALL, joined


@rule(
    severity=Severity.WARNING,
    proof="lock",
    summary="LOCK TABLE keeps others out until the transaction ends, whatever comes after it.",
    why="""
    A lock cannot be given back before the transaction ends. In ACCESS EXCLUSIVE mode, which is what LOCK TABLE means
    without another word, even SELECT waits; from SHARE upwards every write does. Statements take the locks they need
    by themselves, later and often weaker. Outside a transaction LOCK TABLE fails with 25P01, having nothing that
    could hold the lock.
    """,
    bad=(
        """CREATE TABLE post (id int);
---
LOCK TABLE post;""",
        """CREATE TABLE "Post" (id int);
CREATE TABLE tag (id int);
---
LOCK TABLE "Post", tag IN SHARE ROW EXCLUSIVE MODE;""",
        """CREATE TABLE post (id int);
---
-- dbtools: no-transaction
BEGIN;
LOCK post IN SHARE MODE NOWAIT;
COMMIT;""",
    ),
    good=(
        """CREATE TABLE post (id int);
---
LOCK TABLE post IN ROW EXCLUSIVE MODE;""",
        """CREATE TABLE post (id int);
LOCK TABLE post;""",
        """CREATE TABLE post (id int);
---
LOCK TABLE post IN SHARE UPDATE EXCLUSIVE MODE;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-lock.html",
)
def explicit_lock_table(context: Context) -> Iterator[Harm]:
    """Modes that let writes through say no more than that DDL has to wait."""
    operation = context.operation
    if not isinstance(operation, LockTable):
        return
    if context.effects.fails == sqlstate.NO_ACTIVE_SQL_TRANSACTION:
        message = f"LOCK TABLE {joined(operation.tables)} fails with {context.effects.fails}: no transaction holds it"
        yield Harm(
            message,
            "put it between BEGIN and COMMIT, or leave it out",
            str(operation.tables[0]),
            severity=Severity.ERROR,
        )
        return
    tables = [
        name
        for name in operation.tables
        if name in context.effects.locks and context.existed(name) and not is_bookkeeping(name)
    ]
    if not tables or not operation.mode.blocks_writes:
        return
    what = f"{BLOCKS_ALL} of" if operation.mode.blocks_reads else "blocks writes to"
    yield Harm(
        f"{what} {joined(tables)} until the transaction ends: LOCK TABLE in {operation.mode} mode",
        "leave it to the statements to take the locks they need, or take it last, with lock_timeout set",
        str(tables[0]),
    )
