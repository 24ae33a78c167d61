"""Functions, triggers, policies, comments, rows, maintenance: what is no table, column, constraint or index."""

from __future__ import annotations

from dbtools.model import operation as op
from dbtools.model.effects import Effects, LockMode, Loss, overall
from dbtools.model.expression import Name
from dbtools.model.objects import Table
from dbtools.model.predict.relations import (
    ACTIVE_TRANSACTION,
    AE,
    DEPENDENT_OBJECTS,
    FEATURE_NOT_SUPPORTED,
    assumed,
    family,
    index_names,
    locks,
    missing,
    rewrite,
    stored,
)
from dbtools.model.predict.session import VIRTUAL_SINCE, Session
from dbtools.model.schema import Schema

AS, RS, RE = LockMode.ACCESS_SHARE, LockMode.ROW_SHARE, LockMode.ROW_EXCLUSIVE
SRE, SUE = LockMode.SHARE_ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE
CHANGED_RETURN_TYPE = "42P13"
CREATE_LOCKS = {"trigger": SRE, "policy": AE, "rule": AE, "statistics": SUE, "publication": SUE}
ALTER_LOCKS = {"trigger": AE, "policy": AE, "rule": AE, "view": AE}
DROP_LOCKS = {"trigger": AE, "policy": AE, "rule": AE, "statistics": SUE}
COMMITTING_BLOCK, TERMINATION = "do stmt that commits", "2D000"
AUTOCOMMIT = frozenset({
    "createdb stmt", "dropdb stmt", "create table space stmt", "drop table space stmt", "alter system stmt",
    COMMITTING_BLOCK,
})  # fmt: skip

OtherOperation = (
    op.AlterSequence | op.DropSequence | op.CreateFunction | op.DropFunction | op.CreateOpaque | op.AlterOpaque
    | op.DropOpaque | op.Rename | op.DropNamespace | op.DropExtension | op.Comment | op.Grant | op.Insert | op.Update
    | op.Delete | op.Select | op.Truncate | op.LockTable | op.Maintain | op.Other | op.Unknown
)  # fmt: skip


def sequence(operation: op.AlterSequence | op.DropSequence, schema: Schema) -> Effects:
    """ALTER SEQUENCE blocks nextval() for a moment; a sequence that a default calls cannot be dropped."""
    if operation.name not in schema.sequences:
        return Effects()
    if isinstance(operation, op.AlterSequence):
        return Effects({operation.name: SRE})
    quoted = f"'{operation.name.local}'"
    called = any(
        column.default is not None
        and "nextval(" in column.default.text
        and quoted in column.default.text.replace('"', "")
        for table in schema.tables.values()
        for column in table.columns
    )
    return Effects({operation.name: AE}, fails=DEPENDENT_OBJECTS if called and not operation.cascade else None)


def create_function(operation: op.CreateFunction, schema: Schema) -> Effects:
    """CREATE OR REPLACE FUNCTION cannot change what is returned."""
    new = operation.function
    old = schema.functions.get((new.name, new.arguments))
    changed = old is not None and old.returns != new.returns and operation.replace
    return Effects(fails=CHANGED_RETURN_TYPE if changed else None)


def opaque(operation: op.CreateOpaque | op.AlterOpaque | op.DropOpaque, schema: Schema) -> Effects:
    """Triggers, policies, rules, statistics, publications: the lock on their table."""
    match operation:
        case op.CreateOpaque(made):
            return _on(made.table, CREATE_LOCKS.get(made.kind), schema)
        case op.AlterOpaque("type cascade", name):
            typed = [table.name for table in schema.tables.values() if name.local in ("", table.name.local)]
            return Effects(uncertain="tables of a composite type are not followed" if typed or schema.tables else "")
        case op.AlterOpaque("view", name):
            return Effects({name: AE})
        case op.AlterOpaque():
            return _on(operation.table, ALTER_LOCKS.get(operation.kind), schema)
        case op.DropOpaque():
            return _on(operation.table or _table_of(operation, schema), DROP_LOCKS.get(operation.kind), schema)


def _table_of(operation: op.DropOpaque, schema: Schema) -> Name | None:
    found = (
        each.table for each in schema.opaques.values() if (each.kind, each.name) == (operation.kind, operation.name)
    )
    return next(found, None)


def _on(table: Name | None, mode: LockMode | None, schema: Schema) -> Effects:
    if table is None or mode is None:
        return Effects()
    return Effects({table: mode}) if table in schema.tables or table in schema.views else missing(table, schema, mode)


def rename(operation: op.Rename, schema: Schema) -> Effects:
    """Renaming an index or a type locks no table; a view or sequence locks itself."""
    own = operation.name in schema.views or operation.name in schema.sequences
    return Effects({operation.name: AE} if own else {})


def drop_namespace(operation: op.DropNamespace, schema: Schema) -> Effects:
    """DROP SCHEMA CASCADE drops everything in it."""
    tables = [table for table in schema.in_order() if table.name.namespace == operation.name]
    views = [name for name in schema.views if name.namespace == operation.name]
    types = [name for name in (*schema.enums, *schema.domains) if name.namespace == operation.name]
    lost = frozenset(Loss(table.name) for table in tables)
    if (tables or views or types) and not operation.cascade:
        return Effects(fails=DEPENDENT_OBJECTS)
    targets = {key.target: AE for table in tables for key in table.foreign_keys}
    return Effects(targets | locks(tables, AE) | dict.fromkeys(views, AE), loses=lost)


