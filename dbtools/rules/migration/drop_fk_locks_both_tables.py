"""drop-fk-locks-both-tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.objects import ForeignKey
from dbtools.model.predict.relations import family
from dbtools.model.schema import Schema
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.waiting import GIVES_UP
from dbtools.rules.wording import BLOCKS_ALL

FOREIGN = re.compile(r"fkey|(?:^|_)fk(?:_|$)|(?:^|[a-z_])FK(?:[A-Z_]|$)|foreign", re.ASCII)


class Side(NamedTuple):
    """A table that is locked because a foreign key joins it with the one that the statement names."""

    table: Name
    owner: Name
    key: ForeignKey


@rule(
    severity=Severity.INFO,
    proof="lock",
    summary="Removing or rebuilding a foreign key closes the table at its other end as well.",
    why="""
    A foreign key puts triggers on both its tables. DROP CONSTRAINT, DROP TABLE, DROP COLUMN and a type change of a
    column of the key take them away, and need ACCESS EXCLUSIVE on both for that, although the statement names only
    one: often the small table of the two, while the other one is the busiest there is. It is held for a moment, but
    every query queues behind it while it is waited for, and whoever locks the two in the other order deadlocks. A type
    change that rewrites the one table keeps the other closed as long: an error.
    """,
    bad=(
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int CONSTRAINT post_author REFERENCES author);
---
ALTER TABLE post DROP CONSTRAINT post_author;""",
        """CREATE TABLE "User" (id int PRIMARY KEY);
CREATE TABLE "Post" (author int REFERENCES "User");
---
DROP TABLE "Post";""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (id int, author int REFERENCES author);
---
ALTER TABLE post DROP COLUMN author;""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int REFERENCES author);
---
ALTER TABLE post ALTER author TYPE bigint;""",
        """CREATE TABLE author (id varchar(10) PRIMARY KEY);
CREATE TABLE post (author varchar(10) REFERENCES author);
---
ALTER TABLE author ALTER id TYPE varchar(20);""",
    ),
    good=(
        """CREATE TABLE node (id int PRIMARY KEY, parent int CONSTRAINT node_parent REFERENCES node);
---
ALTER TABLE node DROP CONSTRAINT node_parent;""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (id int CHECK (id > 0), author int REFERENCES author);
---
ALTER TABLE post DROP CONSTRAINT post_id_check;""",
        """CREATE TABLE author (id int PRIMARY KEY);
---
CREATE TABLE post (author int CONSTRAINT post_author REFERENCES author);
ALTER TABLE post DROP CONSTRAINT post_author;""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int REFERENCES author);
---
ALTER TABLE post VALIDATE CONSTRAINT post_author_fkey;""",
    ),
    link="https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES",
)
def drop_fk_locks_both_tables(context: Context) -> Iterator[Harm]:
    """One finding for each table at the other end, however many keys lead there."""
    said: set[Name] = set()
    if context.effects.uncertain:
        yield from _perhaps(context)
    for side in sides(context.operation, context.before):
        lock = context.effects.lock(side.table)
        if side.table in said or lock is None or not lock.blocks_reads:
            continue
        if not context.existed(side.table) or not context.existed(side.owner):
            continue
        said.add(side.table)
        lasts = bool(context.statement.rewrites or context.statement.scans)
        severity = Severity.ERROR if lasts else None
        yield Harm(_message(context, side, lasts=lasts), _hint(context, side), str(side.table), side.key.name, severity)


def _perhaps(context: Context) -> Iterator[Harm]:
    """Of a table that is not known the name of a constraint tells what it is."""
    match context.operation:
        case op.DropConstraint(table, name) if context.existed(table) and FOREIGN.search(name):
            message = f"{BLOCKS_ALL} of the table that {name} refers to as well, if it is a foreign key"
            hint = context.script(
                "in a transaction of its own that gives up rather than waits:", GIVES_UP, context.operation
            )
            yield Harm(message, hint, str(table), name)


def _message(context: Context, side: Side, *, lasts: bool) -> str:
    does = "drops" if _drops(context.operation) else "makes anew"
    until = "until all rows are done" if lasts else "while it waits for its locks"
    return f"{BLOCKS_ALL} of {side.table} too {until}: it {does} the foreign key {side.key.name} of {side.owner}"


def sides(operation: op.Operation, schema: Schema) -> Iterator[Side]:
    """The tables at the other ends of the foreign keys that *operation* takes away or makes anew."""
    match operation:
        case op.DropConstraint(name, constraint):
            table = schema.table(name)
            found = table.constraint(constraint) if table is not None else None
            if isinstance(found, ForeignKey) and found.target != name:
                yield Side(found.target, name, found)
        case op.DropTable(name):
            members = family(name, schema)
            names = {member.name for member in members}
            for member in members:
                yield from (
                    Side(key.target, member.name, key) for key in member.foreign_keys if key.target not in names
                )
        case op.DropColumn(name, column) | op.SetType(name, column):
            for member in family(name, schema):
                for key in member.foreign_keys:
                    if column in key.columns and key.target != name:
                        yield Side(key.target, member.name, key)
            if isinstance(operation, op.SetType):
                for other, key in schema.referencing(name):
                    if column in key.target_columns and other.name != name:
                        yield Side(other.name, other.name, key)


def _drops(operation: op.Operation) -> bool:
    return not isinstance(operation, op.SetType)


def _hint(context: Context, side: Side) -> str:
    dropped = op.DropConstraint(side.owner, side.key.name)
    if isinstance(context.operation, op.DropConstraint):
        before = "in a transaction of its own, and giving up rather than keeping everybody waiting:"
    elif _drops(context.operation):
        before = "drop the foreign key before, in a transaction of its own that gives up rather than waits:"
    else:
        before = (
            "drop the foreign key before and add it again after, first NOT VALID, then VALIDATE CONSTRAINT; "
            "each in a transaction of its own that gives up rather than waits:"
        )
    return context.script(before, GIVES_UP, dropped)
