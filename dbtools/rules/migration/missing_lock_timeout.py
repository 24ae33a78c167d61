"""missing-lock-timeout."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.effects import LockMode
from dbtools.model.finding import Severity
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.waiting import GIVES_UP, is_bounded, strong
from dbtools.rules.wording import joined


@rule(
    severity=Severity.INFO,
    proof="lock",
    summary="Without lock_timeout a statement waits for ACCESS EXCLUSIVE as long as it takes, and everybody behind it.",
    why="""
    A change of a moment has to wait until every query on the table is done, and every query that comes later waits
    behind it: one slow report, and the table is closed. With lock_timeout the statement gives up instead (55P03), the
    others go on, and the migration is tried again. It must be set before the statement that needs it; 0 means for ever,
    and SET LOCAL outside a transaction does nothing. Said once for each file; a runner that sets it itself is told of
    by lock_timeout: runner in dbtools.yaml.
    """,
    bad=(
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN title text;""",
        """CREATE TABLE "Post" (id int);
---
SET lock_timeout = '0s';
ALTER TABLE "Post" ADD COLUMN title text;
SET lock_timeout = '2s';""",
        """CREATE TABLE post (id int);
---
-- dbtools: no-transaction
SET LOCAL lock_timeout = '2s';
ALTER TABLE post ADD COLUMN title text;""",
    ),
    good=(
        """CREATE TABLE post (id int);
---
SET lock_timeout = '2s';
ALTER TABLE post ADD COLUMN title text;""",
        """CREATE TABLE post (id int);
ALTER TABLE post ADD COLUMN title text;""",
        """CREATE TABLE post (id int);
---
SET LOCAL lock_timeout TO 2000;
ALTER TABLE post ADD COLUMN title text;""",
        """CREATE TABLE post (id int);
---
SELECT set_config('lock_timeout', '2s', true);
ALTER TABLE post ADD COLUMN title text;""",
    ),
    link="https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT",
    once=True,
)
def missing_lock_timeout(context: Context) -> Iterator[Harm]:
    """Of tables alone: few queries use a view while it is replaced."""
    if is_bounded(context):
        return
    views = context.before.views
    tables = sorted(name for name in strong(context, LockMode.ACCESS_EXCLUSIVE) if name not in views)
    if tables:
        yield Harm(
            f"waits for ACCESS EXCLUSIVE on {joined(tables)} without lock_timeout: later queries queue behind it",
            f"put {GIVES_UP[:-1]} before it, and run the migration again when it gives up; "
            "if the runner sets it, say lock_timeout: runner under migrations in dbtools.yaml",
            str(tables[0]),
        )
