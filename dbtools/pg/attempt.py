"""Statements that code sends, tried on a database: what the server answers, with nothing of them left behind.

Each runs in a subtransaction that is always rolled back, all of them in one round trip. Deferred constraints are
checked at once, as they would be at the commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from dbtools.pg.queries import query

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

TIMEOUT = "2s"  # for all that are sent together; if they take longer, for each
TOO_LONG = "57014"


class Refusal(NamedTuple):
    """What the server said of a statement: SQLSTATE and message, and the constraint and column it names, if any."""

    sqlstate: str
    message: str
    constraint: str = ""
    column: str = ""

    def __str__(self) -> str:
        return f"{self.sqlstate} {self.message}"


def tried(connection: Connection, texts: Sequence[str]) -> list[Refusal | None]:
    """What the server said of each of *texts*, one or several statements; None where it took them."""
    import psycopg

    if not texts:
        return []
    try:
        rows = _called(connection, "tried", texts)
    except psycopg.errors.QueryCanceled as error:
        if len(texts) == 1:
            return [Refusal(TOO_LONG, str(error.diag.message_primary))]
        return [tried(connection, [text])[0] for text in texts]
    refused = {number: Refusal(*said) for number, *said in rows}
    return [refused.get(number) for number in range(1, len(texts) + 1)]


def asked(connection: Connection, texts: Sequence[str]) -> list[tuple[str | None, ...] | None]:
    """The one row of text[] that each of *texts* selects; None where there is none, or the server refuses."""
    import psycopg

    try:
        rows = _called(connection, "asked", texts) if texts else []
    except psycopg.errors.QueryCanceled:
        return [None] if len(texts) == 1 else [asked(connection, [text])[0] for text in texts]
    found = {number: None if values is None else tuple(values) for number, values in rows}
    return [found.get(number) for number in range(1, len(texts) + 1)]


def parameter_types(connection: Connection, texts: Sequence[str]) -> list[tuple[str, ...] | None]:
    """The types of the parameters of each of *texts*, with their namespaces; None where it cannot be prepared."""
    names = [f"dbtools_{number}" for number in range(len(texts))]
    tried(connection, [f"PREPARE {name} AS {text}" for name, text in zip(names, texts, strict=True)])
    with connection.transaction():
        connection.execute("SET LOCAL search_path = ''")
        rows = connection.execute("SELECT name, parameter_types::text[] FROM pg_prepared_statements").fetchall()
        found = {name: tuple(types) for name, types in rows}
    connection.execute("DEALLOCATE ALL")
    return [found.get(name) for name in names]


def _called(connection: Connection, function: str, texts: Sequence[str]) -> list[tuple[Any, ...]]:
    """The rows of one of our functions, which live as long as the connection."""
    from psycopg import sql

    call = sql.SQL("SELECT * FROM {}(%s::text[])").format(sql.Identifier("pg_temp", f"dbtools_{function}"))
    with connection.transaction(), _as_code_meets_it(connection):
        connection.execute(query("attempt"))
        return connection.execute(call, [list(texts)]).fetchall()


@contextmanager
def _as_code_meets_it(connection: Connection) -> Iterator[None]:
    """A session of its own has other settings than one in which a migration has said some."""
    kept = "SELECT current_setting('search_path'), current_setting('statement_timeout')"
    path, timeout = connection.execute(kept).fetchone() or ("", "0")
    connection.execute(f"SET LOCAL search_path TO DEFAULT; SET LOCAL statement_timeout = '{TIMEOUT}'")
    yield
    change = "SELECT set_config('search_path', %s, true), set_config('statement_timeout', %s, true)"
    connection.execute(change, [path, timeout])
