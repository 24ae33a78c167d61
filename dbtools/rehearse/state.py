"""What a database is at one moment: its catalog, and what its tables hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from dbtools.model import operation as op
from dbtools.model.diff import diff
from dbtools.model.expression import Name
from dbtools.model.mentioned import mentioned
from dbtools.model.schema import Schema
from dbtools.pg.catalog import catalog
from dbtools.pg.losses import Tally, tally
from dbtools.sql.render import render

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection
    from dbtools.pg.guard import Guard

LISTED = 5
# What changes no value of a column that was there before.
HARMLESS = op.CreateIndex | op.DropIndex | op.AlterIndex | op.Reindex | op.Comment | op.Grant | op.ValidateConstraint


class State(NamedTuple):
    """The schema that the catalog shows, and what each table holds."""

    schema: Schema
    rows: Mapping[Name, Tally]


def state_of(connection: Connection, closely: frozenset[Name], guard: Guard) -> State:
    """The database as it is now; the tables that *closely* names column by column, of the others the rows."""
    schema = catalog(connection)
    with guard.reading():
        return State(schema, tally(connection, schema.tables.values(), closely))


def touched(operations: Iterable[op.Operation], schema: Schema) -> frozenset[Name]:
    """The tables of *schema* whose values *operations* may change: those they name, all where one cannot be read."""
    every = frozenset(schema.tables)
    found: set[Name] = set()
    for operation in operations:
        if isinstance(operation, op.Unknown) and operation.touches is None:
            return every
        if not isinstance(operation, HARMLESS):
            found.update(mentioned(operation))
    return every & found


def apart(now: Schema, wanted: Schema) -> str:
    """What would make *wanted* of *now*; empty where nothing has to be done."""
    operations = diff(now, wanted)
    texts = [" ".join(render(operation).split()) for operation in operations[:LISTED]]
    rest = len(operations) - LISTED
    return "; ".join(texts) + (f"; and {rest} more" if rest > 0 else "")
