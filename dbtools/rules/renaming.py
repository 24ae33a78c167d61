"""What keeps an old name alive once something is called otherwise."""

from __future__ import annotations

from dbtools.model import operation as op
from dbtools.model.expression import Name


def gives(operation: op.Operation, name: Name) -> bool:
    """Whether the operation makes a relation called *name*, or calls one so."""
    match operation:
        case op.CreateView(view):
            return view.name == name
        case op.CreateTable(table):
            return table.name == name
        case op.RenameTable(old, to) | op.Rename("view" | "materialized view", old, to):
            return Name(old.namespace, to) == name
    return False
