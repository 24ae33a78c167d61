"""CREATE TABLE and ALTER TABLE, parsed, into operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from postgast import pg_query_pb2 as pb

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.objects import (
    Column,
    Columns,
    Constraint,
    Generated,
    Identity,
    NotNull,
    PartitionBy,
    PartitionOf,
    PrimaryKey,
    Table,
)
from dbtools.sql._definitions import column_of, constraint_of, name_of, path_of, persistence_of, strings
from dbtools.sql.expressions import expression_of
from dbtools.sql.types import type_of

LIKE_ALL = 0x7FFFFFFF
STRATEGIES = {
    pb.PARTITION_STRATEGY_LIST: "list", pb.PARTITION_STRATEGY_RANGE: "range", pb.PARTITION_STRATEGY_HASH: "hash",
}  # fmt: skip
TABLE_ACTIONS: dict[int, tuple[op.TableAction, str]] = {
    pb.AT_SetLogged: ("set logged", ""),
    pb.AT_SetUnLogged: ("set unlogged", ""),
    pb.AT_SetRelOptions: ("set options", ""),
    pb.AT_ResetRelOptions: ("set options", ""),
    pb.AT_ReplaceRelOptions: ("set options", ""),
    pb.AT_SetTableSpace: ("set tablespace", ""),
    pb.AT_SetAccessMethod: ("set access method", ""),
    pb.AT_ChangeOwner: ("owner", ""),
    pb.AT_ReplicaIdentity: ("replica identity", ""),
    pb.AT_ClusterOn: ("cluster on", ""),
    pb.AT_DropCluster: ("cluster on", ""),
    pb.AT_EnableRowSecurity: ("row security", "enable"),
    pb.AT_DisableRowSecurity: ("row security", "disable"),
    pb.AT_ForceRowSecurity: ("row security", "force"),
    pb.AT_NoForceRowSecurity: ("row security", "no force"),
    pb.AT_EnableTrig: ("enable trigger", ""),
    pb.AT_EnableAlwaysTrig: ("enable trigger", ""),
    pb.AT_EnableReplicaTrig: ("enable trigger", ""),
    pb.AT_EnableTrigAll: ("enable trigger", ""),
    pb.AT_EnableTrigUser: ("enable trigger", "USER"),
    pb.AT_DisableTrig: ("disable trigger", ""),
    pb.AT_DisableTrigAll: ("disable trigger", ""),
    pb.AT_DisableTrigUser: ("disable trigger", "USER"),
    pb.AT_EnableRule: ("enable rule", ""),
    pb.AT_EnableAlwaysRule: ("enable rule", ""),
    pb.AT_EnableReplicaRule: ("enable rule", ""),
    pb.AT_DisableRule: ("enable rule", ""),
    pb.AT_AddOf: ("of type", ""),
    pb.AT_DropOf: ("of type", ""),
}
COLUMN_ACTIONS: dict[int, op.ColumnAction] = {
    pb.AT_SetStatistics: "statistics",
    pb.AT_SetOptions: "options",
    pb.AT_ResetOptions: "options",
    pb.AT_SetStorage: "storage",
    pb.AT_SetCompression: "compression",
}


def create_table(node: pb.CreateStmt, namespace: str) -> Iterator[op.Operation]:
    """CREATE TABLE, also PARTITION OF, INHERITS and LIKE; what it says of inherited columns comes after it."""
    name = name_of(node.relation, namespace)
    parts = [element.column_def for element in node.table_elts if element.WhichOneof("node") == "column_def"]
    columns: list[Column] = []
    inherited: list[Column] = []
    constraints: list[Constraint] = []
    for part in parts:
        column, written = column_of(part, namespace)
        (columns if part.HasField("type_name") else inherited).append(column)
        constraints.extend(each.constraint for each in written)
    for element in node.table_elts:
        found = constraint_of(element.constraint, namespace) if element.WhichOneof("node") == "constraint" else None
        if found is not None:
            constraints.append(found.constraint)
    filled = {column for found in constraints if isinstance(found, PrimaryKey) for column in found.columns}
    filled |= {found.column for found in constraints if isinstance(found, NotNull)}
    parents = [name_of(parent.range_var, namespace) for parent in node.inh_relations]
    partition = node.HasField("partbound")
    table = Table(
        name,
        Columns(replace(column, nullable=False) if column.name in filled else column for column in columns),
        tuple(found for found in constraints if not isinstance(found, NotNull)),
        partition_by=_partition_by(node.partspec) if node.HasField("partspec") else None,
        partition_of=PartitionOf(parents[0], bound_of(node.partbound)) if partition else None,
        inherits=() if partition else tuple(parents),
        persistence=persistence_of(node.relation),
        of=path_of(node.of_typename.names, namespace) if node.HasField("of_typename") else None,
        tablespace=_tablespace(node.tablespacename),
        method=node.access_method or "heap",
    )
    like = [part.table_like_clause for part in node.table_elts if part.WhichOneof("node") == "table_like_clause"]
    copied, including = tuple(name_of(each.relation, namespace) for each in like), any(each.options for each in like)
    everything = including and all(each.options == LIKE_ALL for each in like)
    yield op.CreateTable(table, node.if_not_exists, copied, including=including, everything=everything)
    yield from _of_inherited(name, inherited)


def _tablespace(name: str) -> str:
    """``pg_default`` is where a database lives unless somebody moved it."""
    return "" if name == "pg_default" else name


def _of_inherited(table: Name, columns: Iterable[Column]) -> Iterator[op.Operation]:
    for column in columns:
        if column.default is not None:
            yield op.SetDefault(table, column.name, column.default)
        if not column.nullable:
            yield op.SetNullable(table, column.name, nullable=False)


def _partition_by(node: pb.PartitionSpec) -> PartitionBy:
    parts = [part.partition_elem for part in node.part_params]
    columns = (part.name or expression_of(part.expr).text for part in parts)
    return PartitionBy(STRATEGIES[node.strategy], tuple(columns))


def bound_of(node: pb.PartitionBoundSpec) -> str:
    """``DEFAULT``, or the text of FOR VALUES ..."""
    if node.is_default:
        return "DEFAULT"
    if node.strategy == "l":
        return f"FOR VALUES IN ({_bounds(node.listdatums)})"
    if node.strategy == "r":
        return f"FOR VALUES FROM ({_bounds(node.lowerdatums)}) TO ({_bounds(node.upperdatums)})"
    return f"FOR VALUES WITH (modulus {node.modulus}, remainder {node.remainder})"


def _bounds(nodes: object) -> str:
    texts = (expression_of(node).text for node in nodes)  # type: ignore[attr-defined]
    return ", ".join(text.upper() if text.lower() in {"minvalue", "maxvalue"} else text for text in texts)


def alter_table(node: pb.AlterTableStmt, namespace: str) -> Iterator[op.Operation]:
    """One operation per action, in their order."""
    table = name_of(node.relation, namespace)
    match node.objtype:
        case pb.OBJECT_INDEX:
            for command in node.cmds:
                yield _alter_index(table, command.alter_table_cmd, namespace)
        case pb.OBJECT_SEQUENCE:
            yield op.AlterSequence(table)
        case pb.OBJECT_VIEW | pb.OBJECT_MATVIEW:
            columns = [
                each.alter_table_cmd for each in node.cmds if each.alter_table_cmd.subtype == pb.AT_ColumnDefault
            ]
            yield op.AlterOpaque("view", table, column=columns[0].name if columns else "")
        case pb.OBJECT_TYPE:
            commands = [command.alter_table_cmd for command in node.cmds]
            cascade = any(command.behavior == pb.DROP_CASCADE for command in commands)
            retypes = any(command.subtype == pb.AT_AlterColumnType for command in commands)
            yield op.AlterOpaque("type", table, cascade=cascade, retypes=retypes)
        case _:
            for command in node.cmds:
                operation = _alter(table, command.alter_table_cmd, namespace)
                yield operation if node.relation.inh else _only(operation)


def _only(operation: op.Operation) -> op.Operation:
    """ALTER TABLE ONLY, for the actions that would go on to partitions and inheriting tables."""
    match operation:
        case (
            op.AddColumn() | op.DropColumn() | op.RenameColumn() | op.SetType() | op.SetNullable()
            | op.AddConstraint() | op.DropConstraint()
        ):  # fmt: skip
            return replace(operation, only=True)
    return operation


def _alter_index(index: Name, command: pb.AlterTableCmd, namespace: str) -> op.Operation:
    if command.subtype == pb.AT_AttachPartition:
        partition = getattr(command, "def").partition_cmd.name
        return op.AlterIndex(index, name_of(partition, index.namespace or namespace))
    return op.AlterIndex(index)


def _alter(table: Name, command: pb.AlterTableCmd, namespace: str) -> op.Operation:
    action = TABLE_ACTIONS.get(command.subtype)
    if action is not None:
        index = _definition(command).replica_identity_stmt.name if action[0] == "replica identity" else ""
        return op.AlterTable(table, action[0], action[1] or command.name or index)
    column_action = COLUMN_ACTIONS.get(command.subtype)
    if column_action is not None:
        return op.AlterColumn(table, command.name, column_action)
    read = ACTIONS.get(command.subtype)
    if read is None:
        kind = pb.AlterTableType.Name(command.subtype)
        return op.Unknown(kind, f"ALTER TABLE action {kind} is not read", (table,))
    return read(table, command, namespace)


def _add_column(table: Name, command: pb.AlterTableCmd, namespace: str) -> op.Operation:
    column, written = column_of(_definition(command).column_def, namespace)
    return op.AddColumn(table, column, tuple(each.constraint for each in written), command.missing_ok)


def _set_type(table: Name, command: pb.AlterTableCmd, namespace: str) -> op.Operation:
    definition = _definition(command).column_def
    return op.SetType(
        table,
        command.name,
        type_of(definition.type_name, namespace),
        expression_of(definition.raw_default) if definition.HasField("raw_default") else None,
        strings(definition.coll_clause.collname)[-1] if definition.HasField("coll_clause") else None,
    )


def _set_default(table: Name, command: pb.AlterTableCmd, namespace: str) -> op.Operation:
    del namespace
    default = expression_of(getattr(command, "def")) if command.HasField("def") else None
    return op.SetDefault(table, command.name, None if default and default.meaning == "NULL" else default)


def _add_identity(table: Name, command: pb.AlterTableCmd, namespace: str) -> op.Operation:
    del namespace
    constraint = _definition(command).constraint
    identity: Identity = "always" if constraint.generated_when == "a" else "by default"
    return op.SetIdentity(table, command.name, identity)


def _set_identity(table: Name, command: pb.AlterTableCmd, namespace: str) -> op.Operation:
    del namespace
    for option in _definition(command).list.items:
        if option.def_elem.defname == "generated":
            always = option.def_elem.arg.integer.ival == ord("a")
            return op.SetIdentity(table, command.name, "always" if always else "by default", changes=True)
    return op.AlterColumn(table, command.name, "storage")  # SET START, RESTART, ...: the same brief lock


def _set_expression(table: Name, command: pb.AlterTableCmd, namespace: str) -> op.Operation:
    del namespace
    return op.SetGenerated(table, command.name, Generated(expression_of(_definition(command))))


def _add_constraint(table: Name, command: pb.AlterTableCmd, namespace: str) -> op.Operation:
    node = _definition(command).constraint
    written = constraint_of(node, namespace)
    if written is None:
        return op.Unknown("ADD CONSTRAINT", "a constraint of an unknown kind", (table,))
    return op.AddConstraint(table, *written)


def _alter_constraint(table: Name, command: pb.AlterTableCmd, namespace: str) -> op.Operation:
    del namespace
    change = _definition(command).atalter_constraint
    return op.AlterConstraint(
        table,
        change.conname,
        change.deferrable if change.alter_deferrability else None,
        change.is_enforced if change.alter_enforceability else None,
    )


def _attach(table: Name, command: pb.AlterTableCmd, namespace: str) -> op.Operation:
    part = _definition(command).partition_cmd
    return op.AttachPartition(name_of(part.name, namespace), PartitionOf(table, bound_of(part.bound)))


def _detach(table: Name, command: pb.AlterTableCmd, namespace: str) -> op.Operation:
    part = _definition(command).partition_cmd
    return op.DetachPartition(table, name_of(part.name, namespace), concurrently=part.concurrent)


def _inherit(table: Name, command: pb.AlterTableCmd, namespace: str) -> op.Operation:
    parent = name_of(_definition(command).range_var, namespace)
    action: op.TableAction = "inherit" if command.subtype == pb.AT_AddInherit else "no inherit"
    return op.AlterTable(table, action, f"{parent.namespace}.{parent.local}")


def _definition(command: pb.AlterTableCmd) -> pb.Node:
    return getattr(command, "def")


ACTIONS: dict[int, Callable[[Name, pb.AlterTableCmd, str], op.Operation]] = {
    pb.AT_AddColumn: _add_column,
    pb.AT_DropColumn: lambda table, command, _: op.DropColumn(
        table, command.name, command.missing_ok, command.behavior == pb.DROP_CASCADE
    ),
    pb.AT_AlterColumnType: _set_type,
    pb.AT_SetNotNull: lambda table, command, _: op.SetNullable(table, command.name, nullable=False),
    pb.AT_DropNotNull: lambda table, command, _: op.SetNullable(table, command.name, nullable=True),
    pb.AT_ColumnDefault: _set_default,
    pb.AT_AddIdentity: _add_identity,
    pb.AT_SetIdentity: _set_identity,
    pb.AT_DropIdentity: lambda table, command, _: op.SetIdentity(table, command.name, "", if_exists=command.missing_ok),
    pb.AT_SetExpression: _set_expression,
    pb.AT_DropExpression: lambda table, command, _: op.SetGenerated(table, command.name, None, command.missing_ok),
    pb.AT_AddConstraint: _add_constraint,
    pb.AT_DropConstraint: lambda table, command, _: op.DropConstraint(
        table, command.name, command.missing_ok, command.behavior == pb.DROP_CASCADE
    ),
    pb.AT_ValidateConstraint: lambda table, command, _: op.ValidateConstraint(table, command.name),
    pb.AT_AlterConstraint: _alter_constraint,
    pb.AT_AttachPartition: _attach,
    pb.AT_DetachPartition: _detach,
    pb.AT_DetachPartitionFinalize: _detach,
    pb.AT_AddInherit: _inherit,
    pb.AT_DropInherit: _inherit,
}
READERS: dict[str, Callable[[Any, str], op.Operation | Iterator[op.Operation]]] = {
    "create_stmt": create_table,
    "create_foreign_table_stmt": lambda node, namespace: create_table(node.base_stmt, namespace),
    "alter_table_stmt": alter_table,
}
