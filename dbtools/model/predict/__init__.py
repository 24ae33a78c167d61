"""Operation x Schema x Session -> Effects: what PostgreSQL 15 to 18 does, as measured, without a server.

Held against 15, 16 and 18: the rows of ``tests/data/postgres-effects.json``, variations of them, every statement of
``effects-statements.sql`` on tables of a hundred shapes, scripts of several statements, partitions to attach
(``make versions``). 17 was not measured: it is 16 with SET EXPRESSION, identity columns and EXCLUDE on partitioned
tables, labels of an enum made in the same transaction, and SET ACCESS METHOD on partitioned tables. Where the schema
does not decide, the effects say ``uncertain`` and why.

Not predicted, on purpose:

- what the rows decide: 23502 of values, 23503, 23505, 23514, values that do not fit; which partition a row goes to. The
  locks of INSERT, UPDATE and DELETE on partitions and on the other side of foreign keys are the most there can be;
- what a plan decides: scans by a condition, by INSERT ... SELECT, by a query that an index answers, and whether the
  other side of a new foreign key is scanned or looked up (said: scanned);
- locks on indexes, and on sequences that a statement about a column touches: they follow from those on the table;
- what the model does not keep: which columns a policy or rule of another table reads and whether an expression still
  has an operator once a column changes its type (both uncertain), rights and owners, what extensions bring, the
  database's tablespace (taken to be pg_default) and settings such as default_table_access_method;
- in doubly wrong statements, now and then, which mistake the server names first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.effects import Effects
from dbtools.model.objects import ForeignKey
from dbtools.model.predict import (
    columns,
    constraints,
    dependents,
    duplicates,
    indexes,
    labels,
    others,
    partitions,
    pending,
    retyping,
    rows,
    tables,
    types,
    undefined,
    views,
)
from dbtools.model.predict.session import Session
from dbtools.model.schema import Schema

__all__ = ["Session", "predict"]


def predict(operation: op.Operation, schema: Schema, session: Session) -> Effects:
    """The effects of *operation* on *schema* as it is before it, on relations that exist there.

    One that fails says too what it would do once it is mended. Of several reasons to fail, the first that the server
    comes across is told: names that are used, names that are given, and what is wrong with the rest.
    """
    used = undefined.refusal(operation, schema) | pending.refusal(operation, schema, session)
    effects = _effects(operation, schema, session)
    if effects.fails == sqlstate.ACTIVE_SQL_TRANSACTION and not used.fails:
        return effects
    if session.new_labels and not used.fails:
        early = labels.refusal(operation, schema, session)
        effects = replace(effects, fails=early.fails or effects.fails, uncertain=early.uncertain or effects.uncertain)
    given, fails = duplicates.refusal(operation, schema), used.fails
    if given and _is_given_last(operation, given):
        fails = fails or effects.fails or given
    elif given == sqlstate.DUPLICATE_COLUMN and isinstance(operation, op.AddColumn):
        fails = given
    else:
        fails = fails or given or effects.fails
    return replace(effects, fails=fails, uncertain="" if used.fails else used.uncertain or effects.uncertain)


def _is_given_last(operation: op.Operation, given: str) -> bool:
    """Whether the server asks if a name is free only when everything else is right."""
    match operation:
        case op.AddColumn():
            return given != sqlstate.DUPLICATE_COLUMN
        case op.AddConstraint(constraint=constraint):
            return not isinstance(constraint, ForeignKey)
    return isinstance(operation, op.CreateIndex | op.RenameColumn | op.RenameConstraint)


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
            return columns.set_default(operation, schema)
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
            return views.create(operation, schema)
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
        case op.CreateEnum():
            return types.create_enum(operation)
        case op.CreateDomain() | op.CreateSequence() | op.CreateNamespace() | op.CreateExtension():
            return Effects()
        case op.Transaction("savepoint" | "release" | "rollback to") if not session.in_transaction:
            return Effects(fails=sqlstate.NO_ACTIVE_SQL_TRANSACTION)
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
            return rows.changed(operation, schema)
        case op.Truncate():
            return rows.truncate(operation, schema)
        case op.LockTable():
            return others.lock(operation, schema, session)
        case op.Maintain():
            return others.maintain(operation, schema, session)
        case op.DropFunction():
            return others.drop_function(operation, schema)
        case op.DropExtension(name, cascade=cascade):
            held = any(dependents.of_extension(name, schema))
            if cascade:
                return Effects(uncertain="what depends on it is not followed")
            return Effects(fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST if held else None)
        case op.Other(statement):
            return others.other(statement, session)
        case op.Unknown(_, reason):
            return Effects(uncertain=reason)
        case _:
            assert_never(operation)
