"""What depends on a table or column, and so keeps it from being dropped or changed, or goes with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from dbtools.model import sqlstate
from dbtools.model.effects import Effects
from dbtools.model.expression import Name
from dbtools.model.objects import Opaque, Table, View
from dbtools.model.predict.relations import (
    AE,
    Dependent,
    locks,
    own_keys,
    referencing,
    row_type_users,
    unresolved,
    views_reading,
)
from dbtools.model.schema import Schema


def of_row_type(name: Name, schema: Schema) -> Effects:
    """A table cannot be written anew while a column of another one holds its rows."""
    users = [user for user in row_type_users(name, schema) if user.partition_by is None or user.columns]
    return Effects(fails=sqlstate.FEATURE_NOT_SUPPORTED if users else None)


def of_column(table: Table, column: str, schema: Schema) -> Iterator[Dependent]:
    """What stops the removal of a column of its own table: generated columns, policies, triggers, rules."""
    for other in table.columns:
        if other.generated is not None and column in other.generated.expression.columns:
            yield Dependent("generated column", other.name, table.name)
    for opaque in schema.on(table.name):
        if column in opaque.reads and opaque.kind in {"policy", "trigger", "rule"}:
            yield Dependent(opaque.kind, opaque.name.local, table.name)


def elsewhere(names: Collection[Name], schema: Schema) -> tuple[Opaque, ...]:
    """Policies and rules of other tables that name one of these."""
    found = (opaque for name in names for opaque in schema.mentioning(name))
    return tuple(dict.fromkeys(each for each in found if each.table is not None and each.table not in names))


def doubts(table: Table, members: Iterable[Table], schema: Schema) -> str:
    """Why what depends on a column is not known; empty when it is."""
    if any(unresolved(member.name, schema) for member in members):
        return "a view that reads this table could not be resolved"
    others = elsewhere({member.name for member in members}, schema)
    if others:
        return f"which columns of {table.name} the {others[0].kind} {others[0].name.local} reads is not known"
    return ""


def standing(members: tuple[Table, ...], schema: Schema, dropped: Collection[Name]) -> Effects:
    """What keeps tables from being dropped without CASCADE; *dropped* go in the same statement."""
    for member in members:
        others = [other for other, _ in referencing(member.name, schema) if other.name not in dropped]
        views = views_reading(member.name, "", schema)
        rows = [user for user in row_type_users(member.name, schema) if user.name not in dropped]
        if others or views or rows or elsewhere(dropped, schema):
            return Effects(fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)
        if any(_takes(member.name, function.arguments, function.returns) for function in schema.functions.values()):
            return Effects(fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)
    return Effects()


def _takes(table: Name, arguments: tuple[str, ...], returns: str) -> bool:
    """Whether a function is declared with the row type of a table."""
    return any(kind.removesuffix("[]") == str(table) for kind in (*arguments, returns))


def cascaded(members: tuple[Table, ...], schema: Schema, dropped: Collection[Name]) -> Effects:
    """The locks on what goes with dropped tables, or loses a part of itself."""
    effects = Effects()
    for member in members:
        others = [other for other, _ in referencing(member.name, schema) if other.name not in dropped]
        rows = [user for user in row_type_users(member.name, schema) if user.name not in dropped]
        ruled = {opaque.table: AE for opaque in elsewhere(dropped, schema) if opaque.table}
        views = {view.name: AE for view in above(views_reading(member.name, "", schema), schema)}
        effects |= Effects(locks((*others, *rows), AE) | ruled | views)
    return effects


def above(views: Iterable[View], schema: Schema) -> tuple[View, ...]:
    """Views with every view over them."""
    found = list(views)
    names = {view.name for view in found}
    for view in found:
        over = [each for each in schema.reading(view.name) if view.name in each.mentions and each.name not in names]
        names.update(each.name for each in over)
        found += over
    return tuple(found)


def keys_out(members: Iterable[Table], column: str, schema: Schema) -> frozenset[Name]:
    """The targets of enforced foreign keys on a column."""
    return frozenset(
        key.target for member in members for key in own_keys(member, schema) if column in key.columns and key.enforced
    )
