"""Enums, domains and composite types."""

from __future__ import annotations

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.effects import Effects, LockMode, Loss
from dbtools.model.expression import Name
from dbtools.model.lengths import LONGEST
from dbtools.model.objects import Table
from dbtools.model.predict import dependents
from dbtools.model.predict.relations import AE, locks, row_type_users, stored, views_reading
from dbtools.model.predict.session import NAMED_NOT_NULL_SINCE, Session
from dbtools.model.schema import Schema


def users(name: Name, schema: Schema) -> tuple[Table, ...]:
    """The tables with a column of the type, or of an array of it."""
    return row_type_users(name, schema)


def above(name: Name, schema: Schema) -> tuple[Name, ...]:
    """The type, with every domain that is made of it."""
    found = [name]
    for each in found:
        found.extend(domain.name for domain in schema.domains.values() if domain.base.name == each)
    return tuple(dict.fromkeys(found))


def create_enum(operation: op.CreateEnum) -> Effects:
    """CREATE TYPE ... AS ENUM touches no table."""
    return Effects(fails=sqlstate.INVALID_NAME if any(map(_is_too_long, operation.enum.labels)) else None)


def alter_enum(operation: op.AddEnumValue | op.RenameEnumValue, schema: Schema) -> Effects:
    """ADD VALUE and RENAME VALUE take no lock on any table."""
    label = operation.label if isinstance(operation, op.AddEnumValue) else operation.to
    if _is_too_long(label):
        return Effects(fails=sqlstate.INVALID_NAME)
    return Effects(uncertain="" if operation.name in schema.enums else f"{operation.name} is not known")


def _is_too_long(label: str) -> bool:
    """A label is not cut as names are, but refused."""
    return len(label.encode()) > LONGEST


def add_domain_check(operation: op.AddDomainCheck, schema: Schema) -> Effects:
    """ALTER DOMAIN ADD CHECK reads every table that uses the domain, and blocks writes to it; NOT VALID does not."""
    return _checked(operation.name, schema) if operation.check.validated else Effects()


def _checked(name: Name, schema: Schema) -> Effects:
    """Every table with a column of the domain is read; inside an array or a row its values cannot be."""
    effects = Effects()
    for each in above(name, schema):
        for table in users(each, schema):
            if any(column.type.name == each and column.type.dimensions for column in table.columns):
                effects |= Effects(fails=sqlstate.FEATURE_NOT_SUPPORTED)
            effects |= Effects(locks((table,), LockMode.SHARE), scans=stored((table,)))
    return effects


def alter_domain(operation: op.AlterDomain, schema: Schema, session: Session) -> Effects:
    """NOT NULL and VALIDATE read every table that uses the domain; the rest touches none."""
    domain = schema.domains.get(operation.name)
    if domain is None:
        return Effects() if schema.complete else Effects(uncertain=f"{operation.name} is not known")
    match operation.action:
        case "not null":
            return _checked(operation.name, schema) if domain.nullable else Effects()
        case "validate" | "drop constraint":
            named = [check for check in domain.checks if check.name == operation.value]
            if not named:
                unnamed = not domain.nullable and session.version >= NAMED_NOT_NULL_SINCE
                if unnamed:
                    return Effects(uncertain="the name of its NOT NULL is not kept")
                return Effects(fails=None if operation.if_exists else sqlstate.UNDEFINED_OBJECT)
            if operation.action == "validate":
                return _checked(operation.name, schema)
    return Effects()


def alter_composite(operation: op.AlterOpaque, schema: Schema) -> Effects:
    """ALTER TYPE of a composite type: with CASCADE, tables of the type change with it."""
    typed = tuple(table for table in schema.typed(operation.name) if table.of == operation.name)
    held = users(operation.name, schema)
    if operation.to:
        return Effects()
    effects = Effects(fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST if typed and not operation.cascade else None)
    if held and operation.retypes:
        effects |= Effects(fails=sqlstate.FEATURE_NOT_SUPPORTED)
    return effects | Effects(locks(typed, AE))


def drop(operation: op.DropType, schema: Schema) -> Effects:
    """DROP TYPE CASCADE drops every column of the type, and every table of it."""
    names = above(operation.name, schema)
    tables = tuple(table for name in names for table in users(name, schema))
    typed = tuple(table for name in names for table in schema.typed(name) if table.of == name)
    lost = frozenset(
        Loss(table.name, column.name) for table in tables for column in table.columns if column.type.name in names
    )
    if operation.name in schema.tables or operation.name in schema.views:
        return Effects(fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)  # it goes with its table
    called = any(True for name in names for _ in dependents.of_type(name, schema))
    if (tables or typed or called or len(names) > 1) and not operation.cascade:
        return Effects(fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)
    read = [
        view
        for table, column in ((each.table, each.column) for each in lost)
        for view in views_reading(table, column, schema)
    ]
    views = {view.name: AE for view in dependents.above(read, schema)}
    return Effects(locks((*tables, *typed), AE) | views, loses=lost | {Loss(table.name) for table in typed})
