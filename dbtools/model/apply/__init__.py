"""The schema after an operation, as the server would leave it.

Total and silent: what cannot be (an unknown table, a name that is taken) leaves the schema as it is. What the model
cannot follow marks relations uncertain. Dropping takes dependents along whether or not CASCADE was said: without it the
server would have refused, which ``predict`` tells, and ``DROP TABLE a, b`` arrives as two operations.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from typing import assert_never

from dbtools.model import operation as op
from dbtools.model.apply import columns, constraints, indexes, namespaces, others, relations, tables, types, views
from dbtools.model.schema import Schema

__all__ = ["apply", "apply_all"]


def apply_all(schema: Schema, operations: Iterable[op.Operation]) -> Schema:
    """*schema* after all *operations*, one after the other."""
    return reduce(apply, operations, schema)


def apply(schema: Schema, operation: op.Operation) -> Schema:  # noqa: PLR0915 - one line per kind of operation
    """*schema* after *operation*; the same schema where it changes nothing."""
    match operation:
        case op.CreateTable():
            return tables.create(schema, operation)
        case op.DropTable():
            return tables.drop(schema, operation.name)
        case op.RenameTable():
            return relations.moved(schema, operation.name, operation.name._replace(local=operation.to))
        case op.AlterTable():
            return tables.alter(schema, operation)
        case op.AttachPartition():
            return tables.attach(schema, operation)
        case op.DetachPartition():
            return tables.detach(schema, operation)
        case op.AddColumn():
            return columns.add(schema, operation)
        case op.DropColumn():
            return columns.drop(schema, operation)
        case op.RenameColumn():
            return columns.rename(schema, operation)
        case op.SetType():
            return columns.set_type(schema, operation)
        case op.SetNullable():
            return columns.set_nullable(schema, operation)
        case op.SetDefault():
            return columns.set_default(schema, operation)
        case op.SetIdentity():
            return columns.set_identity(schema, operation)
        case op.SetGenerated():
            return columns.set_generated(schema, operation)
        case op.AddConstraint():
            return constraints.add(schema, operation)
        case op.DropConstraint():
            return constraints.drop(schema, operation)
        case op.ValidateConstraint():
            return constraints.validate(schema, operation)
        case op.RenameConstraint():
            return constraints.rename(schema, operation)
        case op.AlterConstraint():
            return constraints.alter(schema, operation)
        case op.CreateIndex():
            return indexes.create(schema, operation)
        case op.DropIndex():
            return indexes.drop(schema, operation.name)
        case op.AlterIndex():
            return indexes.attach(schema, operation)
        case op.CreateEnum():
            return types.create_enum(schema, operation.enum)
        case op.AddEnumValue():
            return types.add_value(schema, operation)
        case op.RenameEnumValue():
            return types.rename_value(schema, operation)
        case op.CreateDomain():
            return types.create_domain(schema, operation.domain)
        case op.AddDomainCheck():
            return types.add_domain_check(schema, operation)
        case op.AlterDomain():
            return types.alter_domain(schema, operation)
        case op.DropType():
            return types.drop(schema, operation.name)
        case op.CreateView():
            return views.create(schema, operation)
        case op.DropView():
            return views.drop(schema, operation.name, operation.along)
        case op.CreateSequence():
            return others.create_sequence(schema, operation.sequence)
        case op.AlterSequence():
            return others.own_sequence(schema, operation)
        case op.DropSequence():
            return others.drop_sequence(schema, operation.name)
        case op.CreateFunction():
            return others.create_function(schema, operation)
        case op.DropFunction():
            return others.drop_function(schema, operation)
        case op.CreateOpaque():
            return others.create_opaque(schema, operation)
        case op.AlterOpaque():
            return others.alter_opaque(schema, operation)
        case op.DropOpaque():
            return others.drop_opaque(schema, operation)
        case op.Rename():
            return namespaces.move(schema, operation.kind, operation.name, operation.name._replace(local=operation.to))
        case op.SetNamespace():
            to = operation.name._replace(namespace=operation.to)
            return namespaces.move(schema, operation.kind, operation.name, to)
        case op.CreateNamespace():
            return replace(schema, namespaces=schema.namespaces.having(operation.name))
        case op.RenameNamespace():
            return namespaces.rename(schema, operation)
        case op.DropNamespace():
            return namespaces.drop(schema, operation.name)
        case op.CreateExtension():
            return replace(schema, extensions=schema.extensions.having(operation.name))
        case op.DropExtension():
            return replace(schema, extensions=schema.extensions.without(operation.name))
        case op.Comment():
            return others.comment(schema, operation)
        case op.Unknown():
            if operation.touches is None:
                return replace(schema, uncertain_all=True)
            return schema.doubting(*operation.touches)
        case (
            op.AlterColumn() | op.Reindex() | op.RefreshView() | op.Grant() | op.Insert() | op.Update() | op.Delete()
            | op.Truncate() | op.Select() | op.LockTable() | op.Maintain() | op.SetParameter() | op.Transaction()
            | op.Other()
        ):  # fmt: skip
            return schema
        case _:
            assert_never(operation)
