"""Scripts on a server, each statement as the migration's runner would send it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection


class Sent(NamedTuple):
    """One statement to run: its SQL, its 1-based line and column, and whether it refuses a transaction block."""

    sql: str
    line: int
    column: int
    alone: bool


class Refused(NamedTuple):
    """What the server refused: the statement, the SQLSTATE and its message."""

    statement: Sent
    sqlstate: str
    message: str


def run(connection: Connection, script: Iterable[Sent], *, whole: bool) -> Refused | None:
    """Run *script*, in one transaction if *whole*; the first statement refused, or None.

    After an error nothing of a whole script is left. What one file sets (search_path, role) is reset before the next.
    """
    import psycopg

    current: Sent | None = None
    try:
        connection.execute("RESET ROLE; RESET ALL")
        if whole:
            connection.execute("BEGIN")
        for current in script:
            connection.execute(current.sql.encode())
        if whole:
            connection.execute("COMMIT")
    except psycopg.Error as error:
        if connection.closed:
            raise
        connection.execute("ROLLBACK")
        return Refused(current or Sent("", 1, 1, alone=False), error.sqlstate or "", _message(error))
    return None


def send(connection: Connection, sql: str) -> tuple[str, str] | None:
    """Run *sql*; the SQLSTATE and message if the server refuses it. A transaction that this aborts is rolled back."""
    import psycopg

    try:
        connection.execute(sql.encode())
    except psycopg.Error as error:
        if connection.closed:
            raise
        connection.execute("ROLLBACK")
        return error.sqlstate or "", _message(error)
    return None


def _message(error: Exception) -> str:
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    return str(primary or error).splitlines()[0]
