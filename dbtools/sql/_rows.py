"""Statements about rows, maintenance and the session, into operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from postgast import pg_query_pb2 as pb

from dbtools.model import operation as op
from dbtools.model.effects import LockMode
from dbtools.model.expression import Name
from dbtools.sql._definitions import name_of, strings
from dbtools.sql.expressions import expression_of

TRANSACTIONS = {
    pb.TRANS_STMT_BEGIN: "begin", pb.TRANS_STMT_START: "begin", pb.TRANS_STMT_COMMIT: "commit",
    pb.TRANS_STMT_ROLLBACK: "rollback", pb.TRANS_STMT_SAVEPOINT: "savepoint", pb.TRANS_STMT_RELEASE: "release",
    pb.TRANS_STMT_ROLLBACK_TO: "rollback to", pb.TRANS_STMT_PREPARE: "commit", pb.TRANS_STMT_COMMIT_PREPARED: "commit",
    pb.TRANS_STMT_ROLLBACK_PREPARED: "rollback",
}  # fmt: skip
REINDEX = {
    pb.REINDEX_OBJECT_INDEX: "index", pb.REINDEX_OBJECT_TABLE: "table", pb.REINDEX_OBJECT_SCHEMA: "schema",
    pb.REINDEX_OBJECT_SYSTEM: "system", pb.REINDEX_OBJECT_DATABASE: "database",
}  # fmt: skip


def relations(message: Any, namespace: str) -> tuple[Name, ...]:
    """Every relation that a parsed query names, less the names that its WITH clauses make."""
    found: dict[Name, None] = {}
    made: set[str] = set()
    _collect(message, namespace, found, made)
    return tuple(name for name in found if not (name.namespace == namespace and name.local in made))


def _collect(message: Any, namespace: str, found: dict[Name, None], made: set[str]) -> None:
    kind = message.DESCRIPTOR.name
    if kind == "RangeVar":
        found.setdefault(name_of(message, namespace))
        return
    if kind == "CommonTableExpr":
        made.add(message.ctename)
    for field, value in message.ListFields():
        if field.message_type is not None:
            for item in value if field.is_repeated else (value,):
                _collect(item, namespace, found, made)


def insert(node: pb.InsertStmt, namespace: str) -> op.Operation:
    """INSERT."""
    table = name_of(node.relation, namespace)
    reads = tuple(name for name in relations(node.select_stmt, namespace) if name != table)
    return op.Insert(table, tuple(column.res_target.name for column in node.cols), reads)


def update(node: pb.UpdateStmt, namespace: str) -> op.Operation:
    """UPDATE."""
    table = name_of(node.relation, namespace)
    reads = tuple(name for name in relations(node, namespace) if name != table)
    where = expression_of(node.where_clause) if node.HasField("where_clause") else None
    return op.Update(table, tuple(target.res_target.name for target in node.target_list), where, reads)


def delete(node: pb.DeleteStmt, namespace: str) -> op.Operation:
    """DELETE."""
    table = name_of(node.relation, namespace)
    reads = tuple(name for name in relations(node, namespace) if name != table)
    return op.Delete(table, expression_of(node.where_clause) if node.HasField("where_clause") else None, reads)


def merge(node: pb.MergeStmt, namespace: str) -> op.Operation:
    """MERGE: at most it updates what its condition joins."""
    table = name_of(node.relation, namespace)
    reads = tuple(name for name in relations(node, namespace) if name != table)
    return op.Update(table, (), expression_of(node.join_condition), reads)


def select(node: pb.SelectStmt, namespace: str) -> op.Operation:
    """A query; SELECT ... INTO makes a table."""
    if node.HasField("into_clause"):
        copy = pb.SelectStmt()
        copy.CopyFrom(node)
        copy.ClearField("into_clause")
        made = name_of(node.into_clause.rel, namespace)
        return op.CreateTable(op.Table(made), query="SELECT", mentions=relations(copy, namespace))
    setval = tuple(name for call in _calls(node, "setval") for name in _sequence(call, namespace))
    return op.Select(relations(node, namespace), bool(node.locking_clause), setval)


def _calls(message: Any, function: str) -> Iterator[Any]:
    if message.DESCRIPTOR.name == "FuncCall" and strings(message.funcname)[-1:] == (function,):
        yield message
    for field, value in message.ListFields():
        if field.message_type is not None:
            for item in value if field.is_repeated else (value,):
                yield from _calls(item, function)


def _sequence(call: Any, namespace: str) -> tuple[Name, ...]:
    first = call.args[0] if call.args else pb.Node()
    constant = first.type_cast.arg if first.WhichOneof("node") == "type_cast" else first
    path = constant.a_const.sval.sval.replace('"', "").split(".")
    return (Name(path[-2] if len(path) > 1 else namespace, path[-1]),) if path[-1] else ()


def copy(node: pb.CopyStmt, namespace: str) -> op.Operation:
    """COPY: rows in, or rows out."""
    if node.is_from:
        return op.Insert(name_of(node.relation, namespace), strings(node.attlist))
    return op.Select(relations(node, namespace))


def truncate(node: pb.TruncateStmt, namespace: str) -> op.Operation:
    """TRUNCATE."""
    tables = tuple(name_of(part.range_var, namespace) for part in node.relations)
    return op.Truncate(tables, node.behavior == pb.DROP_CASCADE)


def lock(node: pb.LockStmt, namespace: str) -> op.Operation:
    """LOCK TABLE."""
    return op.LockTable(tuple(name_of(part.range_var, namespace) for part in node.relations), LockMode(node.mode))


def vacuum(node: pb.VacuumStmt, namespace: str) -> op.Operation:
    """VACUUM, ANALYZE."""
    options = {part.def_elem.defname for part in node.options}
    tables = tuple(name_of(part.vacuum_relation.relation, namespace) for part in node.rels)
    if not node.is_vacuumcmd:
        return op.Maintain("analyze", tables)
    return op.Maintain("vacuum full" if "full" in options else "vacuum", tables)


def cluster(node: pb.ClusterStmt, namespace: str) -> op.Operation:
    """CLUSTER."""
    return op.Maintain("cluster", (name_of(node.relation, namespace),) if node.HasField("relation") else ())


def reindex(node: pb.ReindexStmt, namespace: str) -> op.Operation:
    """REINDEX."""
    concurrently = any(part.def_elem.defname == "concurrently" for part in node.params)
    name = name_of(node.relation, namespace) if node.HasField("relation") else Name(node.name, "")
    return op.Reindex(REINDEX[node.kind], name, concurrently)  # type: ignore[arg-type]


def refresh(node: pb.RefreshMatViewStmt, namespace: str) -> op.Operation:
    """REFRESH MATERIALIZED VIEW."""
    return op.RefreshView(name_of(node.relation, namespace), node.concurrent)


def set_parameter(node: pb.VariableSetStmt, namespace: str) -> op.Operation:
    """SET, RESET."""
    del namespace
    if node.kind != pb.VAR_SET_VALUE:
        return op.SetParameter(node.name, None, node.is_local)
    return op.SetParameter(node.name, ", ".join(_constant(argument) for argument in node.args), node.is_local)


def _constant(node: pb.Node) -> str:
    constant = node.type_cast.arg.a_const if node.WhichOneof("node") == "type_cast" else node.a_const
    match constant.WhichOneof("val"):
        case "sval":
            return str(constant.sval.sval)
        case "ival":
            return str(constant.ival.ival)
        case "fval":
            return str(constant.fval.fval)
    return ""


def transaction(node: pb.TransactionStmt, namespace: str) -> op.Operation:
    """BEGIN, COMMIT, ..."""
    del namespace
    return op.Transaction(TRANSACTIONS[node.kind])  # type: ignore[arg-type]


def grant(node: pb.GrantStmt, namespace: str) -> op.Operation:
    """GRANT, REVOKE; on what is no table it touches none."""
    if node.objtype != pb.OBJECT_TABLE:
        return op.Grant(())
    return op.Grant(tuple(name_of(part.range_var, namespace) for part in node.objects if part.range_var.relname))


def explain(node: pb.ExplainStmt, namespace: str) -> op.Operation:
    """EXPLAIN."""
    return op.Select(relations(node, namespace))


READERS: dict[str, Callable[[Any, str], op.Operation]] = {
    "insert_stmt": insert,
    "update_stmt": update,
    "delete_stmt": delete,
    "merge_stmt": merge,
    "select_stmt": select,
    "copy_stmt": copy,
    "truncate_stmt": truncate,
    "lock_stmt": lock,
    "vacuum_stmt": vacuum,
    "cluster_stmt": cluster,
    "reindex_stmt": reindex,
    "refresh_mat_view_stmt": refresh,
    "variable_set_stmt": set_parameter,
    "transaction_stmt": transaction,
    "grant_stmt": grant,
    "explain_stmt": explain,
}
