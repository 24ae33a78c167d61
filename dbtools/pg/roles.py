"""Roles that migrations make: they belong to the whole server, and outlive the database of a rehearsal.

A database that is kept refers to its roles by number, so between two runs they have names that nobody asks for. Roles
that no kept database names are dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

from dbtools.pg.account import OWNER, PARKED, ROLE
from dbtools.pg.cluster import ADMIN
from dbtools.pg.connect import connect

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection
    from dbtools.pg.server import Server


@dataclass(frozen=True, slots=True)
class Kept:
    """What is to be known of a database that is kept: ``roles`` by number, how many statements were ``lent`` rights.

    ``stand_ins``: those of the roles that no migration made.
    """

    roles: Mapping[int, str]
    lent: int = 0
    stand_ins: tuple[str, ...] = ()


def roles(connection: Connection) -> dict[int, str]:
    """All roles by number but PostgreSQL's own, those of dbtools itself, and those that are parked."""
    rows = connection.execute(
        "SELECT oid, rolname FROM pg_catalog.pg_roles"
        " WHERE NOT starts_with(rolname, 'pg_') AND rolname <> ALL (%s) AND NOT starts_with(rolname, %s)"
        " AND NOT starts_with(rolname, %s)",
        ([ADMIN, OWNER], PARKED, ROLE),
    )
    return dict(rows.fetchall())


def remember(server: Server, database: str, kept: Kept) -> None:
    """Write *kept* down with the database that it is about."""
    text = json.dumps({"roles": dict(kept.roles), "lent": kept.lent, "stand_ins": kept.stand_ins})
    with connect(server.url) as connection:
        _run(connection, "COMMENT ON DATABASE {} IS {}", database, value=text)


def recall(server: Server, database: str) -> Kept:
    """What was written down about *database*."""
    with connect(server.url) as connection:
        return _recall(connection).get(database, Kept({}))


def wake(server: Server, kept: Kept) -> bool:
    """Give the roles of a kept database their names back; whether all of them are there."""
    with connect(server.url) as connection:
        there = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        if any(f"{PARKED}{number}" not in there for number in kept.roles):
            return False
        for number, name in kept.roles.items():
            _run(connection, "ALTER ROLE {} RENAME TO {}", f"{PARKED}{number}", name)
    return True


def settle(server: Server) -> None:
    """Park the roles of kept databases and drop the others: as it is between two runs, however the last one ended."""
    with connect(server.url) as connection:
        needed = {number for kept in _recall(connection).values() for number in kept.roles}
        for number, name in roles(connection).items():
            if number in needed:
                _run(connection, "ALTER ROLE {} RENAME TO {}", name, f"{PARKED}{number}")
            else:
                drop(server, connection, (name,))
        drop(server, connection, (f"{PARKED}{number}" for number in _parked(connection) - needed))


def drop(server: Server, connection: Connection, names: Iterable[str]) -> None:
    """Drop roles; on a throw-away server, databases in which something belongs to them go first."""
    for name in names:
        if server.throwaway:
            rows = connection.execute(
                "SELECT DISTINCT d.datname FROM pg_shdepend AS s JOIN pg_database AS d ON d.oid = s.dbid"
                " JOIN pg_roles AS r ON r.oid = s.refobjid WHERE r.rolname = %s",
                (name,),
            )
            for (database,) in rows.fetchall():
                server.drop(database)
        _run(connection, "DROP ROLE IF EXISTS {}", name)


@contextmanager
def as_before(server: Server, before: Mapping[int, str], made: Iterable[str] | None) -> Iterator[None]:
    """Within the block only the roles of *before* are there, of all or of those that *made* names; others come back."""
    with connect(server.url) as connection:
        wanted = None if made is None else set(made)
        aside = {number: name for number, name in _beyond(connection, before).items() if _is_in(name, wanted)}
        for number, name in aside.items():
            _run(connection, "ALTER ROLE {} RENAME TO {}", name, f"{PARKED}{number}")
        gone = {number: name for number, name in before.items() if number in _parked(connection)}
        for number, name in gone.items():
            _run(connection, "ALTER ROLE {} RENAME TO {}", f"{PARKED}{number}", name)
    try:
        yield
    finally:
        with connect(server.url) as connection:
            wanted = None if made is None else set(made)
            drop(server, connection, (name for name in _beyond(connection, before).values() if _is_in(name, wanted)))
            for number in gone.keys() - _parked(connection):
                _run(connection, "ALTER ROLE {} RENAME TO {}", gone[number], f"{PARKED}{number}")
            for number, name in aside.items():
                _run(connection, "ALTER ROLE {} RENAME TO {}", f"{PARKED}{number}", name)


def _parked(connection: Connection) -> frozenset[int]:
    rows = connection.execute("SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", (PARKED,)).fetchall()
    return frozenset(int(name.removeprefix(PARKED)) for (name,) in rows)


def _beyond(connection: Connection, before: Mapping[int, str]) -> dict[int, str]:
    return {number: name for number, name in roles(connection).items() if number not in before}


def _is_in(name: str, wanted: set[str] | None) -> bool:
    return wanted is None or name in wanted


def _recall(connection: Connection) -> dict[str, Kept]:
    rows = connection.execute(
        "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database"
        " WHERE starts_with(shobj_description(oid, 'pg_database'), '{')"
    )
    return {name: _read(json.loads(text)) for name, text in rows.fetchall()}


def _read(said: dict[str, object]) -> Kept:
    named, lent, stand_ins = said["roles"], said["lent"], said["stand_ins"]
    if not isinstance(named, dict) or not isinstance(lent, int) or not isinstance(stand_ins, list):
        return Kept({})
    return Kept({int(number): str(name) for number, name in named.items()}, lent, tuple(map(str, stand_ins)))


def _run(connection: Connection, statement: LiteralString, *names: str, value: str | None = None) -> None:
    from psycopg import sql

    parts: list[sql.Composable] = [sql.Identifier(name) for name in names]
    if value is not None:
        parts.append(sql.Literal(value))
    connection.execute(sql.SQL(statement).format(*parts))
