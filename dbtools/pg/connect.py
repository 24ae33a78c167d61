"""A connection to PostgreSQL, and which databases dbtools refuses to write to.

No message ever holds a password: a server is named as ``host:port/database``, and the driver's own
words appear only once the URL is known to be well-formed.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from dbtools.errors import DatabaseError, MissingExtra

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[Any, ...]]

_PRODUCTION = re.compile(r"(?<![a-z])(?<!non[-_.])(prod|production|live)(?![a-z])")
_PRISMA_ONLY = {"schema", "pgbouncer", "connection_limit", "pool_timeout", "socket_timeout", "sslidentity", "sslaccept"}
_FALLBACKS = {"host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER"}


def connect(url: str, *, autocommit: bool = True, timeout: int = 5) -> Connection:
    """An open connection to *url*, which may also be a libpq ``key=value`` string.

    A ``connect_timeout`` in the URL wins over *timeout* (seconds). No statement is ever prepared on
    the server, since a cached plan would fail once the tables behind it have changed.
    """
    parts = _parts(url)
    import psycopg
    from psycopg.conninfo import make_conninfo

    settings = {"connect_timeout": str(timeout), "application_name": "dbtools", **parts, "client_encoding": "utf8"}
    try:
        return psycopg.connect(make_conninfo(**settings), autocommit=autocommit, prepare_threshold=None)
    except psycopg.Error as error:
        why = _without(parts.get("password"), str(error).splitlines()[0].strip())
        raise DatabaseError(
            f"cannot connect to {redact(url)}: {why}",
            hint="check that the server runs and that the URL names its host, port, database and user",
        ) from None


def refuse_full_disk(connection: Connection, error: psycopg.Error) -> None:
    """Raise DatabaseError where *error* says that the server's disk is full: that is no fault of the statement."""
    import psycopg

    if isinstance(error, psycopg.errors.DiskFull):
        raise DatabaseError(
            f"the disk of the server of {connection.info.dbname} is full: {error.diag.message_primary}",
            hint="make room, set DBTOOLS_CACHE to a folder on another disk, or rehearse with fewer --rows",
        ) from None


def redact(url: str) -> str:
    """*url* as ``host:port/database``, which is safe to show."""
    parts = _parts(url)
    host = parts.get("host") or parts.get("hostaddr") or "localhost"
    port = parts.get("port") or "5432"
    return f"{host}:{port}/{parts.get('dbname') or parts.get('user') or ''}"


def to_database(url: str, name: str) -> str:
    """*url* with another database, in the form that *url* has."""
    if "://" not in url:
        from psycopg.conninfo import make_conninfo

        return make_conninfo(**{**_parts(url), "dbname": name})
    split = urlsplit(url)
    query = [(key, value) for key, value in parse_qsl(split.query) if key != "dbname"]
    # urlunsplit drops the slashes of an empty host, which libpq needs.
    rest = urlunsplit(("", "", f"/{quote(name, safe='')}", urlencode(query, quote_via=quote), ""))
    return f"{split.scheme}://{split.netloc}{rest}"


def as_role(url: str, role: str, password: str) -> str:
    """*url* with another account, in the form that *url* has."""
    if "://" not in url:
        from psycopg.conninfo import make_conninfo

        return make_conninfo(**{**_parts(url), "user": role, "password": password})
    split = urlsplit(url)
    query = [(key, value) for key, value in parse_qsl(split.query) if key not in {"user", "password"}]
    account = f"{quote(role, safe='')}:{quote(password, safe='')}" if password else quote(role, safe="")
    host = split.netloc.rpartition("@")[2]
    rest = urlunsplit(("", "", split.path, urlencode(query, quote_via=quote), ""))
    return f"{split.scheme}://{account}@{host}{rest}"


def database_of(url: str) -> str:
    """The name of the database that *url* names, empty where it leaves that to libpq."""
    return _parts(url).get("dbname", "")


def looks_like_production(url: str) -> bool:
    """Whether host, database or user says ``prod``, ``production`` or ``live`` as a word of its own.

    What the URL leaves out is taken from the environment, as libpq does.
    """
    parts = _parts(url)
    names = (parts.get(key) or os.environ.get(variable, "") for key, variable in _FALLBACKS.items())
    return any(_PRODUCTION.search(name.lower()) for name in names)


def refuse_production(url: str) -> None:
    """Raise DatabaseError when *url* looks like production; called before anything is written."""
    if looks_like_production(url):
        raise DatabaseError(
            f"{redact(url)} looks like a production database, and this would write to it",
            hint="leave the URL out to use a throw-away server, or give the URL of a test database",
        )


def version(connection: Connection) -> int:
    """The server's major version: 15, 16, 17, 18."""
    return connection.info.server_version // 10000


def _parts(url: str) -> dict[str, str]:
    try:
        from psycopg import Error
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        raise MissingExtra("server", needed_for="connecting to a database") from None
    # libpq takes `u:p@ss@host` for the host `ss@host`, and would then say so aloud.
    well_formed = "://" not in url or re.fullmatch(r"[a-z]+://([^@/]*@)?[^@/]*(/[^@]*)?", url, re.IGNORECASE)
    try:
        found = conninfo_to_dict(_for_libpq(url)) if well_formed else {}
    except (Error, ValueError):
        found = {}
    if url and not found:
        raise DatabaseError(
            "the database URL cannot be read",
            hint="write postgresql://user:password@host:port/database, with @ : / in the password as %40 %3A %2F",
        )
    return {key: str(value) for key, value in found.items() if value is not None}


def _for_libpq(url: str) -> str:
    """*url* without the parameters that only Prisma understands and libpq refuses."""
    address, mark, query = url.partition("?")
    if "://" not in address or not mark:
        return url
    kept = [pair for pair in query.split("&") if pair.partition("=")[0] not in _PRISMA_ONLY]
    return f"{address}?{'&'.join(kept)}" if kept else address


def _without(password: str | None, text: str) -> str:
    return text.replace(password, "***") if password else text
