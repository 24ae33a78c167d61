"""Enums and domains."""

from __future__ import annotations

from operator import attrgetter

from dbtools.model import operation as op
from dbtools.model.effects import Effects, LockMode, Loss
from dbtools.model.expression import Name
from dbtools.model.objects import Table
from dbtools.model.predict.relations import AE, DEPENDENT_OBJECTS, UNDEFINED_OBJECT, locks, stored
from dbtools.model.schema import Schema

DUPLICATE_OBJECT, UNDEFINED_LABEL = "42710", "22023"


def users(name: Name, schema: Schema) -> tuple[Table, ...]:
    """The tables with a column of the type."""
    found = (table for table in schema.typed(name) if any(column.type.name == name for column in table.columns))
    return tuple(sorted(found, key=attrgetter("name")))


def alter_enum(operation: op.AddEnumValue | op.RenameEnumValue, schema: Schema) -> Effects:
    """ADD VALUE and RENAME VALUE take no lock on any table."""
    enum = schema.enums.get(operation.name)
    if enum is None:
        sure = schema.complete and not schema.uncertain_all
        return Effects(fails=UNDEFINED_OBJECT) if sure else Effects(uncertain=f"{operation.name} is not known")
    if isinstance(operation, op.AddEnumValue):
        again = operation.label in enum.labels and not operation.if_not_exists
        return Effects(fails=DUPLICATE_OBJECT if again else None)
    return Effects(fails=None if operation.label in enum.labels else UNDEFINED_LABEL)


def add_domain_check(operation: op.AddDomainCheck, schema: Schema) -> Effects:
    """ALTER DOMAIN ADD CHECK reads every table that uses the domain, and blocks writes to it; NOT VALID does not."""
    if not operation.check.validated:
        return Effects()
    tables = users(operation.name, schema)
    return Effects(locks(tables, LockMode.SHARE), scans=stored(tables))


def alter_domain(operation: op.AlterDomain, schema: Schema) -> Effects:
    """NOT NULL and VALIDATE read every table that uses the domain; the rest touches none."""
    if operation.action not in {"not null", "validate"}:
        return Effects()
    tables = users(operation.name, schema)
    unsure = "the lock that validating a domain takes was not measured" if tables else ""
    return Effects(locks(tables, LockMode.SHARE), scans=stored(tables), uncertain=unsure)


def drop(operation: op.DropType, schema: Schema) -> Effects:
    """DROP TYPE CASCADE drops every column of the type."""
    tables = users(operation.name, schema)
    lost = frozenset(
        Loss(table.name, column.name)
        for table in tables
        for column in table.columns
        if column.type.name == operation.name
    )
    if tables and not operation.cascade:
        return Effects(fails=DEPENDENT_OBJECTS)
    return Effects(locks(tables, AE), loses=lost)
