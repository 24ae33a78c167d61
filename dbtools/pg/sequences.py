"""Where sequences stand: a transaction that is rolled back does not take their numbers back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbtools.model.expression import Name

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection


def positions(connection: Connection) -> dict[Name, int | None]:
    """The number that each sequence gave last; None where it gave none, or where the account may not ask."""
    rows = connection.execute("SELECT schemaname, sequencename, last_value FROM pg_catalog.pg_sequences")
    return {Name(namespace, local): last for namespace, local, last in rows}
