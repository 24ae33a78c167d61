"""Where a migration last made what the database keeps."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.migration import Script
from dbtools.model.reader import DATABASE
from dbtools.sql.named import mentions
from dbtools.sql.split import Place
from dbtools.sql.walk import statements


def defined_at(latest_first: Iterable[Script], kind: str, name: Name) -> Location:
    """The last statement that created the object of that *kind* and *name*; where none did, it is in the database."""
    for script in latest_first:
        if not mentions(script.text, name.local):
            continue
        place = _made(script.text).get((kind, name))
        if place is not None:
            return Location(script.path, place.line, place.column)
    return DATABASE


@lru_cache(maxsize=256)
def _made(text: str) -> dict[tuple[str, Name], Place]:
    """What a script creates, with the last statement that does."""
    made: dict[tuple[str, Name], Place] = {}
    for statement in statements(text):
        for operation in statement.operations:
            created = _created(operation)
            if created is not None:
                made[created] = statement.place
    return made


def _created(operation: op.Operation) -> tuple[str, Name] | None:
    match operation:
        case op.CreateView(view):
            return "view", view.name
        case op.CreateFunction(function):
            return "function", function.name
        case op.CreateTable(table):
            return "table", table.name
        case op.CreateOpaque(opaque):
            return opaque.kind, opaque.name
    return None
