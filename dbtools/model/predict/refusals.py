"""Why the server refuses a statement before it does anything: names that are missing or taken."""

from __future__ import annotations

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.effects import Effects
from dbtools.model.expression import Name, Type
from dbtools.model.naming import object_name
from dbtools.model.objects import Column
from dbtools.model.predict.relations import sure
from dbtools.model.schema import Schema

SYSTEM = frozenset({"pg_catalog", "information_schema", "pg_temp", "pg_toast"})
# Types that come with an extension, which a database may have without any migration that says so.
OF_EXTENSIONS = frozenset(
    """
    box2d box3d citext cube ean13 geography geometry geomval h3index halfvec hstore isbn isbn13 ismn ismn13 issn issn13
    lquery ltree ltxtquery query_int raster seg sparsevec topogeometry upc vector
    """.split()
)
NOTHING = Effects()
Dropping = (
    op.DropIndex | op.DropView | op.DropSequence | op.DropType | op.DropFunction | op.DropOpaque | op.DropNamespace
)


def refused(operation: op.Operation, schema: Schema) -> Effects:
    """The SQLSTATE of a name that is missing or taken, or why that is not known; nothing where all names are right."""
    if schema.uncertain_all or not schema.complete:
        return NOTHING
    match operation:
        case op.CreateTable(table, if_not_exists):
            return _new_relation(table.name, schema, again=if_not_exists) | _types(table.columns, schema)
        case op.CreateView(view, or_replace, if_not_exists) if not (or_replace and view.name in schema.views):
            return _new_relation(view.name, schema, again=if_not_exists)
        case op.CreateSequence(sequence, if_not_exists):
            return _new_relation(sequence.name, schema, again=if_not_exists)
        case op.AddColumn(_, column):
            return _types((column,), schema)
        case op.CreateEnum(enum):
            return _new_type(enum.name, schema)
        case op.CreateDomain(domain):
            return _new_type(domain.name, schema)
        case op.RenameTable(name, to):
            return _moved(name, name._replace(local=to), schema)
        case op.Rename() | op.SetNamespace():
            return _named(operation, schema)
        case op.RenameConstraint(table, _, to):
            found = schema.table(table)
            return _if(
                found is not None and found.constraint(to) is not None and sure(table, schema),
                sqlstate.DUPLICATE_OBJECT,
            )
        case op.CreateNamespace(name, if_not_exists):
            return _if(name in schema.namespaces and not if_not_exists, sqlstate.DUPLICATE_SCHEMA)
        case op.CreateExtension(name, if_not_exists):
            return _if(
                (name in schema.extensions or name == "plpgsql") and not if_not_exists, sqlstate.DUPLICATE_OBJECT
            )
        case op.CreateFunction(function, or_replace):
            return _if(
                (function.name, function.arguments) in schema.functions and not or_replace, sqlstate.DUPLICATE_FUNCTION
            )
        case op.CreateOpaque(opaque, or_replace) if opaque.kind in {"trigger", "policy", "rule", "statistics"}:
            taken = (opaque.kind, opaque.name, opaque.table) in schema.opaques
            return _if(taken and not or_replace, sqlstate.DUPLICATE_OBJECT)
        case op.CreateOpaque(opaque, again) if opaque.kind == "publication":
            known = any(key[:2] == ("publication", opaque.name) for key in schema.opaques)
            return _if(known and not again, sqlstate.DUPLICATE_OBJECT) | _if(
                again and not known, sqlstate.UNDEFINED_OBJECT
            )
        case op.CreateOpaque(opaque) if opaque.kind == "type":
            return _if(opaque.name in schema.tables, sqlstate.DUPLICATE_TABLE) | _new_type(opaque.name, schema)
        case _:
            return _missing(operation, schema)


