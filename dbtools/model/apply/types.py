"""Enums and domains created, altered, renamed, dropped; columns follow their type."""

from __future__ import annotations

from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.apply import tables
from dbtools.model.apply.columns import dropped
from dbtools.model.apply.relations import doubted
from dbtools.model.expression import Name, Type
from dbtools.model.limits import MOST_LABELS
from dbtools.model.naming import domain_check_name
from dbtools.model.objects import Check, Columns, Domain, Enum, Table
from dbtools.model.schema import Schema, added, removed


def create_enum(schema: Schema, enum: Enum) -> Schema:
    """The enum is there, unless its name is taken."""
    if is_type(schema, enum.name):
        return schema
    return replace(schema, enums=added(schema.enums, enum.name, enum))


def is_type(schema: Schema, name: Name) -> bool:
    """Whether an enum or domain is called *name*."""
    return name in schema.enums or name in schema.domains


def add_value(schema: Schema, operation: op.AddEnumValue) -> Schema:
    """The label is there: beside the one that was named, else last."""
    enum = schema.enums.get(operation.name)
    if enum is None or len(enum.labels) >= MOST_LABELS or operation.label in enum.labels:
        return schema
    if operation.beside and operation.beside not in enum.labels:
        return schema
    place = len(enum.labels)
    if operation.beside:
        place = enum.labels.index(operation.beside) + (not operation.before)
    labels = (*enum.labels[:place], operation.label, *enum.labels[place:])
    return _with_enum(schema, replace(enum, labels=labels))


def rename_value(schema: Schema, operation: op.RenameEnumValue) -> Schema:
    """The label has another spelling, at the same place; defaults and checks that say it are in doubt."""
    enum = schema.enums.get(operation.name)
    if enum is None or operation.label not in enum.labels or operation.to in enum.labels:
        return schema
    labels = tuple(operation.to if label == operation.label else label for label in enum.labels)
    users = [table.name for table in schema.typed(enum.name) if _mentions(table, operation.label)]
    return doubted(_with_enum(schema, replace(enum, labels=labels)), *users)


def _mentions(table: Table, label: str) -> bool:
    """Whether an expression of *table* may say *label*, alone or within an array's text."""
    said = [column.default for column in table.columns]
    said += [column.generated.expression for column in table.columns if column.generated]
    said += [check.expression for check in table.checks]
    said += [each for index in table.indexes for each in (index.where, *(key.expression for key in index.keys))]
    spelled = label.replace("'", "''")
    return any(spelled in each.text or spelled in each.meaning for each in said if each is not None)


def _with_enum(schema: Schema, enum: Enum) -> Schema:
    return replace(schema, enums=added(schema.enums, enum.name, enum))


def create_domain(schema: Schema, domain: Domain) -> Schema:
    """The domain is there, its checks named, unless its name is taken."""
    if is_type(schema, domain.name):
        return schema
    bare = replace(domain, checks=())
    for check in domain.checks:
        bare = _with_check(bare, check)
    return _with_domain(schema, bare)


def add_domain_check(schema: Schema, operation: op.AddDomainCheck) -> Schema:
    """The domain has one check more."""
    domain = schema.domains.get(operation.name)
    return schema if domain is None else _with_domain(schema, _with_check(domain, operation.check))


def _with_check(domain: Domain, check: Check) -> Domain:
    taken = {own.name for own in domain.checks}
    if not check.name:
        check = replace(check, name=domain_check_name(domain.name, taken))
    if check.name in taken:
        return domain
    return _with_checks(domain, (*domain.checks, check))


def _with_checks(domain: Domain, checks: tuple[Check, ...]) -> Domain:
    return replace(domain, checks=tuple(sorted(checks, key=lambda check: check.name)))


def alter_domain(schema: Schema, operation: op.AlterDomain) -> Schema:
    """The domain is as said."""
    domain = schema.domains.get(operation.name)
    if domain is None:
        return schema
    match operation.action:
        case "validate":
            checks = (
                replace(check, validated=True) if check.name == operation.value else check for check in domain.checks
            )
            domain = replace(domain, checks=tuple(checks))
        case "drop constraint":
            domain = replace(domain, checks=tuple(each for each in domain.checks if each.name != operation.value))
        case "not null" | "nullable":
            domain = replace(domain, nullable=operation.action == "nullable")
        case "default":
            domain = replace(domain, default=operation.default)
    return _with_domain(schema, domain)


def _with_domain(schema: Schema, domain: Domain) -> Schema:
    return replace(schema, domains=added(schema.domains, domain.name, domain))


def drop(schema: Schema, name: Name) -> Schema:
    """The type is gone, and every column and domain of that type."""
    if not is_type(schema, name):
        kept = {key: opaque for key, opaque in schema.opaques.items() if key != ("type", name, None)}
        if len(kept) == len(schema.opaques):
            return schema
        schema = replace(schema, opaques=kept)
    schema = replace(schema, enums=removed(schema.enums, name), domains=removed(schema.domains, name))
    for domain in tuple(schema.domains.values()):
        if domain.base.name == name:
            schema = drop(schema, domain.name)
    for table in tuple(schema.typed(name)):
        if table.of == name:
            schema = tables.drop(schema, table.name)
    for table in tuple(schema.typed(name)):
        for column in table.columns:
            if column.type.name == name and table.name in schema.tables:
                schema = dropped(schema, schema.tables[table.name], column.name, cascade=True)
    return schema


def moved(schema: Schema, old: Name, new: Name) -> Schema:
    """*schema* where the type called *old* is called *new*, for columns and domains too."""
    opaque = schema.opaques.get(("type", old, None))
    if is_type(schema, new) or not (is_type(schema, old) or opaque):
        return schema
    if opaque is not None:
        kept = removed(schema.opaques, ("type", old, None))
        schema = replace(schema, opaques=added(kept, ("type", new, None), replace(opaque, name=new)))
    enums = schema.enums
    if old in enums:
        enums = added(removed(enums, old), new, replace(enums[old], name=new))
    domains = {
        _now(name, old, new): replace(domain, name=_now(name, old, new), base=_type_now(domain.base, old, new))
        for name, domain in schema.domains.items()
    }
    tables = schema.tables
    for table in schema.typed(old):
        tables = added(tables, table.name, _followed(table, old, new))
    return replace(schema, enums=enums, domains=domains, tables=tables)


def _now(name: Name, old: Name, new: Name) -> Name:
    return new if name == old else name


def _type_now(kind: Type, old: Name, new: Name) -> Type:
    return kind._replace(base=new.local, namespace=new.namespace) if kind.name == old else kind


def _followed(table: Table, old: Name, new: Name) -> Table:
    if not any(column.type.base == old.local and column.type.namespace == old.namespace for column in table.columns):
        return table
    columns = (replace(column, type=_type_now(column.type, old, new)) for column in table.columns)
    return replace(table, columns=Columns(columns))
