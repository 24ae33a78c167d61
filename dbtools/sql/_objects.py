"""Indexes, types, views, functions and the rest: created, altered, renamed or dropped, into operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from postgast import pg_query_pb2 as pb

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.objects import Check, Domain, Enum, NotNull, Opaque, Sequence, View
from dbtools.sql._definitions import column_of, constraint_of, index_of, name_of, path_of, strings
from dbtools.sql._functions import create_function, signature_of
from dbtools.sql._rows import made_by, relations
from dbtools.sql.expressions import columns_of, expression_of
from dbtools.sql.grammar import GrammarError, deparse, inside
from dbtools.sql.types import type_of

KINDS: dict[int, op.Kind] = {
    pb.OBJECT_TABLE: "table", pb.OBJECT_FOREIGN_TABLE: "table", pb.OBJECT_VIEW: "view",
    pb.OBJECT_MATVIEW: "materialized view", pb.OBJECT_INDEX: "index", pb.OBJECT_SEQUENCE: "sequence",
    pb.OBJECT_TYPE: "type", pb.OBJECT_DOMAIN: "domain", pb.OBJECT_FUNCTION: "function", pb.OBJECT_PROCEDURE: "function",
    pb.OBJECT_ROUTINE: "function",
}  # fmt: skip
GLOBAL = "public"  # what has no namespace at all: publications, roles, languages


def word(object_type: int) -> str:
    """``OBJECT_EVENT_TRIGGER`` as people say it: event trigger."""
    if object_type == pb.OBJECT_STATISTIC_EXT:
        return "statistics"
    return str(pb.ObjectType.Name(object_type)).removeprefix("OBJECT_").replace("_", " ").lower()


def create_index(node: pb.IndexStmt, namespace: str) -> op.CreateIndex:
    """CREATE INDEX."""
    return op.CreateIndex(
        name_of(node.relation, namespace),
        index_of(node),
        concurrently=node.concurrent,
        if_not_exists=node.if_not_exists,
        only=not node.relation.inh,
    )


def drop(node: pb.DropStmt, namespace: str) -> Iterator[op.Operation]:
    """One operation per object that DROP names."""
    exists, cascade = node.missing_ok, node.behavior == pb.DROP_CASCADE
    for number, target in enumerate(node.objects, start=1):
        match node.remove_type:
            case pb.OBJECT_TABLE | pb.OBJECT_FOREIGN_TABLE:
                relation = path_of(target.list.items, namespace)
                later = frozenset(path_of(each.list.items, namespace) for each in node.objects[number:])
                yield op.DropTable(relation, exists, cascade, later)
            case pb.OBJECT_INDEX:
                yield op.DropIndex(path_of(target.list.items, namespace), node.concurrent, exists, cascade)
            case pb.OBJECT_VIEW | pb.OBJECT_MATVIEW:
                kind = node.remove_type == pb.OBJECT_MATVIEW
                relation = path_of(target.list.items, namespace)
                later = frozenset(path_of(each.list.items, namespace) for each in node.objects[number:])
                yield op.DropView(relation, exists, cascade, kind, later)
            case pb.OBJECT_SEQUENCE:
                yield op.DropSequence(path_of(target.list.items, namespace), exists, cascade)
            case pb.OBJECT_TYPE | pb.OBJECT_DOMAIN:
                yield op.DropType(path_of(target.type_name.names, namespace), exists, cascade)
            case pb.OBJECT_FUNCTION | pb.OBJECT_PROCEDURE | pb.OBJECT_ROUTINE:
                yield op.DropFunction(*signature_of(target.object_with_args, namespace), exists, cascade)
            case pb.OBJECT_SCHEMA:
                yield op.DropNamespace(target.string.sval, exists, cascade)
            case pb.OBJECT_EXTENSION:
                yield op.DropExtension(target.string.sval, exists, cascade)
            case pb.OBJECT_TRIGGER | pb.OBJECT_POLICY | pb.OBJECT_RULE:
                *path, name = strings(target.list.items)
                table = Name(path[-2] if len(path) > 1 else namespace, path[-1])
                kind = word(node.remove_type)
                yield op.DropOpaque(kind, Name(table.namespace, name), table, exists, cascade)
            case _:
                yield op.DropOpaque(word(node.remove_type), _any_path(target, namespace), None, exists, cascade)


def _any_path(target: pb.Node, namespace: str) -> Name:
    match target.WhichOneof("node"):
        case "list":
            return path_of((item for item in target.list.items if item.WhichOneof("node") == "string"), namespace)
        case "string":
            return Name(GLOBAL, target.string.sval)
        case "type_name":
            return path_of(target.type_name.names, namespace)
        case "object_with_args":
            return path_of(target.object_with_args.objname, namespace)
    return Name(namespace, "")


def rename(node: pb.RenameStmt, namespace: str) -> op.Operation:
    """ALTER ... RENAME; ``RENAME a TO b`` without COLUMN is a column, as PostgreSQL reads it."""
    relation = name_of(node.relation, namespace) if node.HasField("relation") else Name(namespace, "")
    match node.rename_type:
        case pb.OBJECT_COLUMN if node.relation_type in (pb.OBJECT_TABLE, pb.OBJECT_FOREIGN_TABLE):
            return op.RenameColumn(relation, node.subname, node.newname)
        case pb.OBJECT_TABCONSTRAINT:
            return op.RenameConstraint(relation, node.subname, node.newname)
        case pb.OBJECT_TABLE | pb.OBJECT_FOREIGN_TABLE:
            return op.RenameTable(relation, node.newname)
        case pb.OBJECT_SCHEMA:
            return op.RenameNamespace(node.subname, node.newname)
        case pb.OBJECT_VIEW | pb.OBJECT_MATVIEW | pb.OBJECT_INDEX | pb.OBJECT_SEQUENCE:
            return op.Rename(KINDS[node.rename_type], relation, node.newname)
        case pb.OBJECT_TYPE | pb.OBJECT_DOMAIN:
            return op.Rename(KINDS[node.rename_type], _any_path(node.object, namespace), node.newname)
        case pb.OBJECT_FUNCTION | pb.OBJECT_PROCEDURE | pb.OBJECT_ROUTINE:
            return op.Rename("function", _any_path(node.object, namespace), node.newname)
        case pb.OBJECT_TRIGGER | pb.OBJECT_POLICY | pb.OBJECT_RULE:
            name = Name(relation.namespace, node.subname)
            return op.AlterOpaque(word(node.rename_type), name, relation, node.newname)
        case pb.OBJECT_COLUMN:
            return op.AlterOpaque("view", relation, column=node.subname)
        case pb.OBJECT_ATTRIBUTE:
            return op.AlterOpaque("type", relation, cascade=node.behavior == pb.DROP_CASCADE)
    named = _any_path(node.object, namespace) if node.HasField("object") else Name(GLOBAL, node.subname)
    return op.AlterOpaque(word(node.rename_type), named, None, node.newname)


def set_namespace(node: pb.AlterObjectSchemaStmt, namespace: str) -> op.Operation:
    """ALTER ... SET SCHEMA."""
    has_relation = node.HasField("relation")
    name = name_of(node.relation, namespace) if has_relation else _any_path(node.object, namespace)
    kind = KINDS.get(node.object_type)
    if kind is None:
        return op.AlterOpaque(word(node.object_type), name)
    return op.SetNamespace(kind, name, node.newschema)


def owner(node: pb.AlterOwnerStmt, namespace: str) -> op.Operation:
    """ALTER ... OWNER TO, of what is no table."""
    return op.AlterOpaque(word(node.object_type), _any_path(node.object, namespace))


def create_enum(node: pb.CreateEnumStmt, namespace: str) -> op.CreateEnum:
    """CREATE TYPE ... AS ENUM."""
    return op.CreateEnum(Enum(path_of(node.type_name, namespace), strings(node.vals)))


def alter_enum(node: pb.AlterEnumStmt, namespace: str) -> op.Operation:
    """ALTER TYPE ... ADD VALUE, RENAME VALUE."""
    name = path_of(node.type_name, namespace)
    if node.old_val:
        return op.RenameEnumValue(name, node.old_val, node.new_val)
    neighbour = node.new_val_neighbor
    before = bool(neighbour) and not node.new_val_is_after
    return op.AddEnumValue(name, node.new_val, neighbour, before, node.skip_if_new_val_exists)


def create_domain(node: pb.CreateDomainStmt, namespace: str) -> op.CreateDomain:
    """CREATE DOMAIN."""
    nullable, default, checks = True, None, []
    for part in (each.constraint for each in node.constraints):
        match part.contype:
            case pb.CONSTR_NOTNULL:
                nullable = False
            case pb.CONSTR_DEFAULT:
                default = expression_of(part.raw_expr, type_of(node.type_name, namespace))
            case pb.CONSTR_CHECK:
                checks.append(Check(part.conname, expression_of(part.raw_expr)))
    base = type_of(node.type_name, namespace)
    return op.CreateDomain(Domain(path_of(node.domainname, namespace), base, nullable, default, tuple(checks)))


def alter_domain(node: pb.AlterDomainStmt, namespace: str) -> op.Operation:
    """ALTER DOMAIN."""
    name = path_of(node.type_name, namespace)
    definition = getattr(node, "def")
    match node.subtype:
        case "C":
            written = constraint_of(definition.constraint, namespace, column="value")
            if written is not None and isinstance(written.constraint, Check):
                return op.AddDomainCheck(name, written.constraint)
            if written is not None and isinstance(written.constraint, NotNull):
                return op.AlterDomain(name, "not null")
        case "X":
            return op.AlterDomain(name, "drop constraint", node.name, if_exists=node.missing_ok)
        case "V":
            return op.AlterDomain(name, "validate", node.name)
        case "T":
            default = expression_of(definition) if node.HasField("def") else None
            return op.AlterDomain(name, "default", default=default)
        case "N":
            return op.AlterDomain(name, "nullable")
        case "O":
            return op.AlterDomain(name, "not null")
    return op.Unknown("ALTER DOMAIN", f"ALTER DOMAIN of kind {node.subtype} is not read", ())


def create_view(node: pb.ViewStmt, namespace: str) -> op.CreateView:
    """CREATE VIEW."""
    view = View(
        name_of(node.view, namespace),
        deparse(node.query),
        strings(node.aliases),
        mentions=relations(node.query, namespace),
    )
    return op.CreateView(view, replace=node.replace)


def create_table_as(node: pb.CreateTableAsStmt, namespace: str) -> op.Operation:
    """CREATE MATERIALIZED VIEW, or CREATE TABLE AS."""
    if node.objtype != pb.OBJECT_MATVIEW:
        return made_by(node.into, node.query, namespace, if_not_exists=node.if_not_exists)
    view = View(
        name_of(node.into.rel, namespace),
        deparse(node.query),
        strings(node.into.col_names),
        materialized=True,
        mentions=relations(node.query, namespace),
    )
    return op.CreateView(view, if_not_exists=node.if_not_exists, populated=not node.into.skip_data)


def comment(node: pb.CommentStmt, namespace: str) -> op.Operation:
    """COMMENT ON; an empty text and NULL both remove it."""
    kind, text = word(node.objtype), node.comment or None
    if node.objtype == pb.OBJECT_COLUMN:
        *path, column = strings(node.object.list.items)
        table = Name(path[-2] if len(path) > 1 else namespace, path[-1] if path else "")
        return op.Comment(kind, table, text, column)
    return op.Comment(kind, _any_path(node.object, namespace), text)


def create_sequence(node: pb.CreateSeqStmt, namespace: str) -> Iterator[op.Operation]:
    """CREATE SEQUENCE, also as part of a column."""
    name = name_of(node.sequence, namespace)
    yield op.CreateSequence(Sequence(name), node.if_not_exists)
    owner = _owner(node.options, namespace)
    if owner is not None:
        yield op.AlterSequence(name, owner)


def alter_sequence(node: pb.AlterSeqStmt, namespace: str) -> op.Operation:
    """ALTER SEQUENCE; OWNED BY makes it part of a serial column."""
    return op.AlterSequence(name_of(node.sequence, namespace), _owner(node.options, namespace))


def _owner(options: Iterable[pb.Node], namespace: str) -> tuple[Name, str] | None:
    """The table and column of OWNED BY."""
    for option in options:
        owned = strings(option.def_elem.arg.list.items) if option.def_elem.defname == "owned_by" else ()
        if len(owned) > 1:
            *path, column = owned
            return Name(path[-2] if len(path) > 1 else namespace, path[-1]), column
    return None


def create_namespace(node: pb.CreateSchemaStmt, namespace: str) -> op.Operation:
    """CREATE SCHEMA."""
    del namespace
    return op.CreateNamespace(node.schemaname or node.authrole.rolename, node.if_not_exists)


def create_trigger(node: pb.CreateTrigStmt, namespace: str) -> op.Operation:
    """CREATE TRIGGER."""
    table = name_of(node.relation, namespace)
    reads = tuple(dict.fromkeys((*strings(node.columns), *columns_of(node.when_clause))))
    name, calls = Name(table.namespace, node.trigname), (path_of(node.funcname, namespace),)
    text = _text(create_trig_stmt=node)
    opaque = Opaque("trigger", name, table, text, reads, calls=calls, by_row=node.row)
    return op.CreateOpaque(opaque, node.replace)


def create_policy(node: pb.CreatePolicyStmt, namespace: str) -> op.Operation:
    """CREATE POLICY."""
    table = name_of(node.table, namespace)
    reads = tuple(dict.fromkeys((*_own_columns(node.qual, table), *_own_columns(node.with_check, table))))
    name = Name(table.namespace, node.policy_name)
    mentions = tuple(other for other in relations(node, namespace) if other != table)
    return op.CreateOpaque(Opaque("policy", name, table, _text(create_policy_stmt=node), reads, mentions))


def _own_columns(node: pb.Node, table: Name) -> tuple[str, ...]:
    """The columns of *table* that a condition on its rows reads; in a subquery those that are qualified with it."""
    outside = pb.Node()
    outside.CopyFrom(node)
    qualified = []
    for link in inside(outside, "SubLink"):
        references = ([part.string.sval for part in each.fields] for each in inside(link.subselect, "ColumnRef"))
        qualified += [path[-1] for path in references if path[-2:-1] == [table.local]]
        link.ClearField("subselect")
    return (*columns_of(outside), *qualified)


def alter_policy(node: pb.AlterPolicyStmt, namespace: str) -> op.Operation:
    """ALTER POLICY."""
    table = name_of(node.table, namespace)
    return op.AlterOpaque("policy", Name(table.namespace, node.policy_name), table)


def create_rule(node: pb.RuleStmt, namespace: str) -> op.Operation:
    """CREATE RULE."""
    table = name_of(node.relation, namespace)
    name, reads = Name(table.namespace, node.rulename), columns_of(node.where_clause)
    named = tuple(other for part in node.actions for other in relations(part, namespace) if other != table)
    return op.CreateOpaque(Opaque("rule", name, table, _text(rule_stmt=node), reads, named), node.replace)


def create_statistics(node: pb.CreateStatsStmt, namespace: str) -> op.Operation:
    """CREATE STATISTICS."""
    table = name_of(node.relations[0].range_var, namespace)
    reads = tuple(part.stats_elem.name for part in node.exprs if part.stats_elem.name)
    name = path_of(node.defnames, table.namespace)
    return op.CreateOpaque(Opaque("statistics", name, table, _text(create_stats_stmt=node), reads))


def _text(**node: Any) -> str:
    """The statement as PostgreSQL's deparser spells it; nothing for the few that it does not know."""
    try:
        return deparse(pb.Node(**node))
    except GrammarError:
        return ""


