"""Tables created, dropped, attached and detached; partitions are born with what their parent has."""

from __future__ import annotations

from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.apply import constraints, indexes, views
from dbtools.model.apply.columns import settled
from dbtools.model.apply.relations import children, doubted, missing, without_keys, without_owned
from dbtools.model.bounds import condition
from dbtools.model.expression import Expression, Name
from dbtools.model.identifiers import literal, quote_name
from dbtools.model.limits import MOST_COLUMNS
from dbtools.model.naming import chosen_name, is_relation, object_name
from dbtools.model.objects import Check, Column, ColumnRef, Columns, Constraint, ForeignKey, PrimaryKey, Table, Unique
from dbtools.model.schema import Schema, removed


def create(schema: Schema, operation: op.CreateTable) -> Schema:
    """The table is there as the server makes it; in doubt where its columns come from what nobody read."""
    table = operation.table
    if is_relation(schema, table.name):
        return schema
    parents = _parents(table)
    if table.name in parents:
        return schema
    sources = [schema.tables.get(name) for name in (*parents, *operation.like)]
    own = {column.name: settled(column) for column in table.columns}
    columns: dict[str, Column] = {}
    for parent in parents:
        columns |= _inherited_columns(schema.tables.get(parent))
    whole = _wholly_copied(schema, operation)
    for source in operation.like:
        found = schema.tables.get(source)
        columns |= _copied_columns(found) if whole is None else _drawing(found)
    typed = schema.opaques.get(("type", table.of, None)) if table.of else None
    columns |= {column.name: column for column in (typed.columns if typed else ())}
    if len(columns | own) > MOST_COLUMNS:
        return schema
    bare = replace(table, columns=Columns((columns | own).values()), constraints=(), indexes=())
    schema = schema.with_table(bare)
    copies = sources[len(parents) :] if operation.including and whole is None else []
    if (
        None in sources
        or not all(map(_is_plain, copies))
        or (operation.query and not own)
        or (table.of and not columns)
    ):
        schema = doubted(schema, table.name)
    schema = constraints.added_to(schema, table.name, _distinct(table.constraints))
    for parent in parents:
        schema = _inheriting(schema, parent, table.name)
    for index in table.indexes:
        schema = indexes.create(schema, op.CreateIndex(table.name, index))
    return schema if whole is None else _with_copies(schema, table.name, whole)


def _wholly_copied(schema: Schema, operation: op.CreateTable) -> Table | None:
    """The one table that LIKE ... INCLUDING ALL copies, where everything that it has is known to be copied here."""
    if not operation.everything or len(operation.like) != 1 or _parents(operation.table):
        return None
    source = schema.tables.get(operation.like[0])
    if source is None or not schema.is_certain(source.name):
        return None
    own = all(isinstance(each, PrimaryKey | Unique | Check | ForeignKey) for each in source.constraints)
    return source if own and all(index.valid for index in source.indexes) else None


def _with_copies(schema: Schema, name: Name, source: Table) -> Schema:
    """Its checks by their names, its keys and indexes under new ones; foreign keys are not copied."""
    checks = [replace(each, validated=each.enforced) for each in source.constraints if isinstance(each, Check)]
    schema = constraints.added_to(schema, name, checks)
    for key in source.constraints:
        if isinstance(key, PrimaryKey | Unique):
            schema = constraints.added_to(schema, name, (replace(key, name=""),))
    for index in source.indexes:
        schema = indexes.create(schema, op.CreateIndex(name, replace(index, name="")))
    return schema


def _inherited_columns(parent: Table | None) -> dict[str, Column]:
    """A child's columns have their parent's defaults, and no comments."""
    return {name: replace(column, comment=None) for name, column in _drawing(parent).items()}


def _drawing(parent: Table | None) -> dict[str, Column]:
    """The columns with their defaults; it draws from the parent's sequence, which it does not own."""
    columns = {}
    for column in parent.columns if parent else ():
        columns[column.name] = column
        if column.identity == "serial" and parent is not None:
            default = _next_value(Name(parent.name.namespace, object_name(parent.name.local, column.name, "seq")))
            columns[column.name] = replace(column, identity="", default=default)
    return columns


def _next_value(sequence: Name) -> Expression:
    text = f"nextval({literal(quote_name(sequence))})"
    return Expression(text, text)


def _copied_columns(source: Table | None) -> dict[str, Column]:
    """LIKE copies names, types, collations and NOT NULL."""
    return {
        column.name: Column(column.name, column.type, nullable=column.nullable, collation=column.collation)
        for column in (source.columns if source else ())
    }


def _is_plain(source: Table | None) -> bool:
    """Whether INCLUDING, which the operation does not keep, could add nothing to LIKE."""
    if source is None or source.constraints or source.indexes or source.comment:
        return False
    return source.columns == Columns(_copied_columns(source).values())


