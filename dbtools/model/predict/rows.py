"""Rows inserted, updated, deleted, read, and tables emptied."""

from __future__ import annotations

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.effects import Effects, LockMode, Loss, overall, strongest
from dbtools.model.expression import Name
from dbtools.model.objects import Table
from dbtools.model.predict.relations import AE, branch, family, index_names, locks, reading, referencing, stored
from dbtools.model.predict.undefined import missing
from dbtools.model.schema import Schema

AS, RS, RE = LockMode.ACCESS_SHARE, LockMode.ROW_SHARE, LockMode.ROW_EXCLUSIVE


def changed(operation: op.Insert | op.Update | op.Delete | op.Select, schema: Schema) -> Effects:
    """Rows: ROW EXCLUSIVE on what is written. Without a condition the whole table is read; else the plan decides."""
    read = reading(operation.reads, schema, AS)
    if isinstance(operation, op.Select):
        sequences = {name: RE for name in operation.setval if name in schema.sequences}
        rows = {name: RS for name in read if operation.locks}
        return Effects(strongest((read, rows, sequences)))
    table = schema.table(operation.table)
    if table is None:
        return missing(operation.table, schema, RE) | Effects(read)
    members = branch(table.name, schema) if isinstance(operation, op.Insert) else family(table.name, schema)
    effects = Effects(strongest((_keys(operation, schema), read, locks(members, RE), _above(table))))
    if isinstance(operation, op.Insert) or (operation.where is not None and operation.where.constant is not True):
        return effects
    lost = frozenset({Loss(operation.table)}) if isinstance(operation, op.Delete) else frozenset[Loss]()
    return effects | Effects(scans=stored(members), loses=lost)


def _above(table: Table) -> dict[Name, LockMode]:
    """To check the bound of a partition, its parent is looked at."""
    return {table.partition_of.parent: AS} if table.partition_of is not None else {}


def _keys(operation: op.Insert | op.Update | op.Delete, schema: Schema) -> dict[Name, LockMode]:
    """The other sides of foreign keys: rows there are looked up, or follow by the key's action.

    At most: nulls are not looked up, and without a row to follow nothing does.
    """
    table = schema.tables[operation.table]
    if isinstance(operation, op.Insert):
        targets = (key.target for key in table.foreign_keys if key.enforced)
        return {each.name: RS for name in targets for each in branch(name, schema)}
    written = frozenset(() if isinstance(operation, op.Delete) else operation.columns)
    taken = _followed(table.name, written, schema, deleted=isinstance(operation, op.Delete))
    own = (key.target for key in table.foreign_keys if key.enforced and written & set(key.columns))
    return strongest(({each.name: RS for name in own for each in branch(name, schema)}, taken))


def _followed(name: Name, written: frozenset[str], schema: Schema, *, deleted: bool) -> dict[Name, LockMode]:
    """What refers to the rows, and what refers to that where the key's action goes on."""
    taken: dict[Name, LockMode] = {}
    pending, seen = [(name, written, deleted)], set[tuple[Name, bool]]()
    while pending:
        target, columns, gone = pending.pop()
        if (target, gone) in seen:
            continue
        seen.add((target, gone))
        for other, key in referencing(target, schema):
            action = key.on_delete if gone else key.on_update
            if not key.enforced or not (gone or columns & set(key.target_columns)):
                continue
            follows = action not in {"NO ACTION", "RESTRICT"}
            members = locks(branch(other.name, schema), RE if follows else RS)
            taken = strongest((taken, members))
            if follows:
                pending.append((other.name, frozenset(key.columns), gone and action == "CASCADE"))
    return taken


def truncate(operation: op.Truncate, schema: Schema) -> Effects:
    """TRUNCATE empties by new files; tables that refer to it must go along."""
    effects: list[Effects] = []
    pending, done = list(operation.tables), set[Name]()
    named = {each.name for name in operation.tables for each in family(name, schema)}
    for name in pending:  # grows with CASCADE
        table = schema.table(name)
        if name in done:
            continue
        if table is None:
            done.add(name)
            effects.append(missing(name, schema, AE))
            continue
        members = (table,) if name in operation.only else family(name, schema)
        if name in operation.only and table.partition_by is not None:
            return overall([*effects, Effects({name: AE}, fails=sqlstate.WRONG_OBJECT_TYPE)])
        done |= {member.name for member in members}
        effects.append(_emptied(members))
        pairs = [pair for member in members for pair in referencing(member.name, schema)]
        apart = [(other, key) for other, key in pairs if other.name not in done and other.name not in named]
        others = [other.name for other, _ in apart]
        if any(key.enforced for _, key in apart) and not operation.cascade:
            return overall([*effects, Effects(fails=sqlstate.FEATURE_NOT_SUPPORTED)])
        pending.extend(others if operation.cascade else ())
    return overall(effects)


def _emptied(members: tuple[Table, ...]) -> Effects:
    heaps = stored(members)
    builds = frozenset(name for table in members for name in index_names(table))
    indexed = frozenset(table.name for table in members if index_names(table))
    return Effects(locks(members, AE), heaps, indexed, builds, frozenset(Loss(name) for name in heaps))
