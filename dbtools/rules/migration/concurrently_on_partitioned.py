"""concurrently-on-partitioned."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model.finding import Severity
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form
from dbtools.rules.safely import PER_PARTITION, is_partitioned


@rule(
    severity=Severity.ERROR,
    proof="error",
    summary="CONCURRENTLY fails on a partitioned table.",
    why="""
    CREATE INDEX CONCURRENTLY and DROP INDEX CONCURRENTLY refuse a partitioned table with 0A000, on every version so
    far. On its partitions they work, so an index is made ON ONLY the parent, which builds nothing, then CONCURRENTLY on
    each partition, and attached. DETACH PARTITION CONCURRENTLY refuses with 55000 where there is a default partition.
    REINDEX CONCURRENTLY works.
    """,
    bad=(
        """CREATE TABLE log (at date) PARTITION BY RANGE (at);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY log_at ON log (at);""",
        """CREATE TABLE "Log" (kind int) PARTITION BY LIST (kind);
CREATE INDEX "Log_kind" ON "Log" (kind);
---
-- dbtools: no-transaction
DROP INDEX CONCURRENTLY "Log_kind";""",
        """CREATE TABLE log (at date) PARTITION BY RANGE (at);
---
CREATE UNIQUE INDEX CONCURRENTLY ON log (at);""",
        """CREATE TABLE log (kind int) PARTITION BY LIST (kind);
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
CREATE TABLE log_other PARTITION OF log DEFAULT;
---
-- dbtools: no-transaction
ALTER TABLE log DETACH PARTITION log_1 CONCURRENTLY;""",
    ),
    good=(
        """CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log DEFAULT;
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY log_1_at ON log_1 (at);""",
        """CREATE TABLE log (at date) PARTITION BY RANGE (at);
---
CREATE INDEX log_at ON ONLY log (at);""",
        """CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log DEFAULT;
CREATE INDEX log_1_at ON log_1 (at);
---
-- dbtools: no-transaction
DROP INDEX CONCURRENTLY log_1_at;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
)
def concurrently_on_partitioned(context: Context) -> Iterator[Harm]:
    """Also where it stands in a transaction: taken out of that, it fails all the same."""
    match context.operation:
        case op.CreateIndex(table, index, concurrently=True) if is_partitioned(context, table):
            message = f"CREATE INDEX CONCURRENTLY fails with 0A000: {table} is partitioned"
            plan = safe_form(context)
            yield Harm(message, "" if plan else PER_PARTITION, str(table), index.name, plan=plan)
        case op.DropIndex(name, concurrently=True):
            owner = context.before.index_owner(name)
            if owner is not None and owner.partition_by is not None:
                message = f"DROP INDEX CONCURRENTLY fails with 0A000: {owner.name} is partitioned"
                hint = "drop it without CONCURRENTLY, with lock_timeout set: it needs its locks for a moment only"
                yield Harm(message, hint, str(owner.name), name.local)
        case op.DetachPartition(table, partition, concurrently=True):
            beside = context.before.partitions(table)
            default = [each.name for each in beside if each.partition_of and each.partition_of.bound == "DEFAULT"]
            if default:
                message = (
                    f"DETACH PARTITION CONCURRENTLY fails with 55000: {table} has a default partition, {default[0]}"
                )
                hint = "detach it without CONCURRENTLY, with lock_timeout set: it needs its locks for a moment only"
                yield Harm(message, hint, str(table), str(partition))
