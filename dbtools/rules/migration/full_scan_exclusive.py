"""full-scan-exclusive."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.objects import ForeignKey
from dbtools.model.predict.relations import family
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.migration.drop_fk_locks_both_tables import sides
from dbtools.rules.plans import safe_form
from dbtools.rules.wording import BLOCKS_ALL, family_of

# New files instead of rows read, a rewrite, or what a rule of its own names.
ELSEWHERE = (
    op.Truncate | op.Maintain | op.Reindex | op.AttachPartition | op.ValidateConstraint
    | op.AddDomainCheck | op.AlterDomain | op.Insert | op.Update | op.Delete
)  # fmt: skip


@rule(
    severity=Severity.ERROR,
    proof="scan",
    summary="The statement reads the whole table while its lock lets nobody else read it.",
    why="""
    SET NOT NULL, ADD CHECK, a type change under a CHECK, a primary key over nullable columns, a new partition
    beside a default one: each must look at every row before it commits, and holds ACCESS EXCLUSIVE meanwhile;
    about a second per GB in memory, far longer from disk. NOT VALID with a later VALIDATE CONSTRAINT reads the same
    rows under SHARE UPDATE EXCLUSIVE, which lets reads and writes through. A valid CHECK that proves a column to
    be not null spares SET NOT NULL the look (PostgreSQL 12 on); a CHECK that is NOT VALID does not.
    """,
    bad=(
        """CREATE TABLE post (id int, title text);
---
ALTER TABLE post ALTER COLUMN title SET NOT NULL;""",
        """CREATE TABLE "Post" (views int);
---
ALTER TABLE "Post" ADD CONSTRAINT positive CHECK (views >= 0);""",
        """CREATE TABLE post (slug varchar(50) CHECK (slug <> ''));
---
ALTER TABLE post ALTER slug TYPE varchar(80);""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN views int DEFAULT 0 CHECK (views >= 0);""",
        """CREATE TABLE post (id int);
CREATE UNIQUE INDEX post_id ON post (id);
---
ALTER TABLE post ADD PRIMARY KEY USING INDEX post_id;""",
    ),
    good=(
        """CREATE TABLE post (id int, title text CHECK (title IS NOT NULL));
---
ALTER TABLE post ALTER COLUMN title SET NOT NULL;""",
        """CREATE TABLE post (views int);
---
ALTER TABLE post ADD CONSTRAINT positive CHECK (views >= 0) NOT VALID;""",
        """CREATE TABLE post (views int);
ALTER TABLE post ADD CONSTRAINT positive CHECK (views >= 0) NOT VALID;
---
ALTER TABLE post VALIDATE CONSTRAINT positive;""",
        """CREATE TABLE post (id int, title text);
ALTER TABLE post ALTER COLUMN title SET NOT NULL;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
)
def full_scan_exclusive(context: Context) -> Iterator[Harm]:
    """One finding for the table with its partitions, and one for each other table that is read beside it."""
    operation, effects = context.operation, context.effects
    if isinstance(operation, ELSEWHERE) or effects.fails == sqlstate.NOT_NULL_VIOLATION:
        return
    read = {name for name in context.existing(effects.scans - context.statement.rewrites) if _is_closed(context, name)}
    if isinstance(operation, op.AddConstraint) and isinstance(operation.constraint, ForeignKey):
        read = {name for name in read if _closes(context, name)}  # else fk-scan-blocks-writes
    if isinstance(operation, op.SetType):
        read -= {side.table for side in sides(operation, context.before)}  # drop-fk-locks-both-tables
    own = getattr(operation, "table", None)
    if isinstance(own, Name):
        members = {member.name for member in family(own, context.before)} or {own}
        if read & members and not effects.builds and context.existed(own):
            yield Harm(
                f"reads every row of {family_of(own, read & members, context.before)}, and {BLOCKS_ALL} meanwhile",
                _hint_for(context, min(read & members)),
                str(own),
                _object(operation),
                plan=safe_form(context),
            )
        read -= members
    for name in sorted(read):
        message = f"reads every row of {name}, and {BLOCKS_ALL} meanwhile"
        yield Harm(message, _hint_for(context, name), str(name), plan=safe_form(context))
    if effects.uncertain and not effects.scans:
        yield from _perhaps(context)


def _is_closed(context: Context, table: Name) -> bool:
    lock = context.lock(table)
    return lock is not None and lock.blocks_reads


def _closes(context: Context, table: Name) -> bool:
    """Whether the statement does so itself."""
    lock = context.statement.lock(table)
    return lock is not None and lock.blocks_reads


def _perhaps(context: Context) -> Iterator[Harm]:
    """What would spare the scan is not known: said so, and less severe."""
    match context.operation:
        case op.SetNullable(table, column, nullable=False) if context.existed(table):
            message = (
                f"reads every row of {table}, and {BLOCKS_ALL} meanwhile, unless a valid CHECK proves {column} not null"
            )
            yield Harm(message, "", str(table), column, Severity.WARNING, plan=safe_form(context))


def _object(operation: op.Operation) -> str:
    match operation:
        case op.SetNullable(_, column) | op.SetType(_, column):
            return column
        case op.AddColumn(_, column):
            return column.name
        case op.AddConstraint(_, constraint):
            return constraint.name
    return ""


KEY_ASIDE = "drop the foreign key before, and add it again after: NOT VALID first, then VALIDATE CONSTRAINT"


def _hint_for(context: Context, table: Name) -> str:
    """Where it is not the statement itself that closes the table, it only has to run elsewhere."""
    if not _closes(context, table):
        return f"in a migration of its own: what changed {table} before it keeps its lock until the transaction ends"
    return _hint(context)


def _hint(context: Context) -> str:
    """What there is to know of the plan, or to do where there is none."""
    planned = safe_form(context) is not None
    match context.operation:
        case op.SetType():
            return "" if planned else KEY_ASIDE
        case op.CreateTable():
            return "create it by itself, and attach it once a valid CHECK on the default partition rules its rows out"
    return "" if planned else "do it when nobody needs the table, with lock_timeout set"
