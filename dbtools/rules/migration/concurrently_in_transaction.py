"""concurrently-in-transaction."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.finding import Severity
from dbtools.model.predict.others import COMMITTING_BLOCK
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form

SAID = {
    "createdb stmt": "CREATE DATABASE",
    "dropdb stmt": "DROP DATABASE",
    "create table space stmt": "CREATE TABLESPACE",
    "drop table space stmt": "DROP TABLESPACE",
}


@rule(
    severity=Severity.ERROR,
    proof="error",
    summary="CONCURRENTLY, and what else commits by itself, fails inside a transaction.",
    why="""
    CREATE INDEX, DROP INDEX, REINDEX and DETACH PARTITION with CONCURRENTLY wait for other transactions between
    steps that they commit themselves, so PostgreSQL refuses them in a transaction block with 25001; VACUUM as
    well, and a DO block that says COMMIT with 2D000. Most runners open a transaction for each file, and several
    statements sent as one query are a transaction too, even without BEGIN. Where nobody says how a file runs, and it
    holds nothing that a transaction takes, this is an info.
    """,
    bad=(
        """CREATE TABLE post (id int);
---
CREATE INDEX CONCURRENTLY post_id ON post (id);""",
        """CREATE TABLE post (id int);
CREATE INDEX post_id ON post (id);
---
DROP INDEX CONCURRENTLY post_id;""",
        """CREATE TABLE post (id int);
---
-- dbtools: no-transaction
BEGIN;
CREATE INDEX CONCURRENTLY i ON post (id);
COMMIT;""",
        """CREATE TABLE post (id int);
---
VACUUM post;""",
        """CREATE TABLE post (id int);
---
DO $$ BEGIN UPDATE post SET id = 1 WHERE id = 2; COMMIT; END $$;""",
    ),
    good=(
        """CREATE TABLE post (id int);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY post_id ON post (id);""",
        """CREATE TABLE post (id int);
CREATE INDEX post_id ON post (id);
---
DROP INDEX post_id;""",
        """CREATE TABLE post (id int);
---
-- dbtools: no-transaction
BEGIN;
SELECT 1;
COMMIT;
CREATE INDEX CONCURRENTLY i ON post (id);""",
    ),
    link="https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
)
def concurrently_in_transaction(context: Context) -> Iterator[Harm]:
    """It fails wherever it stands, on a table of this change too."""
    if context.effects.fails not in {sqlstate.ACTIVE_SQL_TRANSACTION, sqlstate.INVALID_TRANSACTION_TERMINATION}:
        return
    what, table, name = _named(context.operation)
    if context.presumed:
        message = f"{what} fails with {context.effects.fails} where the runner opens a transaction for the file"
        hint = (
            "where it opens none, say so in the first line: -- dbtools: no-transaction; "
            "where it does, say transaction: file under migrations in dbtools.yaml, and this is an error"
        )
        yield Harm(message, hint, table, name, Severity.INFO)
        return
    yield Harm(
        f"{what} fails with {context.effects.fails}: it cannot run inside a transaction",
        "put it in a migration of its own that its runner runs outside a transaction, and say so to dbtools "
        "in its first line: -- dbtools: no-transaction",
        table,
        name,
        plan=safe_form(context),
    )


def _named(operation: op.Operation) -> tuple[str, str, str]:
    match operation:
        case op.CreateIndex(table, index):
            return "CREATE INDEX CONCURRENTLY", str(table), index.name
        case op.DropIndex(name):
            return "DROP INDEX CONCURRENTLY", "", str(name)
        case op.Reindex(kind, name):
            concurrently = " CONCURRENTLY" if operation.concurrently else ""
            return f"REINDEX {kind.upper()}{concurrently}", str(name) if kind == "table" else "", str(name)
        case op.DetachPartition(table, partition):
            return "DETACH PARTITION CONCURRENTLY", str(table), str(partition)
        case op.Maintain(verb, tables):
            return verb.upper(), str(tables[0]) if tables else "", ""
        case op.Other(statement) if statement == COMMITTING_BLOCK:
            return "a DO block that commits", "", "COMMIT"
        case op.Other(statement):
            return SAID.get(statement, statement.removesuffix(" stmt").upper()), "", ""
    return "the statement", "", ""
