"""Where a migration last made what the database keeps."""

from __future__ import annotations

from collections.abc import Iterable

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.migration import Script
from dbtools.model.reader import DATABASE
from dbtools.sql.named import mentions
from dbtools.sql.walk import statements


def defined_at(latest_first: Iterable[Script], kind: str, name: Name) -> Location:
    """The last statement that created the object of that *kind* and *name*; where none did, it is in the database."""
    for script in latest_first:
        if not mentions(script.text, name.local):
            continue
        for statement in reversed(statements(script.text)):
            if any(_creates(operation, kind, name) for operation in statement.operations):
                return Location(script.path, statement.place.line, statement.place.column)
    return DATABASE


def _creates(operation: op.Operation, kind: str, name: Name) -> bool:
    match operation:
        case op.CreateView(view):
            return kind == "view" and view.name == name
        case op.CreateFunction(function):
            return kind == "function" and function.name == name
        case op.CreateTable(table):
            return kind == "table" and table.name == name
        case op.CreateOpaque(opaque):
            return (opaque.kind, opaque.name) == (kind, name)
    return False