def _missing(operation: op.Operation, schema: Schema) -> Effects:
    match operation:
        case op.DropSequence(name, False) | op.AlterSequence(name):
            gone = not is_sequence(name, schema)
            if gone and _may_own(name, schema):
                return Effects(uncertain=f"whether a column owns {name} is not known")
            return _if(gone, sqlstate.UNDEFINED_TABLE)
        case op.AlterIndex(name):
            return _if(not _is_index(name, schema) and not schema.uncertain, sqlstate.UNDEFINED_TABLE)
        case op.AlterDomain(name) | op.AddDomainCheck(name):
            return _if(not _is_type(name, schema) and _none_from_extensions(schema), sqlstate.UNDEFINED_OBJECT)
        case op.DropType(name, False):
            return _if(not _is_type(name, schema) and _none_from_extensions(schema), sqlstate.UNDEFINED_OBJECT)
        case op.AlterOpaque("type", name):
            return _if(
                ("type", name, None) not in schema.opaques and _none_from_extensions(schema), sqlstate.UNDEFINED_TABLE
            )
        case op.AlterOpaque("view", name, column=column):
            view = schema.views.get(name)
            lacks = view is not None and bool(view.columns) and column not in ("", *view.columns)
            return _if(view is None and name not in schema.tables, sqlstate.UNDEFINED_TABLE) | _if(
                lacks, sqlstate.UNDEFINED_COLUMN
            )
        case op.AlterOpaque(kind, name, table) | op.DropOpaque(kind, name, table, False) if table is not None:
            known = kind in {"trigger", "policy", "rule"} and (table in schema.tables or table in schema.views)
            gone = known and (kind, name, table) not in schema.opaques and sure(table, schema)
            if gone and (maker := _maker(kind, schema)):
                return Effects(uncertain=f"whether {maker}() has made the {kind} {name.local} is not known")
            return _if(gone, sqlstate.UNDEFINED_OBJECT)
        case op.DropOpaque("statistics", name, _, False):
            kept = any(key[:2] == ("statistics", name) for key in schema.opaques)
            return _if(not kept and _none_from_extensions(schema), sqlstate.UNDEFINED_OBJECT)
        case op.AlterTable(table, "enable trigger" | "disable trigger", value) if value not in {"", "USER"}:
            known = table in schema.tables and sure(table, schema)
            return _if(
                known and ("trigger", Name(table.namespace, value), table) not in schema.opaques,
                sqlstate.UNDEFINED_OBJECT,
            )
        case op.DropOpaque("publication", name, None, False):
            return _if(not any(key[:2] == ("publication", name) for key in schema.opaques), sqlstate.UNDEFINED_OBJECT)
        case op.Maintain("cluster", tables, index) if index:
            return _if(any(_lacks(name, index, schema) for name in tables), sqlstate.UNDEFINED_OBJECT)
        case op.DropFunction():
            return _function(operation, schema)
        case op.DropNamespace(name, False):
            return _if(name not in schema.namespaces, sqlstate.INVALID_SCHEMA_NAME)
        case op.Comment("column", name, _, column):
            found = schema.table(name)
            gone = found is not None and found.column(column) is None and sure(name, schema)
            return _if(gone, sqlstate.UNDEFINED_COLUMN)
        case op.Comment("view" | "matview", name):
            return _if(name not in schema.views and name not in schema.tables, sqlstate.UNDEFINED_TABLE)
        case op.Select(reads) | op.Insert(_, _, reads) | op.Update(reads=reads) | op.Delete(reads=reads):
            return _if(any(_is_gone(name, schema) for name in reads), sqlstate.UNDEFINED_TABLE)
    return NOTHING


def _maker(kind: str, schema: Schema) -> str:
    """A function that makes triggers, policies or rules: a history may have called it."""
    made = (str(each.name) for each in schema.functions.values() if f"create {kind}" in each.body.lower())
    return next(made, "")


def _lacks(name: Name, index: str, schema: Schema) -> bool:
    table = schema.table(name)
    return table is not None and sure(name, schema) and not (table.index(index) or table.constraint(index))


def _if(condition: bool, code: str) -> Effects:  # noqa: FBT001 - reads as the sentence it is
    return Effects(fails=code) if condition else NOTHING


def _is_gone(name: Name, schema: Schema) -> bool:
    relation = name in schema.tables or name in schema.views or is_sequence(name, schema)
    system = name.namespace in SYSTEM or name.local.startswith("pg_") or _is_index(name, schema)
    return not (relation or system or _may_own(name, schema)) and sure(name, schema) and _none_from_extensions(schema)


def is_sequence(name: Name, schema: Schema) -> bool:
    """Whether a sequence is called so, one that a column owns too."""
    return name in schema.sequences or owner(name, schema) is not None


def owner(sequence: Name, schema: Schema) -> tuple[Name, Column] | None:
    """The table and column that own a sequence, going by the name that PostgreSQL gives it."""
    for table in schema.drawing(sequence):
        for column in table.columns:
            if column.identity and object_name(table.name.local, column.name, "seq") == sequence.local:
                return table.name, column
    return None


def _may_own(sequence: Name, schema: Schema) -> bool:
    """Whether a column may own a sequence of this name: after a table was renamed, it keeps the old one."""
    return "_seq" in sequence.local and any(
        column.identity for table in schema.tables.values() for column in table.columns
    )


