"""Foreign keys: what a new one locks and reads on both sides, and what makes it impossible."""

from __future__ import annotations

from dbtools.model import sqlstate
from dbtools.model.effects import Effects, LockMode
from dbtools.model.objects import ForeignKey, Table, Unique
from dbtools.model.predict.references import fits
from dbtools.model.predict.relations import branch, family, locks, stored
from dbtools.model.predict.session import VIRTUAL_SINCE, Session
from dbtools.model.predict.undefined import missing
from dbtools.model.schema import Schema

SRE = LockMode.SHARE_ROW_EXCLUSIVE


def target(key: ForeignKey, table: Table, schema: Schema, session: Session) -> Effects:
    """The lock on the table that a new foreign key points at, and what makes the key impossible."""
    if not key.enforced and session.version < VIRTUAL_SINCE:
        return Effects(fails=sqlstate.SYNTAX_ERROR)
    there = table if key.target == table.name else schema.table(key.target)
    if there is None:
        if key.target in schema.views:
            return Effects(fails=sqlstate.WRONG_OBJECT_TYPE)
        return missing(key.target, schema, SRE)
    taken = Effects({} if there is table else locks(branch(key.target, schema), SRE))
    if not schema.is_certain(key.target) or not schema.is_certain(table.name):
        return taken
    return taken | Effects(fails=_impossible(key, table, there, schema))


def _impossible(key: ForeignKey, table: Table, there: Table, schema: Schema) -> str | None:
    """Why there can be no such foreign key, in the order in which the server asks."""
    if table.persistence == "permanent" != there.persistence:
        return sqlstate.INVALID_TABLE_DEFINITION
    if table.persistence == "unlogged" and there.persistence == "temporary":
        return sqlstate.INVALID_TABLE_DEFINITION
    if table.columns and any(table.column(name) is None for name in key.columns):
        return sqlstate.UNDEFINED_COLUMN
    if not key.target_columns and there.primary_key is None:
        return sqlstate.UNDEFINED_OBJECT
    wanted = key.target_columns or (there.primary_key.columns if there.primary_key else ())
    if any(there.column(name) is None for name in wanted):
        return sqlstate.UNDEFINED_COLUMN
    if len(wanted) != len(key.columns):
        return sqlstate.INVALID_FOREIGN_KEY
    owners = [found for found in there.constraints if isinstance(found, Unique) and set(found.columns) == set(wanted)]
    if not any(set(columns) == set(wanted) for columns in there.keys):
        return sqlstate.INVALID_FOREIGN_KEY
    if owners and all(found.deferrable for found in owners) and _has_one_key(there, wanted):
        return sqlstate.OBJECT_NOT_IN_PREREQUISITE_STATE
    pairs = ((table.column(one), there.column(two)) for one, two in zip(key.columns, wanted, strict=True))
    unfit = any(not fits(one.type, two.type, schema) for one, two in pairs if one and two)
    return sqlstate.DATATYPE_MISMATCH if unfit else None


def _has_one_key(table: Table, wanted: tuple[str, ...]) -> bool:
    return sum(set(columns) == set(wanted) for columns in table.keys) == 1


def add(key: ForeignKey, table: Table, schema: Schema, session: Session) -> Effects:
    """ADD FOREIGN KEY: SHARE ROW EXCLUSIVE on both sides; NOT VALID reads neither."""
    members = family(table.name, schema) if session.version >= VIRTUAL_SINCE else branch(table.name, schema)
    effects = Effects(locks(members, SRE)) | target(key, table, schema, session)
    if table.partition_by is not None and not key.validated and key.enforced and session.version < VIRTUAL_SINCE:
        return Effects(fails=sqlstate.WRONG_OBJECT_TYPE) | effects
    if not key.validated:
        return effects
    if table.name in session.empty:
        return effects | Effects(scans=stored(branch(table.name, schema)))
    return effects | looked_up(key, table, schema)


def looked_up(key: ForeignKey, table: Table, schema: Schema) -> Effects:
    """Both tables are read to check a foreign key; a partitioned one without partitions has no rows to check."""
    members = stored(branch(table.name, schema))
    there = stored(branch(key.target, schema)) if key.target in schema.tables else frozenset({key.target})
    return Effects(scans=members | there) if members else Effects()
