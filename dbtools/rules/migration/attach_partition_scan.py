"""attach-partition-scan."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.operation import AttachPartition
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form
from dbtools.rules.wording import BLOCKS_ALL


@rule(
    severity=Severity.ERROR,
    proof="scan",
    summary="ATTACH PARTITION reads every row of the new partition, and of the default one, while nobody else can.",
    why="""
    PostgreSQL must know that every row of the table fits the bound, and that no row of the default partition does. It
    holds ACCESS EXCLUSIVE on both until it has looked, and SHARE UPDATE EXCLUSIVE on the parent, which stays open.
    A valid CHECK that says the same as the bound spares it the look; added NOT VALID and validated later it is
    checked while reads and writes go on. Missing indexes of the parent are built on the new partition meanwhile too.
    """,
    bad=(
        """CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE old_log (at date);
---
ALTER TABLE log ATTACH PARTITION old_log FOR VALUES FROM ('2020-01-01') TO ('2025-01-01');""",
        """CREATE TABLE "Log" (kind int) PARTITION BY RANGE (kind);
CREATE TABLE "Log_1" (kind int);
---
ALTER TABLE "Log" ATTACH PARTITION "Log_1" FOR VALUES FROM (0) TO (MAXVALUE);""",
        """CREATE TABLE log (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE log_other PARTITION OF log DEFAULT;
---
CREATE TABLE log_2026 (LIKE log);
ALTER TABLE log ATTACH PARTITION log_2026 FOR VALUES FROM ('2126-01-01') TO ('2127-01-01');""",
    ),
    good=(
        """CREATE TABLE log (at date) PARTITION BY RANGE (at);
---
CREATE TABLE log_2026 (LIKE log);
ALTER TABLE log ATTACH PARTITION log_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');""",
        """CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
---
ALTER TABLE log DETACH PARTITION log_2026;""",
        """CREATE TABLE log (at date);
CREATE TABLE old_log (at date);
---
ALTER TABLE old_log INHERIT log;""",
    ),
    link="https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE",
)
def attach_partition_scan(context: Context) -> Iterator[Harm]:
    """One finding for the tables that are attached, one for the default partition beside them."""
    operation = context.operation
    if not isinstance(operation, AttachPartition):
        return
    read = set(context.existing(context.effects.scans - context.session.empty))
    beside = {name for name in read if _is_default(context, name, operation.of.parent)}
    if mine := sorted(read - beside):
        message = f"reads every row of {mine[0]} to see that they fit, and {BLOCKS_ALL} of it meanwhile"
        yield Harm(message, _hint(context, operation), str(operation.partition), plan=safe_form(context))
    elif context.effects.uncertain and context.existed(operation.partition):
        message = (
            f"reads every row of {operation.partition}, and {BLOCKS_ALL} of it, unless a valid CHECK implies its bound"
        )
        hint, plan = _hint(context, operation), safe_form(context)
        yield Harm(message, hint, str(operation.partition), severity=Severity.WARNING, plan=plan)
    for name in sorted(beside):
        message = f"reads every row of {name}, the default partition, and {BLOCKS_ALL} of it meanwhile"
        hint = (
            f"add a CHECK to {name} that rules the bound's rows out before: NOT VALID first, then VALIDATE CONSTRAINT"
        )
        yield Harm(message, hint, str(name), str(operation.partition))


def _is_default(context: Context, name: Name, parent: Name) -> bool:
    table = context.before.table(name)
    of = table.partition_of if table is not None else None
    return of is not None and of.parent == parent and of.bound == "DEFAULT"


def _hint(context: Context, operation: AttachPartition) -> str:
    if safe_form(context) is not None:
        return ""
    return (
        f"add a CHECK to {operation.partition} that implies the bound before: "
        "NOT VALID first, then VALIDATE CONSTRAINT, and NOT NULL where the key is"
    )
