"""Names that a statement uses and that stand for nothing (42P01, 42703, 42704, 42883, 22023), or for something else.

What is not there is known only where the whole history is; what is there is of another kind (42809) either way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.effects import Effects, LockMode
from dbtools.model.expression import Name, Type
from dbtools.model.objects import Column, Opaque, Table
from dbtools.model.predict.names import (
    SYSTEM,
    has_all_types,
    is_brought,
    is_type,
    kind_of,
    may_be_owned,
    sure,
)
from dbtools.model.schema import Schema

NOTHING = Effects()
WRITTEN = ("table", "view")
READ = ("table", "view", "materialized view", "sequence")


def missing(name: Name, schema: Schema, mode: LockMode) -> Effects:
    """The effects on a table that is not in the schema: an error if all are known, else only the lock is sure."""
    if sure(name, schema) and name not in schema.views and not is_brought(name, schema):
        return Effects(fails=sqlstate.UNDEFINED_TABLE)
    return Effects({name: mode}, uncertain=f"{name} is not known")


def missing_column(table: Name, column: str, schema: Schema) -> Effects | None:
    """None when the column exists; else the effects of naming one that does not, or that nobody knows."""
    found = schema.table(table)
    if found is None:
        return missing(table, schema, LockMode.ACCESS_EXCLUSIVE)
    if found.column(column) is None:
        if schema.is_certain(table):
            return Effects(fails=sqlstate.UNDEFINED_COLUMN)
        return Effects({table: LockMode.ACCESS_EXCLUSIVE}, uncertain=f"{table}.{column} is not known")
    return None


def assumed(name: Name, schema: Schema) -> Schema:
    """The schema with *name* in it as a table of which nothing is known: what holds for any table holds for it."""
    return schema.with_table(Table(name)).doubting(name)


def refusal(operation: op.Operation, schema: Schema) -> Effects:
    """What the operation fails with for a name that it uses, or why that is not known."""
    if misnamed(operation, schema):
        return Effects(fails=sqlstate.WRONG_OBJECT_TYPE)
    inside = _inside(operation, schema)
    if inside.fails or schema.uncertain_all or not schema.complete:
        return inside
    return _made(operation, schema) | _used(operation, schema)


def misnamed(operation: op.Operation, schema: Schema) -> tuple[Name, str] | None:
    """The relation that an operation names as if it were of another kind, and the kind that it is of."""
    for name, kinds in _relations(operation):
        kind = kind_of(name, schema)
        if kind and kind not in kinds and schema.is_certain(name):
            return name, kind
    return None


def _relations(operation: op.Operation) -> Iterator[tuple[Name, tuple[str, ...]]]:
    """The relations that an operation names, each with the kinds that will do."""
    match operation:
        case (
            op.AddColumn(name) | op.DropColumn(name) | op.SetType(name) | op.SetNullable(name) | op.AddConstraint(name)
            | op.AttachPartition(name) | op.DropTable(name) | op.CreateOpaque(Opaque("policy", table=Name() as name))
        ):  # fmt: skip
            yield name, ("table",)
        case op.Truncate(tables):
            yield from ((name, ("table",)) for name in tables)
        case op.CreateIndex(name):
            yield name, ("table", "materialized view")
        case op.DropIndex(name) | op.AlterIndex(name):
            yield name, ("index",)
        case op.DropSequence(name) | op.AlterSequence(name):
            yield name, ("sequence",)
        case op.DropView(name, materialized=materialized):
            yield name, ("materialized view",) if materialized else ("view",)
        case op.Rename("view" | "materialized view" | "sequence" as kind, name) | op.SetNamespace(
            "view" | "materialized view" | "sequence" as kind, name
        ):
            yield name, (kind,)
        case op.Insert(name, _, reads) | op.Update(name, reads=reads) | op.Delete(name, reads=reads):
            yield name, WRITTEN
            yield from ((each, READ) for each in reads)
        case op.Select(reads):
            yield from ((each, READ) for each in reads)


def _inside(operation: op.Operation, schema: Schema) -> Effects:
    """Columns of a table that rows are written into, and labels of an enum."""
    match operation:
        case op.Insert(name, columns) | op.Update(name, columns):
            table = schema.table(name)
            if table is not None and table.columns and schema.is_certain(name):
                return _if(any(table.column(each) is None for each in columns), sqlstate.UNDEFINED_COLUMN)
        case op.AddEnumValue(name, label, beside) if beside and schema.is_certain(name):
            labels = schema.enums[name].labels if name in schema.enums else (beside,)
            return _if(label not in labels and beside not in labels, sqlstate.INVALID_PARAMETER_VALUE)
        case op.RenameEnumValue(name, label) if name in schema.enums and schema.is_certain(name):
            return _if(label not in schema.enums[name].labels, sqlstate.INVALID_PARAMETER_VALUE)
    return NOTHING


def _made(operation: op.Operation, schema: Schema) -> Effects:
    """What a new object is made of, and the schema that it is made in."""
    match operation:
        case op.CreateTable(table):
            return _elsewhere(table.name, schema) | _types((each.type for each in table.columns), schema)
        case op.AddColumn(_, Column(_, kind)):
            return _types((kind,), schema)
        case op.CreateView(view):
            return _elsewhere(view.name, schema)
        case op.CreateSequence(made) | op.CreateEnum(made) | op.CreateOpaque(Opaque("type") as made):
            return _elsewhere(made.name, schema)
        case op.CreateDomain(domain):
            return _elsewhere(domain.name, schema) | _types((domain.base,), schema)
        case op.SetNamespace(_, name, to):
            return _elsewhere(name._replace(namespace=to), schema)
        case op.CreateOpaque(Opaque("publication", name), again):
            return _if(again and not _is_opaque("publication", name, schema), sqlstate.UNDEFINED_OBJECT)
    return NOTHING


def _elsewhere(name: Name, schema: Schema) -> Effects:
    """A schema that no migration makes is made by the platform, or by the runner."""
    known = name.namespace in schema.namespaces or name.namespace in SYSTEM
    return NOTHING if known else Effects(uncertain=f"whether the schema {name.namespace} is there is not known")


def _types(kinds: Iterable[Type], schema: Schema) -> Effects:
    """Types that do not exist, as far as no extension and no platform may have brought them."""
    for kind in kinds:
        built_in = not kind.namespace or kind.namespace in SYSTEM or kind.base.startswith("_")
        if built_in or is_type(kind.name, schema) or not has_all_types(schema):
            continue
        if any(schema.typed(kind.name)):
            return Effects(uncertain=f"what has made {kind}, which other tables use, is not known")
        known = kind.namespace in schema.namespaces
        return Effects(fails=sqlstate.UNDEFINED_OBJECT) if known else _elsewhere(kind.name, schema)
    return NOTHING


def _used(operation: op.Operation, schema: Schema) -> Effects:
    """What is changed, dropped, read or commented on."""
    match operation:
        case (
            op.DropSequence(name, False) | op.AlterSequence(name) | op.Rename("sequence", name)
            | op.SetNamespace("sequence", name)
        ):  # fmt: skip
            return _sequence(name, schema)
        case op.AlterIndex(name) | op.Rename("index", name):
            return _if(not kind_of(name, schema) and not schema.uncertain, sqlstate.UNDEFINED_TABLE)
        case op.Rename("view" | "materialized view", name) | op.SetNamespace("view" | "materialized view", name):
            return _if(not kind_of(name, schema) and sure(name, schema), sqlstate.UNDEFINED_TABLE)
        case op.AlterOpaque("view", name, column=column):
            view = schema.views.get(name)
            lacks = view is not None and bool(view.columns) and column not in ("", *view.columns)
            gone = view is None and name not in schema.tables
            return _if(gone, sqlstate.UNDEFINED_TABLE) | _if(lacks, sqlstate.UNDEFINED_COLUMN)
        case op.Comment("column", name, _, column):
            table = schema.table(name)
            gone = table is not None and table.column(column) is None and sure(name, schema)
            return _if(gone, sqlstate.UNDEFINED_COLUMN)
        case op.Comment("view" | "matview", name):
            return _if(name not in schema.views and name not in schema.tables, sqlstate.UNDEFINED_TABLE)
        case op.Select(reads) | op.Insert(_, _, reads) | op.Update(reads=reads) | op.Delete(reads=reads):
            return _if(any(_is_gone(name, schema) for name in reads), sqlstate.UNDEFINED_TABLE)
        case op.Maintain("cluster", tables, index) if index:
            return _if(any(_lacks(name, index, schema) for name in tables), sqlstate.UNDEFINED_OBJECT)
        case op.DropNamespace(name, False):
            return _if(name not in schema.namespaces, sqlstate.INVALID_SCHEMA_NAME)
        case op.AlterOpaque() | op.DropOpaque() | op.AlterTable():
            return _opaque(operation, schema)
    return _type_or_function(operation, schema)


def _sequence(name: Name, schema: Schema) -> Effects:
    if kind_of(name, schema) or not sure(name, schema):
        return NOTHING
    if may_be_owned(name, schema):
        return Effects(uncertain=f"whether a column owns {name} is not known")
    return Effects(fails=sqlstate.UNDEFINED_TABLE)


def _is_gone(name: Name, schema: Schema) -> bool:
    system = name.namespace in SYSTEM or name.local.startswith("pg_") or may_be_owned(name, schema)
    return not (kind_of(name, schema) or system) and sure(name, schema) and schema.extensions <= {"plpgsql"}


def _lacks(name: Name, index: str, schema: Schema) -> bool:
    table = schema.table(name)
    return table is not None and sure(name, schema) and not (table.index(index) or table.constraint(index))


def _opaque(operation: op.AlterOpaque | op.DropOpaque | op.AlterTable, schema: Schema) -> Effects:
    """Triggers, policies, rules, statistics, publications, composite types."""
    match operation:
        case op.AlterOpaque("type", name):
            return _if(not _is_opaque("type", name, schema) and has_all_types(schema), sqlstate.UNDEFINED_TABLE)
        case op.AlterOpaque(kind, name, Name() as table) | op.DropOpaque(kind, name, Name() as table, False):
            known = kind in {"trigger", "policy", "rule"} and (table in schema.tables or table in schema.views)
            gone = known and (kind, name, table) not in schema.opaques and sure(table, schema)
            if gone and (maker := _maker(kind, schema)):
                return Effects(uncertain=f"whether {maker}() has made the {kind} {name.local} is not known")
            return _if(gone, sqlstate.UNDEFINED_OBJECT)
        case op.DropOpaque("statistics" | "publication" as kind, name, None, False):
            brought = kind == "statistics" and not has_all_types(schema)
            return _if(not _is_opaque(kind, name, schema) and not brought, sqlstate.UNDEFINED_OBJECT)
        case op.AlterTable(table, "enable trigger" | "disable trigger", value) if value not in {"", "USER"}:
            known = table in schema.tables and sure(table, schema)
            gone = ("trigger", Name(table.namespace, value), table) not in schema.opaques
            return _if(known and gone, sqlstate.UNDEFINED_OBJECT)
    return NOTHING


def _is_opaque(kind: str, name: Name, schema: Schema) -> bool:
    return any(key[:2] == (kind, name) for key in schema.opaques)


def _maker(kind: str, schema: Schema) -> str:
    """A function that makes triggers, policies or rules: a history may have called it."""
    made = (str(each.name) for each in schema.functions.values() if f"create {kind}" in each.body.lower())
    return next(made, "")


def _type_or_function(operation: op.Operation, schema: Schema) -> Effects:
    match operation:
        case (
            op.AlterDomain(name) | op.AddDomainCheck(name) | op.DropType(name, False) | op.AddEnumValue(name)
            | op.RenameEnumValue(name) | op.Rename("type" | "domain", name) | op.SetNamespace("type" | "domain", name)
        ) if not is_type(name, schema):  # fmt: skip
            return _if(has_all_types(schema), sqlstate.UNDEFINED_OBJECT)
        case op.DropFunction(name, arguments, False) if has_all_types(schema):
            named = [key for key in schema.functions if key[0] == name]
            if arguments is None and len(named) > 1:
                return Effects(fails=sqlstate.AMBIGUOUS_FUNCTION)
            # Types may be spelled in ways that the model does not compare: of several, none is surely missed.
            return _if(not named and not _is_opaque("aggregate", name, schema), sqlstate.UNDEFINED_FUNCTION)
    return NOTHING


def _if(condition: bool, code: str) -> Effects:  # noqa: FBT001 - reads as the sentence it is
    return Effects(fails=code) if condition else NOTHING