def create_composite(node: pb.CompositeTypeStmt, namespace: str) -> op.Operation:
    """CREATE TYPE ... AS (...)."""
    columns = tuple(column_of(part.column_def, namespace)[0] for part in node.coldeflist)
    text = _text(composite_type_stmt=node)
    return op.CreateOpaque(Opaque("type", name_of(node.typevar, namespace), text=text, columns=columns))


def create_range(node: pb.CreateRangeStmt, namespace: str) -> op.Operation:
    """CREATE TYPE ... AS RANGE."""
    return op.CreateOpaque(Opaque("type", path_of(node.type_name, namespace), text=_text(create_range_stmt=node)))


def define(node: pb.DefineStmt, namespace: str) -> op.Operation:
    """CREATE AGGREGATE, OPERATOR, COLLATION, TEXT SEARCH ..., base types."""
    return op.CreateOpaque(Opaque(word(node.kind), path_of(node.defnames, namespace), text=_text(define_stmt=node)))


def create_publication(node: pb.CreatePublicationStmt, namespace: str) -> Iterator[op.Operation]:
    """CREATE PUBLICATION, with one operation per table it names."""
    text = _text(create_publication_stmt=node)
    for number, table in enumerate(_published(node.pubobjects, namespace) or [None]):
        opaque = Opaque("publication", Name(GLOBAL, node.pubname), table, text)
        yield op.CreateOpaque(opaque, replace=number > 0)  # it is there once the first table is


