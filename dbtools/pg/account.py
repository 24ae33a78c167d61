"""Who runs migrations: an account that is no superuser, which gets a superuser's rights for one statement at a time.

As that account a migration can neither start programs nor read the server's files, whatever it says; as the superuser
who makes the databases it could. It connects as that role instead of SET ROLE, which a script could RESET. The role
bypasses row security, as a superuser does: what it counts and changes is every row.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

from dbtools.errors import DatabaseError
from dbtools.pg.connect import as_role, connect, redact, refuse_production

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection
    from dbtools.pg.server import Server

ROLE = "dbtools_rehearsal"
PARKED = "dbtools_parked_"  # and its number: a role that only databases beside the one of a migration need
_PATIENCE = "SET lock_timeout = '2s'"
OWNER = "postgres"  # whom dumps make the owner of everything
RIGHTS = "LOGIN BYPASSRLS NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"


@dataclass(frozen=True, slots=True)
class Account:
    """The account ``role``; where that is empty, whoever the URL of the server names.

    ``admin`` is the server's maintenance database as the account that made the role.
    """

    admin: str
    role: str = ""
    password: str = ""

    def url(self, url: str) -> str:
        """*url* as this account."""
        return as_role(url, self.role, self.password) if self.role else url

    @property
    def may_rise(self) -> bool:
        """Whether it can be given more rights than it has."""
        return bool(self.role)

    @contextmanager
    def as_superuser(self, session: int) -> Iterator[bool]:
        """What the account does within the block it does as a superuser; whether that is so.

        It is not while the process *session* has a change of the account itself to be committed.
        """
        import psycopg

        with connect(self.admin) as connection:
            connection.execute(_PATIENCE)
            try:
                _run(connection, "ALTER ROLE {} SUPERUSER", self.role)
            except psycopg.errors.LockNotAvailable:
                yield False
                return
            try:
                yield True
            finally:
                self._come_down(connection, session)

    def _come_down(self, connection: Connection, session: int) -> None:
        import psycopg

        try:
            _run(connection, "ALTER ROLE {} NOSUPERUSER", self.role)
        except psycopg.errors.LockNotAvailable:
            connection.execute("SELECT pg_terminate_backend(%s)", (session,))
            _run(connection, "ALTER ROLE {} NOSUPERUSER", self.role)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Within the block it reads every table, whatever rights a script took from it."""
        if not self.role:
            yield
            return
        with connect(self.admin) as connection:
            _run(connection, "GRANT pg_read_all_data TO {}", self.role)
            try:
                yield
            finally:
                _run(connection, "REVOKE pg_read_all_data FROM {}", self.role)

    def stand_in(self, role: str) -> bool:
        """Make *role*, which may own and be granted things and nothing else; whether it was made."""
        with connect(self.admin) as connection:
            return self._made(connection, role)

    def _made(self, connection: Connection, role: str) -> bool:
        import psycopg

        try:
            _run(connection, "CREATE ROLE {} NOLOGIN", role)
            _run(connection, "GRANT {} TO {}", role, self.role)
        except psycopg.Error:
            return False
        return True


@contextmanager
def account(server: Server) -> Iterator[Account]:
    """The account that runs migrations on *server*: a role made for them, where the server's own account may make one.

    On a throw-away server it stays, since databases that are kept belong to it; elsewhere it is gone afterwards.
    """
    if not server.throwaway:
        refuse_production(server.url)
    with connect(server.url) as connection:
        row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        if row is None or not row[0]:
            yield Account(server.url)
            return
        role = ROLE if server.throwaway else f"{ROLE}_{secrets.token_hex(6)}"
        made = Account(server.url, role, "" if server.throwaway else secrets.token_urlsafe(24))
        _make(connection, made, anew=not server.throwaway)
    try:
        if server.throwaway:
            made.stand_in(OWNER)
        yield made if server.throwaway else _reachable(made)
    finally:
        if not server.throwaway:
            with connect(server.url) as connection:
                _run(connection, "DROP ROLE IF EXISTS {}", role)


def _make(connection: Connection, wanted: Account, *, anew: bool) -> None:
    """The role, with the rights that it should have and none that an earlier run may have left."""
    from psycopg import sql

    known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (wanted.role,)).fetchone()
    role = sql.Identifier(wanted.role)
    if anew or known is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(role))
    else:
        connection.execute(sql.SQL("ALTER ROLE {} RESET ALL").format(role))
    password = sql.SQL(" PASSWORD {}").format(wanted.password) if wanted.password else sql.SQL("")
    connection.execute(sql.SQL("ALTER ROLE {} {}{}").format(role, sql.SQL(RIGHTS), password))


def _reachable(made: Account) -> Account:
    """*made* where the server lets it in; it may know its accounts by other means than passwords."""
    try:
        connect(made.url(made.admin)).close()
    except DatabaseError:
        raise DatabaseError(
            f"{redact(made.admin)} does not let in a role that was made to run migrations without a superuser's rights",
            hint="name an account that is no superuser and may create databases, or allow passwords in pg_hba.conf",
        ) from None
    return made


def _run(connection: Connection, statement: LiteralString, *roles: str) -> None:
    from psycopg import sql

    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, roles)))