def comment(operation: op.Comment, schema: Schema) -> Effects:
    """COMMENT ON a table or column lets reads and writes through."""
    return _on(operation.name, SUE, schema) if operation.kind in {"table", "column"} else Effects()


def grant(operation: op.Grant, schema: Schema, session: Session) -> Effects:
    """GRANT takes no table lock before 18."""
    if session.version < VIRTUAL_SINCE:
        return Effects()
    return Effects({name: AS for name in operation.tables if name in schema.tables})


def rows(operation: op.Insert | op.Update | op.Delete | op.Select, schema: Schema) -> Effects:
    """Rows: ROW EXCLUSIVE on what is written. Without a condition the whole table is read; else the plan decides."""
    read = {name: AS for name in operation.reads if name in schema.tables or name in schema.views}
    if isinstance(operation, op.Select):
        sequences = {name: RE for name in operation.setval if name in schema.sequences}
        return Effects((dict.fromkeys(read, RS) if operation.locks else read) | sequences)
    members = () if isinstance(operation, op.Insert) else family(operation.table, schema)
    if operation.table not in schema.tables:
        return missing(operation.table, schema, RE) | Effects(read)
    effects = Effects(_keys(operation, schema) | read | {operation.table: RE} | locks(members, RE))
    if isinstance(operation, op.Insert) or (operation.where is not None and operation.where.constant is not True):
        return effects
    lost = frozenset({Loss(operation.table)}) if isinstance(operation, op.Delete) else frozenset()
    return effects | Effects(scans=stored(members), loses=lost)


def _keys(operation: op.Insert | op.Update | op.Delete, schema: Schema) -> dict[Name, LockMode]:
    """The other sides of foreign keys: rows there are looked up, or follow by the key's action."""
    taken: dict[Name, LockMode] = {}
    written = () if isinstance(operation, op.Delete) else operation.columns
    if isinstance(operation, op.Insert):
        taken |= {key.target: RS for key in schema.tables[operation.table].foreign_keys if key.enforced}
        return taken
    for other, key in schema.referencing(operation.table):
        action = key.on_delete if isinstance(operation, op.Delete) else key.on_update
        if key.enforced and (isinstance(operation, op.Delete) or set(written) & set(key.target_columns)):
            taken[other.name] = RS if action in {"NO ACTION", "RESTRICT"} else RE
    own = schema.tables[operation.table].foreign_keys if written else ()
    return {key.target: RS for key in own if key.enforced and set(written) & set(key.columns)} | taken


def truncate(operation: op.Truncate, schema: Schema) -> Effects:
    """TRUNCATE empties by new files; tables that refer to it must go along."""
    effects: list[Effects] = []
    pending, done, listed = list(operation.tables), set[Name](), frozenset(operation.tables)
    for name in pending:  # grows with CASCADE
        if name in done:
            continue
        done.add(name)
        members = family(name, schema)
        if not members:
            effects.append(missing(name, schema, AE))
            continue
        effects.append(_emptied(members))
        referencing = (other.name for other, _ in schema.referencing(name))
        others = [other for other in referencing if other not in done and other not in listed]
        if others and not operation.cascade:
            return overall([*effects, Effects(fails=FEATURE_NOT_SUPPORTED)])
        pending.extend(others)
    return overall(effects)


def _emptied(members: tuple[Table, ...]) -> Effects:
    heaps = stored(members)
    builds = frozenset(name for table in members for name in index_names(table))
    indexed = frozenset(table.name for table in members if table.name in heaps and index_names(table))
    return Effects(locks(members, AE), heaps, indexed, builds, frozenset(Loss(name) for name in heaps))


def lock(operation: op.LockTable, schema: Schema) -> Effects:
    """LOCK TABLE."""
    families = ((name, family(name, schema)) for name in operation.tables)
    return overall(
        Effects(locks(members, operation.mode)) if members else missing(name, schema, operation.mode)
        for name, members in families
    )


def maintain(operation: op.Maintain, schema: Schema, session: Session) -> Effects:
    """VACUUM FULL and CLUSTER write the table anew; VACUUM and ANALYZE let everything through."""
    named = operation.tables or tuple(schema.tables)
    mode = AE if operation.verb in {"vacuum full", "cluster"} else SUE
    unseen = Effects()
    for name in named:
        if name not in schema.tables:
            unseen |= missing(name, schema, mode)
            schema = schema if unseen.fails else assumed(name, schema)
    tables = tuple(schema.tables[name] for name in named if name in schema.tables)
    refused = session.in_transaction and operation.verb in {"vacuum", "vacuum full"}
    effects = Effects(fails=ACTIVE_TRANSACTION) if refused else unseen
    return effects | (rewrite(tables) if mode is AE else Effects(locks(tables, mode)))


def other(statement: str, session: Session) -> Effects:
    """A statement that touches no table; some may not run in a transaction."""
    refused = TERMINATION if statement == COMMITTING_BLOCK else ACTIVE_TRANSACTION
    return Effects(fails=refused if session.in_transaction and statement in AUTOCOMMIT else None)