def alter_publication(node: pb.AlterPublicationStmt, namespace: str) -> Iterator[op.Operation]:
    """ALTER PUBLICATION, with one operation per table it names."""
    name = Name(GLOBAL, node.pubname)
    for table in _published(node.pubobjects, namespace) or [None]:
        if node.action == pb.AP_DropObjects and table is not None:
            yield op.DropOpaque("publication", name, table)
        else:
            yield op.CreateOpaque(Opaque("publication", name, table), replace=True)


def _published(objects: Iterable[Any], namespace: str) -> list[Name | None]:
    tables = (part.publication_obj_spec.pubtable for part in objects)
    return [name_of(table.relation, namespace) for table in tables if table.HasField("relation")]


def create_extension(node: pb.CreateExtensionStmt, namespace: str) -> op.Operation:
    """CREATE EXTENSION."""
    del namespace
    return op.CreateExtension(node.extname, node.if_not_exists)


READERS: dict[str, Callable[[Any, str], op.Operation | Iterator[op.Operation]]] = {
    "index_stmt": create_index,
    "drop_stmt": drop,
    "rename_stmt": rename,
    "alter_object_schema_stmt": set_namespace,
    "alter_owner_stmt": owner,
    "create_enum_stmt": create_enum,
    "alter_enum_stmt": alter_enum,
    "create_domain_stmt": create_domain,
    "alter_domain_stmt": alter_domain,
    "view_stmt": create_view,
    "create_table_as_stmt": create_table_as,
    "create_function_stmt": create_function,
    "comment_stmt": comment,
    "create_seq_stmt": create_sequence,
    "alter_seq_stmt": alter_sequence,
    "create_schema_stmt": create_namespace,
    "create_trig_stmt": create_trigger,
    "create_policy_stmt": create_policy,
    "alter_policy_stmt": alter_policy,
    "rule_stmt": create_rule,
    "create_stats_stmt": create_statistics,
    "composite_type_stmt": create_composite,
    "create_range_stmt": create_range,
    "define_stmt": define,
    "create_publication_stmt": create_publication,
    "alter_publication_stmt": alter_publication,
    "create_extension_stmt": create_extension,
}
