"""What a script meets on its way to the server: a limit in time, and rights that are lent for one statement.

The limit is kept by a thread that cancels, and then ends, what runs for longer: a setting of the server could be
changed by the script, and would be seen by it. Where a statement is refused for want of a superuser's rights, it runs
again with them if it is of a kind that reaches nothing but the database; so does what names a role that nothing makes,
once a stand-in for the role is there. Both are noted.
"""

from __future__ import annotations

import math
import os
import re
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Self

from dbtools.pg.account import PARKED, Account
from dbtools.pg.connect import refuse_full_disk
from dbtools.sql.privileged import is_block, may_need_more, roles_dropped, roles_made, runs_as_superuser

if TYPE_CHECKING:
    import psycopg

    from dbtools.pg.connect import Connection

SECONDS = 60.0
GRACE = 5.0  # after it was cancelled
_MOST_ROLES = 20  # that one statement names
# A lock on what is not locked yet makes the session hear what others did to roles meanwhile.
_BACK = (
    "ROLLBACK TO SAVEPOINT dbtools_rights; SELECT FROM pg_catalog.pg_shseclabel LIMIT 0;"
    " ROLLBACK TO SAVEPOINT dbtools_rights"
)
_OURS = re.compile(r" in database dbtools_(kept|scratch)_\w+$")
_NO_ROLE = re.compile(r'role "(.+)" does not exist')


class Note(NamedTuple):
    """Something that was done so that a statement could run: ``what`` was lent, to ``sql``; ``role``: a stand-in."""

    sql: str
    what: str
    role: str = ""


class Answer(NamedTuple):
    """What the server said to one statement: the ``rows`` it touched, if it says so, or an ``error``."""

    rows: int | None = None
    error: psycopg.Error | None = None
    timed_out: bool = False
    seconds: float = 0.0

    @property
    def message(self) -> str:
        """The error on one line."""
        if self.timed_out:
            return f"it ran for more than {self.seconds:g} s and was stopped"
        diagnostic = getattr(self.error, "diag", None)
        return str(getattr(diagnostic, "message_primary", None) or self.error).splitlines()[0]


@dataclass(frozen=True, slots=True)
class Guard:
    """``seconds`` for every statement, infinite for no limit; ``account`` may lend rights, None lends none.

    ``notes`` says what was done so far, ``roles`` which roles are there since.
    """

    seconds: float = SECONDS
    account: Account | None = None
    notes: list[Note] = field(default_factory=list, compare=False)
    roles: set[str] = field(default_factory=set, compare=False)

    def reading(self) -> AbstractContextManager[None]:
        """Within the block whoever runs scripts reads every table; no script runs meanwhile."""
        return self.account.reading() if self.account else nullcontext()

    def send(self, connection: Connection, sql: str) -> Answer:
        """Run *sql*, with more rights if it has to be; the transaction is aborted where that fails all the same."""
        account = self.account
        if account is None or not may_need_more(sql):
            return self._sent(connection, sql)
        made = roles_made(sql)
        there = _roles(connection) if made else frozenset()
        answer = self._with_rights(connection, sql, account) if account.may_rise else self._sent(connection, sql)
        if answer.error is None:
            self.roles.update(role for role in made if role not in there)
        return answer

    def _with_rights(self, connection: Connection, sql: str, account: Account) -> Answer:
        import psycopg

        inside = connection.info.transaction_status.name == "INTRANS"
        if inside:
            connection.execute("SAVEPOINT dbtools_rights")
        answer = self._sent(connection, sql)
        for _ in range(_MOST_ROLES):
            if not isinstance(answer.error, psycopg.errors.UndefinedObject) or not self._stands_in(
                account, sql, answer.error
            ):
                break
            if inside:
                connection.execute(_BACK)
            answer = self._sent(connection, sql)
        denied = isinstance(answer.error, psycopg.errors.InsufficientPrivilege)
        if denied and runs_as_superuser(sql) and not (is_block(sql) and _looks_elsewhere(connection, inside=inside)):
            answer = self._risen(connection, sql, account, inside=inside) or answer
        if inside and answer.error is None:
            connection.execute("RELEASE SAVEPOINT dbtools_rights")
        return answer

    def _sent(self, connection: Connection, sql: str) -> Answer:
        import psycopg

        with Limit(connection, self.seconds) as limit:
            try:
                cursor = connection.execute(sql.encode())
            except psycopg.Error as error:
                refuse_full_disk(connection, error)
                return Answer(error=error, timed_out=limit.reached, seconds=self.seconds)
        return Answer(cursor.rowcount if cursor.rowcount >= 0 else None)

    def _stands_in(self, account: Account, sql: str, error: psycopg.Error) -> bool:
        """Make the role that the server misses; it is the roles' only error of that code."""
        found = _NO_ROLE.fullmatch(error.diag.message_primary or "")
        if found is None or not account.stand_in(found[1]):
            return False
        self.notes.append(Note(sql, f"a stand-in for the role {found[1]}, which no migration makes", found[1]))
        self.roles.add(found[1])
        return True

    def _risen(self, connection: Connection, sql: str, account: Account, *, inside: bool) -> Answer | None:
        """Run *sql* as a superuser. Nobody's event trigger runs with it: what it does would have those rights too."""
        with account.as_superuser(connection.info.backend_pid) as may:
            if not may:
                return None
            if inside:
                connection.execute(_BACK)
            there = _roles(connection)
            with _without_triggers(connection, sql):
                answer = self._sent(connection, sql)
                if _is_needed_elsewhere(answer):
                    if inside:
                        connection.execute(_BACK)
                    answer = self._parked(connection, roles_dropped(sql)) or answer
            if answer.error is None:
                _join(connection, account.role, (role for role in roles_made(sql) if role not in there))
                self.notes.append(Note(sql, "a superuser's rights"))
        return answer

    def _parked(self, connection: Connection, names: Iterable[str]) -> Answer | None:
        """Take the names from roles that are to be dropped, and that only other databases of ours still need."""
        from psycopg import sql

        answer = None
        for name in names:
            row = connection.execute("SELECT oid FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
            if row is not None:
                statement = sql.SQL("ALTER ROLE {} RENAME TO {}")
                text = statement.format(sql.Identifier(name), sql.Identifier(f"{PARKED}{row[0]}")).as_string(connection)
                answer = self._sent(connection, text)
        return answer


UNGUARDED = Guard(math.inf)


def _join(connection: Connection, account: str, made: Iterable[str]) -> None:
    """As who makes roles without being a superuser belongs to them, and may give them tables."""
    from psycopg import sql

    for role in made:
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(account)))


