"""Scripts on a server, each statement as the migration's runner would send it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from dbtools.pg.guard import UNGUARDED, Guard

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection


class Sent(NamedTuple):
    """One statement to run: its SQL, its 1-based line and column, and whether it refuses a transaction block."""

    sql: str
    line: int
    column: int
    alone: bool


class Refused(NamedTuple):
    """What the server refused: the statement, the SQLSTATE and its message; ``timed_out``: it was stopped.

    The connection may be closed then, where nothing else stopped it.
    """

    statement: Sent
    sqlstate: str
    message: str
    timed_out: bool = False


def run(connection: Connection, script: Iterable[Sent], *, whole: bool, guard: Guard = UNGUARDED) -> Refused | None:
    """Run *script*, in one transaction if *whole*; the first statement refused, or None.

    After an error nothing of a whole script is left. What one file sets (search_path, role) is reset before the next.
    """
    connection.execute("RESET ROLE; RESET ALL")
    if whole:
        connection.execute("BEGIN")
    current = Sent("", 1, 1, alone=False)
    for current in script:
        refused = send(connection, current.sql, guard)
        if refused is not None:
            return refused._replace(statement=current)
    refused = send(connection, "COMMIT", guard) if whole else None
    return refused and refused._replace(statement=current)


def send(connection: Connection, sql: str, guard: Guard = UNGUARDED) -> Refused | None:
    """Run *sql*; what the server says if it refuses. A transaction that this aborts is rolled back."""
    answer = guard.send(connection, sql)
    if answer.error is None:
        return None
    if connection.closed and not answer.timed_out:
        raise answer.error
    if not connection.closed:
        connection.execute("ROLLBACK")
    statement = Sent(sql, 1, 1, alone=False)
    return Refused(statement, answer.error.sqlstate or "", answer.message, answer.timed_out)
