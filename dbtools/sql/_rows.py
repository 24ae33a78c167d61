"""Statements about rows, maintenance and the session, into operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from postgast import pg_query_pb2 as pb

from dbtools.model import operation as op
from dbtools.model.effects import LockMode
from dbtools.model.expression import Expression, Name
from dbtools.model.objects import Table
from dbtools.sql._definitions import name_of, persistence_of, strings
from dbtools.sql.expressions import expression_of
from dbtools.sql.grammar import deparse, inside

TRANSACTIONS = {
    pb.TRANS_STMT_BEGIN: "begin", pb.TRANS_STMT_START: "begin", pb.TRANS_STMT_COMMIT: "commit",
    pb.TRANS_STMT_ROLLBACK: "rollback", pb.TRANS_STMT_SAVEPOINT: "savepoint", pb.TRANS_STMT_RELEASE: "release",
    pb.TRANS_STMT_ROLLBACK_TO: "rollback to", pb.TRANS_STMT_PREPARE: "commit", pb.TRANS_STMT_COMMIT_PREPARED: "commit",
    pb.TRANS_STMT_ROLLBACK_PREPARED: "rollback",
}  # fmt: skip
OfRows = op.Insert | op.Update | op.Delete | op.Select
REINDEX = {
    pb.REINDEX_OBJECT_INDEX: "index", pb.REINDEX_OBJECT_TABLE: "table", pb.REINDEX_OBJECT_SCHEMA: "schema",
    pb.REINDEX_OBJECT_SYSTEM: "system", pb.REINDEX_OBJECT_DATABASE: "database",
}  # fmt: skip


def relations(message: Any, namespace: str) -> tuple[Name, ...]:
    """Every relation that a parsed query names, less the names that its WITH clauses make."""
    made = {each.ctename for each in inside(message, "CommonTableExpr")}
    named = (each for each in inside(message, "RangeVar") if each.schemaname or each.relname not in made)
    return tuple(dict.fromkeys(name_of(each, namespace) for each in named))


def _others(node: Any, table: Name, namespace: str) -> tuple[Name, ...]:
    return tuple(name for name in relations(node, namespace) if name != table)


def _with(node: Any, namespace: str) -> Iterator[OfRows]:
    """What the WITH clause of a query changes; its parts read each other."""
    parts = [each.common_table_expr for each in node.with_clause.ctes]
    made = {Name(namespace, part.ctename) for part in parts}
    for part in parts:
        kind = part.ctequery.WhichOneof("node")
        for change in CHANGES[kind](getattr(part.ctequery, kind), namespace) if kind in CHANGES else ():
            yield replace(change, reads=tuple(name for name in change.reads if name not in made))


def insert(node: pb.InsertStmt, namespace: str) -> Iterator[OfRows]:
    """INSERT."""
    yield from _with(node, namespace)
    table = name_of(node.relation, namespace)
    columns = tuple(column.res_target.name for column in node.cols)
    rows = node.select_stmt.select_stmt.values_lists
    certain = 0 if node.HasField("on_conflict_clause") else len(rows)
    yield op.Insert(table, columns, _others(node, table, namespace), certain)


def update(node: pb.UpdateStmt, namespace: str) -> Iterator[OfRows]:
    """UPDATE."""
    yield from _with(node, namespace)
    table = name_of(node.relation, namespace)
    columns = tuple(target.res_target.name for target in node.target_list)
    yield op.Update(table, columns, _where(node), _others(node, table, namespace))


def delete(node: pb.DeleteStmt, namespace: str) -> Iterator[OfRows]:
    """DELETE."""
    yield from _with(node, namespace)
    table = name_of(node.relation, namespace)
    yield op.Delete(table, _where(node), _others(node, table, namespace))


def _where(node: pb.UpdateStmt | pb.DeleteStmt) -> Expression | None:
    return expression_of(node.where_clause) if node.HasField("where_clause") else None


def merge(node: pb.MergeStmt, namespace: str) -> Iterator[OfRows]:
    """MERGE: at most it updates what its condition joins."""
    yield from _with(node, namespace)
    table = name_of(node.relation, namespace)
    yield op.Update(table, (), expression_of(node.join_condition), _others(node, table, namespace))


def select(node: pb.SelectStmt, namespace: str) -> Iterator[op.Operation]:
    """A query; SELECT ... INTO makes a table."""
    yield from _with(node, namespace)
    if node.HasField("into_clause"):
        query = pb.Node()
        query.select_stmt.CopyFrom(node)
        query.select_stmt.ClearField("into_clause")
        yield made_by(node.into_clause, query, namespace)
        return
    called = [(strings(call.funcname)[-1:], call) for call in inside(node, "FuncCall")]
    yield from (_configured(call) for name, call in called if name == ("set_config",) and _configures(call))
    calls = (call for name, call in called if name == ("setval",))
    setval = tuple(name for call in calls for name in _sequence(call, namespace))
    yield op.Select(relations(node, namespace), bool(node.locking_clause), setval)


def _configures(call: Any) -> bool:
    """Whether set_config() sets lock_timeout; other parameters that it sets change nothing that is judged."""
    return len(call.args) == len(("name", "value", "local")) and _constant(call.args[0]).lower() == "lock_timeout"


def _configured(call: Any) -> op.SetParameter:
    return op.SetParameter("lock_timeout", _constant(call.args[1]), call.args[2].a_const.boolval.boolval)


def made_by(into: pb.IntoClause, query: pb.Node, namespace: str, *, if_not_exists: bool = False) -> op.CreateTable:
    """A table made from a query; its columns follow from that."""
    table = Table(name_of(into.rel, namespace), persistence=persistence_of(into.rel))
    named = relations(query, namespace)
    return op.CreateTable(table, if_not_exists, query=deparse(query), mentions=named, populated=not into.skip_data)


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
    return op.Truncate(tables, node.behavior == pb.DROP_CASCADE, _only(node.relations, namespace))


def _only(nodes: Iterable[pb.Node], namespace: str) -> frozenset[Name]:
    return frozenset(name_of(part.range_var, namespace) for part in nodes if not part.range_var.inh)


def lock(node: pb.LockStmt, namespace: str) -> op.Operation:
    """LOCK TABLE."""
    tables = tuple(name_of(part.range_var, namespace) for part in node.relations)
    return op.LockTable(tables, LockMode(node.mode), _only(node.relations, namespace))


def vacuum(node: pb.VacuumStmt, namespace: str) -> op.Operation:
    """VACUUM, ANALYZE."""
    tables = tuple(name_of(part.vacuum_relation.relation, namespace) for part in node.rels)
    if not node.is_vacuumcmd:
        return op.Maintain("analyze", tables)
    return op.Maintain("vacuum full" if _says(node.options, "full") else "vacuum", tables)


def _says(options: Iterable[pb.Node], name: str) -> bool:
    """Whether an option is on: written alone, or with a word for true."""
    given = next((part.def_elem for part in options if part.def_elem.defname == name), None)
    if given is None:
        return False
    return given.arg.string.sval.lower() not in {"false", "off"} and (
        not given.arg.HasField("integer") or bool(given.arg.integer.ival)
    )


def cluster(node: pb.ClusterStmt, namespace: str) -> op.Operation:
    """CLUSTER."""
    tables = (name_of(node.relation, namespace),) if node.HasField("relation") else ()
    return op.Maintain("cluster", tables, node.indexname)


def reindex(node: pb.ReindexStmt, namespace: str) -> op.Operation:
    """REINDEX."""
    concurrently = _says(node.params, "concurrently")
    name = name_of(node.relation, namespace) if node.HasField("relation") else Name(node.name, "")
    return op.Reindex(REINDEX[node.kind], name, concurrently)  # type: ignore[arg-type]


def refresh(node: pb.RefreshMatViewStmt, namespace: str) -> op.Operation:
    """REFRESH MATERIALIZED VIEW."""
    return op.RefreshView(name_of(node.relation, namespace), node.concurrent, not node.skip_data)


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
    return op.Transaction(TRANSACTIONS[node.kind], node.savepoint_name)  # type: ignore[arg-type]


def grant(node: pb.GrantStmt, namespace: str) -> op.Operation:
    """GRANT, REVOKE; on what is no table it touches none."""
    if node.objtype != pb.OBJECT_TABLE:
        return op.Grant(())
    return op.Grant(tuple(name_of(part.range_var, namespace) for part in node.objects if part.range_var.relname))


def explain(node: pb.ExplainStmt, namespace: str) -> op.Operation:
    """EXPLAIN."""
    return op.Select(relations(node, namespace))


CHANGES: dict[str | None, Callable[[Any, str], Iterator[OfRows]]] = {
    "insert_stmt": insert,
    "update_stmt": update,
    "delete_stmt": delete,
    "merge_stmt": merge,
}
READERS: dict[str, Callable[[Any, str], op.Operation | Iterator[op.Operation]]] = {
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
