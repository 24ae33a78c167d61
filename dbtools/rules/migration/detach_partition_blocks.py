"""detach-partition-blocks."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.model.operation import DetachPartition
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form
from dbtools.rules.waiting import GIVES_UP
from dbtools.rules.wording import BLOCKS_ALL


@rule(
    severity=Severity.INFO,
    proof="lock",
    summary="DETACH PARTITION without CONCURRENTLY closes the whole partitioned table while it waits for its lock.",
    why="""
    It takes ACCESS EXCLUSIVE on the partitioned table and on the partition, so it waits for every query on any of the
    partitions, and every later one waits behind it. CONCURRENTLY takes SHARE UPDATE EXCLUSIVE on the parent in two
    transactions of its own; it may not run inside one, and not where there is a default partition (55000).
    """,
    bad=(
        """CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_2020 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
---
ALTER TABLE log DETACH PARTITION log_2020;""",
        """CREATE TABLE "Log" (kind int) PARTITION BY LIST (kind);
CREATE TABLE "Log_1" PARTITION OF "Log" FOR VALUES IN (1);
---
ALTER TABLE "Log" DETACH PARTITION "Log_1";""",
        """CREATE TABLE log (id int) PARTITION BY HASH (id);
CREATE TABLE log_0 PARTITION OF log FOR VALUES WITH (MODULUS 1, REMAINDER 0);
---
-- dbtools: no-transaction
ALTER TABLE log DETACH PARTITION log_0;""",
    ),
    good=(
        """CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_2020 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
---
-- dbtools: no-transaction
ALTER TABLE log DETACH PARTITION log_2020 CONCURRENTLY;""",
        """CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_2020 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
ALTER TABLE log DETACH PARTITION log_2020;""",
        """CREATE TABLE log (at date);
CREATE TABLE log_2020 () INHERITS (log);
---
ALTER TABLE log_2020 NO INHERIT log;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION",
)
def detach_partition_blocks(context: Context) -> Iterator[Harm]:
    """Of the two tables the parent matters: it is the one that is in use."""
    operation = context.operation
    if not isinstance(operation, DetachPartition) or operation.concurrently:
        return
    if operation.table in context.effects.locks and context.existed(operation.table):
        plan = safe_form(context)
        yield Harm(
            f"{BLOCKS_ALL} of {operation.table}, whichever partition they need, while it waits for its lock",
            "" if plan else f"a default partition rules CONCURRENTLY out; before it: {GIVES_UP[:-1]}",
            str(operation.table),
            str(operation.partition),
            plan=plan,
        )
