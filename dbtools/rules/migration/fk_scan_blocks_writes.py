"""fk-scan-blocks-writes."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.objects import ForeignKey
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form
from dbtools.rules.plans.constraints import named
from dbtools.rules.waiting import held
from dbtools.rules.wording import BLOCKS_ALL, joined


@rule(
    severity=Severity.ERROR,
    proof="scan",
    summary="A foreign key that is checked at once blocks writes to both its tables meanwhile.",
    why="""
    ADD FOREIGN KEY joins every row with the table it points at, and holds SHARE ROW EXCLUSIVE on both until it
    has: INSERT, UPDATE and DELETE wait on either side, reads go on. NOT VALID takes the same locks for a moment
    only and holds for every new row; VALIDATE CONSTRAINT reads the old ones later under SHARE UPDATE EXCLUSIVE,
    and ROW SHARE on the other table.
    """,
    bad=(
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int);
---
ALTER TABLE post ADD CONSTRAINT post_author FOREIGN KEY (author) REFERENCES author (id);""",
        """CREATE TABLE "User" (id int PRIMARY KEY);
CREATE TABLE "Post" (author int);
---
ALTER TABLE "Post" ADD FOREIGN KEY (author) REFERENCES "User" ON DELETE CASCADE;""",
        """CREATE TABLE node (id int PRIMARY KEY, parent int);
---
ALTER TABLE node ADD FOREIGN KEY (parent) REFERENCES node;""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN author int DEFAULT 1 REFERENCES author;""",
    ),
    good=(
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int);
---
ALTER TABLE post ADD CONSTRAINT post_author FOREIGN KEY (author) REFERENCES author (id) NOT VALID;""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int);
ALTER TABLE post ADD CONSTRAINT post_author FOREIGN KEY (author) REFERENCES author (id) NOT VALID;
---
ALTER TABLE post VALIDATE CONSTRAINT post_author;""",
        """CREATE TABLE author (id int PRIMARY KEY);
---
CREATE TABLE post (author int);
ALTER TABLE post ADD FOREIGN KEY (author) REFERENCES author (id);""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN author int REFERENCES author;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT",
)
def fk_scan_blocks_writes(context: Context) -> Iterator[Harm]:
    """One finding for both tables; a table that the statement itself closes to reads is full-scan-exclusive's."""
    operation = context.operation
    match operation:
        case op.AddConstraint(table, ForeignKey(enforced=True, validated=True) as key):
            keys: tuple[ForeignKey, ...] = (key,)
        case op.AddColumn(table, _, constraints):
            keys = tuple(each for each in constraints if isinstance(each, ForeignKey))
        case _:
            return
    if table in context.session.empty:
        return
    plan = safe_form(context)
    for key in keys:
        if waiting := _waiting(context, table, key):
            yield Harm(
                f"{_blocked(context, waiting)} while every row of {table} is checked against {key.target}",
                "" if plan else "do it partition by partition: before PostgreSQL 18 none of it can be NOT VALID here",
                str(table),
                named(context, table, key),
                plan=plan,
            )


def _waiting(context: Context, table: Name, key: ForeignKey) -> list[Name]:
    """The two tables, less those of this change and those that the statement closes to reads as well."""
    found = []
    for name in dict.fromkeys((table, key.target)):
        lock, own = context.lock(name), context.statement.lock(name)
        closes = own is not None and own.blocks_reads
        if lock is not None and lock.blocks_writes and not closes and context.existed(name):
            found.append(name)
    return found if context.effects.scans else []


def _blocked(context: Context, waiting: list[Name]) -> str:
    """Who is kept waiting; also readers, where an earlier statement of the transaction has closed a table."""
    closed = [name for name in waiting if (lock := context.transaction.held(name)) is not None and lock.blocks_reads]
    if not closed:
        return f"blocks writes to {joined(waiting)}"
    rest = [name for name in waiting if name not in closed]
    beside = f" and writes to {joined(rest)}" if rest else ""
    return f"{BLOCKS_ALL} of {joined(closed)}{beside}, for {held(context, closed[0])},"
