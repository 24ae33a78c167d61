"""domain-scan-blocks-writes."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.waiting import held
from dbtools.rules.wording import BLOCKS_ALL, joined


@rule(
    severity=Severity.ERROR,
    proof="scan",
    summary="A new condition on a domain reads every table that uses the domain, and blocks writes to all of them.",
    why="""
    ALTER DOMAIN ... ADD CHECK, SET NOT NULL and VALIDATE CONSTRAINT look at every value of the domain, wherever it is
    stored. They hold SHARE on each of those tables until the transaction ends, which blocks INSERT, UPDATE and DELETE
    and lets SELECT through. ADD CHECK ... NOT VALID reads and locks nothing and holds for every new value. Unlike that
    of a table, VALIDATE of a domain blocks writes too: there is no way around that but a CHECK on each table.
    """,
    bad=(
        """CREATE DOMAIN points AS int;
CREATE TABLE post (id int, score points);
---
ALTER DOMAIN points ADD CHECK (VALUE >= 0);""",
        """CREATE DOMAIN "Points" AS int;
CREATE TABLE post (score "Points");
CREATE TABLE tag (score "Points");
---
ALTER DOMAIN "Points" SET NOT NULL;""",
        """CREATE DOMAIN points AS int;
ALTER DOMAIN points ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID;
CREATE TABLE post (score points);
---
ALTER DOMAIN points VALIDATE CONSTRAINT positive;""",
    ),
    good=(
        """CREATE DOMAIN points AS int;
CREATE TABLE post (score points);
---
ALTER DOMAIN points ADD CHECK (VALUE >= 0) NOT VALID;""",
        """CREATE DOMAIN points AS int;
CREATE TABLE post (score int);
---
ALTER DOMAIN points ADD CHECK (VALUE >= 0);""",
        """CREATE DOMAIN points AS int;
---
CREATE TABLE post (score points);
ALTER DOMAIN points ADD CHECK (VALUE >= 0);""",
    ),
    link="https://www.postgresql.org/docs/current/sql-alterdomain.html#SQL-ALTERDOMAIN-NOTES",
)
def domain_scan_blocks_writes(context: Context) -> Iterator[Harm]:
    """One finding for all tables that use it."""
    match context.operation:
        case op.AddDomainCheck(name, check) if check.validated:
            about = check.name
        case op.AlterDomain(name, "validate" | "not null", value):
            about = value
        case _:
            return
    tables = [table for table in context.existing(context.effects.scans) if table not in context.session.empty]
    if not tables:
        if name not in context.before.domains and not context.before.complete:
            message = f"reads every table that uses {name} and blocks writes to it meanwhile, if there is one"
            yield Harm(message, _hint(context, name), "", about or str(name), Severity.WARNING)
        return
    closed = [table for table in tables if _is_closed(context, table)]
    message = (
        f"reads every row of {joined(tables)} and blocks writes to {'it' if len(tables) == 1 else 'them'} meanwhile"
    )
    if closed:
        message = (
            f"reads every row of {joined(tables)} and {BLOCKS_ALL} of {joined(closed)}: {held(context, closed[0])}"
        )
    yield Harm(message, _hint(context, name), str(tables[0]) if len(tables) == 1 else "", about or str(name))


def _is_closed(context: Context, table: Name) -> bool:
    lock = context.transaction.held(table)
    return lock is not None and lock.blocks_reads


def _hint(context: Context, name: Name) -> str:
    match context.operation:
        case op.AddDomainCheck():
            return "add it NOT VALID, which holds for new values; for the old ones VALIDATE a CHECK on each table"
    return f"leave {name} as it is and add a CHECK to each table: NOT VALID first, then VALIDATE CONSTRAINT"
