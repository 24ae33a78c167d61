"""Functions, triggers, policies, comments, rows, maintenance: what is no table, column, constraint or index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.effects import Effects, LockMode, Loss, overall
from dbtools.model.expression import Name
from dbtools.model.objects import Column, Opaque, Table
from dbtools.model.predict import dependents
from dbtools.model.predict.names import owner
from dbtools.model.predict.relations import AE, branch, expressions, family, locks, reading, rewrite
from dbtools.model.predict.session import VIRTUAL_SINCE, Session
from dbtools.model.predict.types import alter_composite
from dbtools.model.predict.undefined import assumed, missing
from dbtools.model.schema import Schema

AS = LockMode.ACCESS_SHARE
SRE, SUE = LockMode.SHARE_ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE
CREATE_LOCKS = {"trigger": SRE, "policy": AE, "rule": AE, "statistics": SUE, "publication": SUE}
ALTER_LOCKS = {"trigger": AE, "policy": AE, "rule": AE, "view": AE}
DROP_LOCKS = {"trigger": AE, "policy": AE, "rule": AE, "statistics": SUE}
COMMITTING_BLOCK = "do stmt that commits"
AUTOCOMMIT = frozenset({
    "createdb stmt", "dropdb stmt", "create table space stmt", "drop table space stmt", "alter system stmt",
    COMMITTING_BLOCK,
})  # fmt: skip
DROP_IF_EXISTS_LOCKS: dict[str, LockMode] = {}

OtherOperation = (
    op.AlterSequence | op.DropSequence | op.CreateFunction | op.DropFunction | op.CreateOpaque | op.AlterOpaque
    | op.DropOpaque | op.Rename | op.DropNamespace | op.DropExtension | op.Comment | op.Grant | op.Insert | op.Update
    | op.Delete | op.Select | op.Truncate | op.LockTable | op.Maintain | op.Other | op.Unknown
)  # fmt: skip


def sequence(operation: op.AlterSequence | op.DropSequence, schema: Schema) -> Effects:
    """ALTER SEQUENCE blocks nextval() for a moment; a sequence that a default calls cannot be dropped."""
    owned = owner(operation.name, schema)
    if isinstance(operation, op.AlterSequence):
        own = {operation.name: SRE} if operation.name in schema.sequences else {}
        return Effects(own | ({operation.owner[0]: AS} if operation.owner else {}))
    users = [table for table in schema.in_order() if any(_draws(column, operation.name) for column in table.columns)]
    if owned is not None:
        table, column = owned
        if column.identity != "serial" or not operation.cascade:
            return Effects(fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)
        return Effects({table: AE})
    if operation.name not in schema.sequences:
        return Effects()
    if users and not operation.cascade:
        return Effects({operation.name: AE}, fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)
    return Effects({operation.name: AE} | locks(users, AE))


def _draws(column: Column, sequence: Name) -> bool:
    default = column.default.text.replace('"', "") if column.default is not None else ""
    return "nextval(" in default and (f"'{sequence.local}'" in default or f".{sequence.local}'" in default)


def drop_function(operation: op.DropFunction, schema: Schema) -> Effects:
    """DROP FUNCTION; what calls it stands in the way, or goes with it."""
    name = operation.name
    if len({key for key in schema.functions if key[0] == name}) > 1:
        return Effects(uncertain=f"which of the functions called {name} its callers mean is not known")
    callers = tuple(dependents.of_function(name, schema))
    if callers and not operation.cascade:
        return Effects(fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)
    fired = {table for each, table in callers if each.kind == "trigger"}
    taken = {table: AE for _, table in callers} | {each.name: AE for each in _branches(fired, schema)}
    word = re.compile(rf"\b{re.escape(name.local)}\b")
    texts = [view.query for view in schema.views.values()]
    texts += [each.text for each in schema.opaques.values() if each.kind in {"policy", "rule", "aggregate"}]
    texts += [each.text for table in schema.in_order() for each in expressions(table) if not each.judged]
    texts += [check.expression.text for domain in schema.domains.values() for check in domain.checks]
    if any(word.search(text) for text in texts):
        return Effects(taken, uncertain=f"whether something else calls {name} is not known")
    return Effects(taken)


def _branches(names: Iterable[Name], schema: Schema) -> Iterator[Table]:
    for name in names:
        yield from branch(name, schema)


def create_function(operation: op.CreateFunction, schema: Schema) -> Effects:
    """CREATE OR REPLACE FUNCTION cannot change what is returned."""
    new = operation.function
    old = schema.functions.get((new.name, new.arguments))
    changed = old is not None and old.returns != new.returns and operation.replace
    return Effects(fails=sqlstate.INVALID_FUNCTION_DEFINITION if changed else None)


def opaque(operation: op.CreateOpaque | op.AlterOpaque | op.DropOpaque, schema: Schema) -> Effects:
    """Triggers, policies, rules, statistics, publications: the lock on their table."""
    match operation:
        case op.CreateOpaque(made):
            return _made(made, schema)
        case op.AlterOpaque("type"):
            return alter_composite(operation, schema)
        case op.AlterOpaque("view", name):
            return Effects({name: AE}) if name in schema.views else missing(name, schema, AE)
        case op.AlterOpaque(kind, name, table):
            return _on(table, ALTER_LOCKS.get(kind), schema) | _parts(kind, name, table, schema)
        case op.DropOpaque(kind, name, table):
            table = table or _table_of(operation, schema)
            kept = (kind, name, table) in schema.opaques
            if not kept and operation.if_exists and table is not None and schema.is_certain(table):
                return _on(table, DROP_IF_EXISTS_LOCKS.get(kind), schema)
            return _on(table, DROP_LOCKS.get(kind), schema) | _parts(kind, name, table, schema)


def _made(made: Opaque, schema: Schema) -> Effects:
    table = schema.table(made.table) if made.table is not None else None
    effects = _on(made.table, CREATE_LOCKS.get(made.kind), schema)
    effects |= Effects({name: AS for name in made.mentions if name in schema.tables or name in schema.views})
    if table is None:
        return effects
    if made.kind == "trigger" and made.by_row:
        return effects | Effects(locks(branch(table.name, schema), SRE))
    if made.kind == "publication":
        heirs = () if table.partition_by is not None else family(table.name, schema)
        logged = table.persistence == "permanent"
        return effects | Effects(locks(heirs, SUE), fails=None if logged else sqlstate.INVALID_PARAMETER_VALUE)
    return effects


def _parts(kind: str, name: Name, table: Name | None, schema: Schema) -> Effects:
    """A trigger for each row of a partitioned table is on its partitions too."""
    found = schema.opaques.get((kind, name, table))
    if kind != "trigger" or table is None or found is None or not found.by_row:
        return Effects()
    return Effects(locks(branch(table, schema), AE))


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
    several = (schema.tables, schema.views, schema.sequences)  # ALTER INDEX renames tables as well
    own = any(operation.name in each for each in several)
    return Effects({operation.name: AE} if own else {})


def drop_namespace(operation: op.DropNamespace, schema: Schema) -> Effects:
    """DROP SCHEMA CASCADE drops everything in it."""
    tables = [table for table in schema.in_order() if table.name.namespace == operation.name]
    views = [name for name in schema.views if name.namespace == operation.name]
    types = [name for name in (*schema.enums, *schema.domains) if name.namespace == operation.name]
    lost = frozenset(Loss(table.name) for table in tables)
    held = bool(tables or views or types) or any(dependents.of_namespace(operation.name, schema))
    if held and not operation.cascade:
        return Effects(fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)
    targets = {key.target: AE for table in tables for key in table.foreign_keys}
    return Effects(targets | locks(tables, AE) | dict.fromkeys(views, AE), loses=lost)


def comment(operation: op.Comment, schema: Schema) -> Effects:
    """COMMENT ON a relation or column lets reads and writes through."""
    return _on(operation.name, SUE, schema) if operation.kind in COMMENTED else Effects()


COMMENTED = frozenset({"table", "column", "view", "matview"})


def grant(operation: op.Grant, schema: Schema, session: Session) -> Effects:
    """GRANT takes no table lock before 18."""
    if session.version < VIRTUAL_SINCE:
        return Effects()
    return Effects({name: AS for name in operation.tables if name in schema.tables})


def lock(operation: op.LockTable, schema: Schema, session: Session) -> Effects:
    """LOCK TABLE, with partitions unless it says ONLY; of a view, with what it reads. It wants a transaction."""
    effects = [Effects(fails=None if session.in_transaction else sqlstate.NO_ACTIVE_SQL_TRANSACTION)]
    for name in operation.tables:
        if name in schema.views:
            read = reading((name,), schema, operation.mode)
            made = (each for each in read if each in schema.views and schema.views[each].materialized)
            effects.append(Effects({each: read[each] for each in read.keys() - set(made)}))
            continue
        members = family(name, schema)[: 1 if name in operation.only else None]
        found = Effects(locks(members, operation.mode)) if members else missing(name, schema, operation.mode)
        effects.append(found)
    return overall(effects)


def maintain(operation: op.Maintain, schema: Schema, session: Session) -> Effects:
    """VACUUM FULL and CLUSTER write the table anew; VACUUM and ANALYZE let everything through."""
    named = operation.tables or tuple(schema.tables)
    mode = AE if operation.verb in {"vacuum full", "cluster"} else SUE
    unseen = Effects()
    for name in named:
        if name in schema.views:
            unseen |= Effects({name: mode}, uncertain="what it does to a view was not measured")
        elif name not in schema.tables:
            unseen |= missing(name, schema, mode)
            schema = schema if unseen.fails else assumed(name, schema)
    tables = tuple(schema.tables[name] for name in named if name in schema.tables)
    members = tuple(member for table in tables for member in family(table.name, schema))
    partitioned = any(table.partition_by is not None for table in tables)
    refused = operation.verb in {"vacuum", "vacuum full"} or (operation.verb == "cluster" and partitioned)
    effects = Effects(fails=sqlstate.ACTIVE_SQL_TRANSACTION) if refused and session.in_transaction else unseen
    if mode is AE:
        return effects | rewrite(tables if operation.verb == "cluster" and not partitioned else _whole(tables, schema))
    effects |= Effects(locks(_whole(tables, schema), mode))
    if operation.verb == "analyze":
        effects |= Effects(locks(members, mode if session.version >= VIRTUAL_SINCE else AS))
    return effects


def _whole(tables: Iterable[Table], schema: Schema) -> tuple[Table, ...]:
    return tuple(dict.fromkeys(member for table in tables for member in branch(table.name, schema)))


def other(statement: str, session: Session) -> Effects:
    """A statement that touches no table; some may not run in a transaction."""
    refused = (
        sqlstate.INVALID_TRANSACTION_TERMINATION if statement == COMMITTING_BLOCK else sqlstate.ACTIVE_SQL_TRANSACTION
    )
    return Effects(fails=refused if session.in_transaction and statement in AUTOCOMMIT else None)
