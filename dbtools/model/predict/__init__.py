"""Operation x Schema x Session -> Effects: what PostgreSQL 15 to 18 does, as measured, without a server.

The rows of ``tests/data/postgres-effects.json`` and variations of them are what this must reproduce; 17 was
not measured and is taken as 16 with its documented additions (``SET EXPRESSION``). Where the schema does not
decide, the effects say ``uncertain`` and why.

Not predicted, on purpose: locks on indexes and on the sequences that columns own, which follow from those on
their table; what a query's plan decides (scans of the tables that INSERT ... SELECT, or an UPDATE with a
condition, reads).
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from dbtools.model import operation as op
from dbtools.model.effects import Effects
from dbtools.model.predict import (
    columns,
    constraints,
    indexes,
    others,
    partitions,
    pending,
    refusals,
    retyping,
    rows,
    tables,
    types,
    views,
)
from dbtools.model.predict.session import Session
from dbtools.model.schema import Schema

__all__ = ["Session", "predict"]


def predict(operation: op.Operation, schema: Schema, session: Session) -> Effects:
    """The effects of *operation* on *schema* as it is before it, on relations that exist there.

    One that fails says too what it would do once it is mended.
    """
    refused = refusals.refused(operation, schema) | pending.refused(operation, schema, session)
    effects = _effects(operation, schema, session)
    return replace(effects, fails=refused.fails, uncertain="") if refused.fails else refused | effects


def _effects(operation: op.Operation, schema: Schema, session: Session) -> Effects:
    match operation:
        case op.CreateTable():
            return tables.create(operation, schema, session)
        case op.DropTable():
            return tables.drop(operation, schema)
        case op.RenameTable():
            return tables.rename(operation, schema)
        case op.SetNamespace():
            return tables.move(operation, schema)
        case op.AlterTable():
            return tables.alter(operation, schema, session)
        case op.AttachPartition():
            return partitions.attach(operation, schema, session)
        case op.DetachPartition():
            return partitions.detach(operation, schema, session)
        case op.AddColumn():
            return columns.add(operation, schema, session)
        case op.DropColumn():
            return columns.drop(operation, schema)
        case op.SetType():
            return retyping.set_type(operation, schema)
        case op.SetNullable():
            return columns.set_nullable(operation, schema, session)
        case op.SetGenerated():
            return columns.set_generated(operation, schema, session)
        case op.SetDefault():
            return columns.set_default(operation, schema, session)
        case op.RenameColumn():
            return columns.rename(operation, schema)
        case op.SetIdentity():
            return columns.set_identity(operation, schema, session)
        case op.AlterColumn():
            return columns.alter(operation, schema)
        case op.AddConstraint():
            return constraints.add(operation, schema, session)
        case op.DropConstraint():
            return constraints.drop(operation, schema, session)
        case op.ValidateConstraint():
            return constraints.validate(operation, schema)
        case op.RenameConstraint() | op.AlterConstraint():
            return constraints.brief(operation, schema)
        case op.CreateIndex():
            return indexes.create(operation, schema, session)
        case op.DropIndex():
            return indexes.drop(operation, schema, session)
        case op.Reindex():
            return indexes.reindex(operation, schema, session)
        case op.AlterIndex():
            return indexes.alter(operation, schema)
        case op.CreateView():
            return views.create(operation, schema, session)
        case op.DropView():
            return views.drop(operation, schema)
        case op.RefreshView():
            return views.refresh(operation, schema)
        case op.AddDomainCheck():
            return types.add_domain_check(operation, schema)
        case op.AlterDomain():
            return types.alter_domain(operation, schema, session)
        case op.DropType():
            return types.drop(operation, schema)
        case op.AddEnumValue() | op.RenameEnumValue():
            return types.alter_enum(operation, schema)
        case op.CreateEnum() | op.CreateDomain() | op.CreateSequence() | op.CreateNamespace() | op.CreateExtension():
            return Effects()
        case op.SetParameter() | op.Transaction() | op.RenameNamespace():
            return Effects()
        case _:
            return _others(operation, schema, session)


def _others(operation: others.OtherOperation, schema: Schema, session: Session) -> Effects:
    match operation:
        case op.AlterSequence() | op.DropSequence():
            return others.sequence(operation, schema)
        case op.CreateFunction():
            return others.create_function(operation, schema)
        case op.CreateOpaque() | op.AlterOpaque() | op.DropOpaque():
            return others.opaque(operation, schema)
        case op.Rename():
            return others.rename(operation, schema)
        case op.DropNamespace():
            return others.drop_namespace(operation, schema)
        case op.Comment():
            return others.comment(operation, schema)
        case op.Grant():
            return others.grant(operation, schema, session)
        case op.Insert() | op.Update() | op.Delete() | op.Select():
            return rows.changed(operation, schema, session)
        case op.Truncate():
            return rows.truncate(operation, schema)
        case op.LockTable():
            return others.lock(operation, schema)
        case op.Maintain():
            return others.maintain(operation, schema, session)
        case op.DropFunction():
            return others.drop_function(operation, schema)
        case op.DropExtension():
            return Effects(uncertain="what depends on it is not followed") if operation.cascade else Effects()
        case op.Other(statement):
            return others.other(statement, session)
        case op.Unknown(_, reason):
            return Effects(uncertain=reason)
        case _:
            assert_never(operation)