def _is_index(name: Name, schema: Schema) -> bool:
    return schema.index_owner(name) is not None or next(schema.indexed(name), None) is not None


def _is_type(name: Name, schema: Schema) -> bool:
    return (
        name in schema.enums or name in schema.domains or name in schema.tables or name in schema.views
        or ("type", name, None) in schema.opaques
    )  # fmt: skip


def _none_from_extensions(schema: Schema) -> bool:
    """Whether every object is the schema's own: what extensions bring is not kept."""
    return not schema.extensions - {"plpgsql"}


def is_taken(name: Name, schema: Schema) -> bool:
    """Whether a relation or index is called so."""
    relation = name in schema.tables or name in schema.views or name in schema.sequences
    return relation or _is_index(name, schema) or owner(name, schema) is not None


def _elsewhere(namespace: str) -> Effects:
    """A schema that no migration makes is made by the platform, or by the runner."""
    return Effects(uncertain=f"whether the schema {namespace} is there is not known")


def _new_relation(name: Name, schema: Schema, *, again: bool) -> Effects:
    if name.namespace not in schema.namespaces and name.namespace not in SYSTEM:
        return _elsewhere(name.namespace)
    if is_taken(name, schema):
        return _if(not again and sure(name, schema), sqlstate.DUPLICATE_TABLE)
    if ("type", name, None) in schema.opaques:
        return Effects(fails=sqlstate.DUPLICATE_TABLE)
    return _if(name in schema.enums or name in schema.domains, sqlstate.DUPLICATE_OBJECT)


def _new_type(name: Name, schema: Schema) -> Effects:
    if name.namespace not in schema.namespaces and name.namespace not in SYSTEM:
        return _elsewhere(name.namespace)
    return _if(_is_type(name, schema) and sure(name, schema), sqlstate.DUPLICATE_OBJECT)


def _types(columns: tuple[Column, ...], schema: Schema) -> Effects:
    """A column of a type that does not exist."""
    gone = [column.type for column in columns if _is_unknown_type(column.type, schema)]
    return _if(bool(gone) and _none_from_extensions(schema), sqlstate.UNDEFINED_OBJECT)


def _is_unknown_type(kind: Type, schema: Schema) -> bool:
    own = bool(kind.namespace) and kind.namespace not in SYSTEM and kind.base not in OF_EXTENSIONS
    return own and not _is_type(kind.name, schema)


def _moved(old: Name, new: Name, schema: Schema) -> Effects:
    if old not in schema.tables and old not in schema.views and old not in schema.sequences:
        return NOTHING
    return _if(is_taken(new, schema) and sure(new, schema), sqlstate.DUPLICATE_TABLE)


def _named(operation: op.Rename | op.SetNamespace, schema: Schema) -> Effects:
    old = operation.name
    if isinstance(operation, op.Rename):
        new = old._replace(local=operation.to)
    else:
        new = old._replace(namespace=operation.to)
        if operation.to not in schema.namespaces and operation.to not in SYSTEM:
            return _elsewhere(operation.to)
    match operation.kind:
        case "index":
            gone = not _is_index(old, schema) and not schema.uncertain
            return _if(gone, sqlstate.UNDEFINED_TABLE) | _if(is_taken(new, schema), sqlstate.DUPLICATE_TABLE)
        case "view" | "materialized view" | "sequence":
            relation = old in schema.views or old in schema.tables or is_sequence(old, schema)
            gone = not (relation or (operation.kind == "sequence" and _may_own(old, schema)))
            return _if(gone and sure(old, schema), sqlstate.UNDEFINED_TABLE) | _moved(old, new, schema)
        case "type" | "domain":
            gone = not _is_type(old, schema) and _none_from_extensions(schema)
            return _if(gone, sqlstate.UNDEFINED_OBJECT) | _if(_is_type(new, schema), sqlstate.DUPLICATE_OBJECT)
        case "table":
            return _moved(old, new, schema)
    return NOTHING


def _function(operation: op.DropFunction, schema: Schema) -> Effects:
    if operation.if_exists or not _none_from_extensions(schema):
        return NOTHING
    named = [key for key in schema.functions if key[0] == operation.name]
    if operation.arguments is None and len(named) > 1:
        return Effects(fails=sqlstate.AMBIGUOUS_FUNCTION)
    # Types may be spelled in ways that the model does not compare: of several with one name, none is missed for sure.
    aggregate = ("aggregate", operation.name, None) in schema.opaques
    return _if(not named and not aggregate, sqlstate.UNDEFINED_FUNCTION)