def _distinct(written: tuple[Constraint, ...]) -> list[Constraint]:
    """Without UNIQUE on the very columns of the primary key, which gets one index for both; NOT VALID says nothing."""
    keys = {found.columns for found in written if isinstance(found, PrimaryKey)}
    return [
        replace(found, validated=found.enforced) if isinstance(found, Check | ForeignKey) else found
        for found in written
        if not (isinstance(found, Unique) and found.columns in keys and found.nulls_distinct and not found.deferrable)
    ]


def _parents(table: Table) -> tuple[Name, ...]:
    return (table.partition_of.parent,) if table.partition_of else table.inherits


def _goes_round(schema: Schema, child: Name, parent: Name) -> bool:
    """Whether *parent* is *child* or stands below it: the server refuses that, and nothing would ever end."""
    above, seen = [parent], set[Name]()
    while above:
        name = above.pop()
        if name == child:
            return True
        table = schema.tables.get(name)
        if table is not None and name not in seen:
            seen.add(name)
            above.extend(_parents(table))
    return False


def _inheriting(schema: Schema, parent_name: Name, child_name: Name) -> Schema:
    parent = schema.tables.get(parent_name)
    if parent is None:
        return schema
    inherited = constraints.inherited_constraints(parent.constraints, schema.tables[child_name])
    schema = constraints.added_to(schema, child_name, inherited)
    if schema.tables[child_name].partition_of is None:
        return schema
    for index in parent.indexes:
        if indexes.counterpart(schema.tables[child_name], index) is None:
            schema = indexes.create(schema, op.CreateIndex(child_name, replace(index, name="")))
    return schema


def drop(schema: Schema, name: Name) -> Schema:
    """The table is gone, with its partitions, its triggers, and the foreign keys and views that refer to it."""
    if name not in schema.tables:
        return schema
    below = tuple(children(schema, name))
    schema = without_owned(schema, {ColumnRef(name, column.name) for column in schema.tables[name].columns})
    schema = replace(schema, tables=removed(schema.tables, name))
    for child in below:
        schema = drop(schema, child.name)
    schema = without_keys(schema, name, lambda _: True)
    return views.without_relation(schema, name)


def alter(schema: Schema, operation: op.AlterTable) -> Schema:
    """The setting is made, as far as the model keeps it."""
    table = schema.tables.get(operation.table)
    if table is None:
        return missing(schema, operation.table)
    match operation.action, operation.value:
        case "set unlogged" | "set logged", _ if table.partition_by is not None:
            return schema
        case "set unlogged", _:
            return schema.with_table(replace(table, persistence="unlogged"))
        case "replica identity", index:
            return schema.with_table(replace(table, replica_index=index))
        case "set tablespace", place:
            return schema.with_table(replace(table, tablespace="" if place == "pg_default" else place))
        case "set access method", method:
            return schema.with_table(replace(table, method=method or table.method))
        case "set logged", _:
            return schema.with_table(replace(table, persistence="permanent"))
        case "row security", "enable" | "disable":
            return schema.with_table(replace(table, row_security=operation.value == "enable"))
        case "inherit", parent if _goes_round(schema, table.name, _name(parent)):
            return schema
        case "inherit", parent:
            schema = schema.with_table(replace(table, inherits=(*table.inherits, _name(parent))))
            return _inheriting(schema, _name(parent), table.name)
        case "no inherit", parent:
            kept = tuple(name for name in table.inherits if name != _name(parent))
            return schema.with_table(replace(table, inherits=kept))
    return schema


def _name(text: str) -> Name:
    namespace, dot, local = text.partition(".")
    return Name(namespace, local) if dot else Name("public", namespace)


def attach(schema: Schema, operation: op.AttachPartition) -> Schema:
    """The table is a partition, and has every index and constraint of its parent that it lacked."""
    table = schema.tables.get(operation.partition)
    if table is None:
        return missing(schema, operation.partition)
    if table.partition_of is not None or operation.of.parent not in schema.tables:
        return missing(schema, operation.of.parent) if table.partition_of is None else schema
    if _goes_round(schema, table.name, operation.of.parent):
        return schema
    schema = schema.with_table(replace(table, partition_of=operation.of))
    return _inheriting(schema, operation.of.parent, table.name)


def detach(schema: Schema, operation: op.DetachPartition) -> Schema:
    """The table stands alone, and keeps what it inherited; CONCURRENTLY leaves its bound behind as a CHECK."""
    table = schema.tables.get(operation.partition)
    if table is None or table.partition_of is None:
        return missing(schema, operation.partition) if table is None else schema
    parent = schema.tables.get(operation.table)
    bound = condition(parent.partition_by if parent is not None else None, table.partition_of)
    table = replace(table, partition_of=None)
    if operation.concurrently and bound is not None and bound not in [check.expression for check in table.checks]:
        check = Check("", bound)
        table = table.with_constraint(replace(check, name=chosen_name(schema, table.name, check)))
    return schema.with_table(table)
