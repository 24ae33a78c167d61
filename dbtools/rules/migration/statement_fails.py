"""statement-fails."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import sqlstate
from dbtools.model.finding import Severity
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.dependents import standing_on
from dbtools.rules.reasons import reason
from dbtools.rules.refusals import told_by
from dbtools.rules.wording import dropped, joined


@rule(
    severity=Severity.ERROR,
    proof="error",
    summary="PostgreSQL refuses the statement, and the migration with it.",
    why="""
    What a table holds decides much, but some statements fail whatever it holds: an object that others need is dropped
    without CASCADE (2BP01), a foreign key points at columns without a unique key (42830), a function changes what it
    returns (42P13), a default is no value of its column's type (22P02), a key of a partitioned table leaves out the
    column that it is partitioned by (0A000). Everything before it in the transaction is undone; outside one it stays.
    """,
    bad=(
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int REFERENCES author);
---
ALTER TABLE author DROP CONSTRAINT author_pkey;""",
        """CREATE TABLE author (id int);
CREATE TABLE post (author int);
---
ALTER TABLE post ADD FOREIGN KEY (author) REFERENCES author (id) NOT VALID;""",
        """CREATE FUNCTION total() RETURNS int LANGUAGE sql AS 'SELECT 1';
---
CREATE OR REPLACE FUNCTION total() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';""",
        """CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE post (id int, mood mood);
---
ALTER TABLE post ALTER mood SET DEFAULT 'happy';""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN code varchar(3) DEFAULT 'none';""",
        """CREATE TABLE log (id int, at date) PARTITION BY RANGE (at);
---
CREATE UNIQUE INDEX ON log (id);""",
    ),
    good=(
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int REFERENCES author);
---
ALTER TABLE post DROP CONSTRAINT post_author_fkey;
ALTER TABLE author DROP CONSTRAINT author_pkey;""",
        """CREATE FUNCTION total() RETURNS int LANGUAGE sql AS 'SELECT 1';
---
DROP FUNCTION total();
CREATE FUNCTION total() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';""",
        """CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE post (id int, mood mood);
---
ALTER TABLE post ALTER mood SET DEFAULT 'ok';""",
        """CREATE TABLE log (id int, at date) PARTITION BY RANGE (at);
---
CREATE UNIQUE INDEX ON log (id, at);""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int REFERENCES author);
---
DROP TABLE author, post;""",
    ),
    link="https://www.postgresql.org/docs/current/errcodes-appendix.html",
)
def statement_fails(context: Context) -> Iterator[Harm]:
    """What no rule of its own speaks of."""
    if told_by(context) != "statement-fails":
        return
    operation, fails = context.operation, context.effects.fails
    if holding := standing_on(context) if fails == sqlstate.DEPENDENT_OBJECTS_STILL_EXIST else ():
        what, table, column = dropped(operation)
        depend, them = ("depend", "them") if len(holding) > 1 else ("depends", "it")
        hint = f"drop {them} first, or say CASCADE once you know that {joined(holding)} may go as well"
        yield Harm(f"cannot drop {what}: {joined(holding)} {depend} on it (fails with {fails})", hint, table, column)
        return
    said = reason(context)
    yield Harm(f"{said.message} (fails with {fails})", said.hint, said.table, said.object)