def _is_needed_elsewhere(answer: Answer) -> bool:
    """Whether a role cannot be dropped for the sake of databases alone that dbtools keeps beside this one."""
    import psycopg

    if not isinstance(answer.error, psycopg.errors.DependentObjectsStillExist):
        return False
    return all(_OURS.search(line) for line in (answer.error.diag.message_detail or "?").splitlines())


def _looks_elsewhere(connection: Connection, *, inside: bool) -> bool:
    """Whether names may mean something else than in PostgreSQL's own catalog."""
    if inside:
        connection.execute(_BACK)
    row = connection.execute("SELECT pg_catalog.current_setting('search_path')").fetchone()
    return row is None or "pg_catalog" in row[0]


def _roles(connection: Connection) -> frozenset[str]:
    return frozenset(role for (role,) in connection.execute("SELECT rolname FROM pg_catalog.pg_roles"))


@contextmanager
def _without_triggers(connection: Connection, sql: str) -> Iterator[None]:
    if "session_replication_role" in sql.lower():
        yield
        return
    name = "session_replication_role"
    row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
    connection.execute("SELECT set_config(%s, 'replica', false)", (name,))
    yield
    if connection.info.transaction_status.name != "INERROR":  # then undone with the transaction
        connection.execute("SELECT set_config(%s, %s, false)", (name, row[0] if row else "origin"))


class Limit:
    """Ends the statement that runs on a connection when its time is over; ``reached``: it was."""

    def __init__(self, connection: Connection, seconds: float) -> None:
        self.reached = False
        self._connection = connection
        self._seconds = seconds
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True) if seconds < threading.TIMEOUT_MAX else None

    def __enter__(self) -> Self:
        if self._thread:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._thread:
            self._thread.join()

    def _watch(self) -> None:
        import psycopg

        if self._done.wait(self._seconds):
            return
        self.reached = True
        for stop in (self._connection.cancel_safe, self._terminate, self._hang_up):
            with suppress(psycopg.Error, OSError):
                stop()
            if self._done.wait(GRACE):
                return

    def _terminate(self) -> None:
        """A block can catch that it was cancelled, and go on."""
        import psycopg

        info = self._connection.info
        with psycopg.connect(info.dsn, password=info.password, autocommit=True) as another:
            another.execute("SELECT pg_terminate_backend(%s)", (info.backend_pid,))

    def _hang_up(self) -> None:
        """What cannot be interrupted ends with its server; nobody waits for it any longer."""
        with socket.socket(fileno=os.dup(self._connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
