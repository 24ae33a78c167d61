"""How big the tables of a database are, from its own statistics: no row is read, nothing is written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dbtools.model.expression import Name
from dbtools.model.sizes import Sizes, TableSize
from dbtools.pg.queries import query

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection


def sizes(connection: Connection) -> Sizes:
    """Every table that is not PostgreSQL's own, in one statement. Rows are the planner's estimate."""
    rows = connection.execute(query("sizes"))
    tables = {Name(namespace, local): TableSize(*figures) for namespace, local, *figures in rows}
    return Sizes(tables, datetime.now(UTC).date().isoformat())
