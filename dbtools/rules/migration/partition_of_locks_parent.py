"""partition-of-locks-parent."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.model.identifiers import quote_name
from dbtools.model.objects import PartitionOf
from dbtools.model.operation import AttachPartition, CreateTable
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.wording import BLOCKS_ALL


@rule(
    severity=Severity.INFO,
    proof="lock",
    summary="CREATE TABLE ... PARTITION OF closes the whole partitioned table while it waits for its lock.",
    why="""
    A partition that is created as one needs ACCESS EXCLUSIVE on its parent, and so waits for every query on any
    partition, with every later one behind it. A table that is created by itself and attached needs SHARE UPDATE
    EXCLUSIVE on the parent only, which lets reads and writes through; while it is empty there is nothing to look
    through.
    """,
    bad=(
        """CREATE TABLE log (at date) PARTITION BY RANGE (at);
---
CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');""",
        """CREATE TABLE "Log" (kind int) PARTITION BY LIST (kind);
---
CREATE TABLE IF NOT EXISTS "Log_1" PARTITION OF "Log" FOR VALUES IN (1);""",
        """CREATE TABLE log (id int) PARTITION BY HASH (id);
CREATE TABLE log_0 PARTITION OF log FOR VALUES WITH (MODULUS 2, REMAINDER 0);
---
CREATE TABLE log_1 PARTITION OF log FOR VALUES WITH (MODULUS 2, REMAINDER 1);""",
    ),
    good=(
        """CREATE TABLE log (at date) PARTITION BY RANGE (at);
---
CREATE TABLE log_2026 (LIKE log INCLUDING ALL);
ALTER TABLE log ATTACH PARTITION log_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');""",
        """CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');""",
        """CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_other PARTITION OF log DEFAULT;
---
CREATE TABLE IF NOT EXISTS log_other PARTITION OF log DEFAULT;""",
    ),
    link="https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE",
)
def partition_of_locks_parent(context: Context) -> Iterator[Harm]:
    """What a default partition adds to it belongs to full-scan-exclusive."""
    operation = context.operation
    if not isinstance(operation, CreateTable) or operation.table.partition_of is None:
        return
    of = operation.table.partition_of
    lock = context.effects.lock(of.parent)
    if lock is None or not lock.blocks_reads or not context.existed(of.parent):
        return
    yield Harm(
        f"{BLOCKS_ALL} of {of.parent}, whichever partition they need, while it waits for its lock",
        _hint(context, operation, of),
        str(of.parent),
        str(operation.table.name),
    )


def _hint(context: Context, operation: CreateTable, of: PartitionOf) -> str:
    name = operation.table.name
    alone = f"CREATE TABLE {quote_name(name)} (LIKE {quote_name(of.parent)} INCLUDING ALL);"
    return context.script("create it by itself and attach it while it is empty:", alone, AttachPartition(name, of))
