"""uncommitted-transaction."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import sqlstate
from dbtools.model.finding import Severity
from dbtools.model.operation import Transaction
from dbtools.model.past import Done
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.waiting import place

ENDS = ("commit", "rollback")


@rule(
    severity=Severity.WARNING,
    proof="advice",
    summary="BEGIN and COMMIT do not match each other, or end a transaction that the runner opened.",
    why="""
    What follows a BEGIN without COMMIT is undone when the connection closes, and the runner may note it down as done.
    A second BEGIN does nothing but warn (25001), so that the first COMMIT ends both. A COMMIT without BEGIN inside a
    transaction of the runner's ends that one: the statements before it stay whatever comes, those after it run
    without a transaction, and a failure leaves half a migration behind. SAVEPOINT needs a transaction (25P01).
    """,
    bad=(
        """CREATE TABLE post (id int);
---
-- dbtools: no-transaction
BEGIN;
ALTER TABLE post ADD COLUMN title text;""",
        """CREATE TABLE post (id int);
---
-- dbtools: no-transaction
BEGIN;
BEGIN;
ALTER TABLE post ADD COLUMN title text;
COMMIT;""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN title text;
COMMIT;
ALTER TABLE post ADD COLUMN body text;""",
        """CREATE TABLE post (id int);
---
-- dbtools: no-transaction
ALTER TABLE post ADD COLUMN title text;
COMMIT;""",
    ),
    good=(
        """CREATE TABLE post (id int);
---
-- dbtools: no-transaction
BEGIN;
ALTER TABLE post ADD COLUMN title text;
COMMIT;""",
        """CREATE TABLE post (id int);
---
BEGIN;
SAVEPOINT here;
ALTER TABLE post ADD COLUMN title text;
RELEASE here;
COMMIT;""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN title text;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-begin.html",
)
def uncommitted_transaction(context: Context) -> Iterator[Harm]:
    """BEGIN and COMMIT that match each other are nobody's business."""
    operation = context.operation
    if not isinstance(operation, Transaction):
        return
    if context.effects.fails:
        message = f"{operation.verb.upper()} fails with {sqlstate.NO_ACTIVE_SQL_TRANSACTION}: there is no transaction"
        yield Harm(message, "put BEGIN before it", "", operation.verb, Severity.ERROR)
    elif operation.verb == "begin":
        yield from _begun(context)
    elif operation.verb in ENDS and _open(context) is None:
        yield _ended(context, operation.verb)


def _open(context: Context) -> Done | None:
    """The BEGIN of this migration that nothing has ended yet."""
    for done in context.migration:
        match done.operation:
            case Transaction("begin"):
                return done
            case Transaction("commit" | "rollback"):
                return None
    return None


def _begun(context: Context) -> Iterator[Harm]:
    if before := _open(context):
        message = f"BEGIN does nothing but warn (25001): a transaction is open since {place(context, before)}"
        yield Harm(message, "leave it out, or COMMIT the first one before it; SAVEPOINT nests", "", "begin")
    elif not any(isinstance(each, Transaction) and each.verb in ENDS for each in context.later()):
        if context.session.in_transaction:
            message = "BEGIN without COMMIT: inside the runner's transaction it does nothing but warn (25001)"
            yield Harm(message, "leave it out: the runner begins and commits", "", "begin")
        else:
            message = "BEGIN without COMMIT: what follows is undone when the connection closes"
            yield Harm(message, "put COMMIT at the end", "", "begin", Severity.ERROR)


def _ended(context: Context, verb: str) -> Harm:
    word = verb.upper()
    if not context.session.in_transaction:
        message = f"{word} does nothing but warn (25P01): there is no transaction"
        return Harm(message, "leave it out", "", verb, Severity.INFO)
    kept = "what stands before it stays" if verb == "commit" else "what stands before it is undone"
    return Harm(
        f"{word} ends the runner's own transaction: {kept}, and a failure after it undoes nothing",
        "leave it out; what must be committed by itself belongs in a migration of its own",
        "",
        verb,
    )
