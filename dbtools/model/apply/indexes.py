"""Indexes created, dropped, attached, renamed; those of partitions follow their parent's."""

from __future__ import annotations

from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.apply.relations import children, doubted, missing, without_lost_keys
from dbtools.model.expression import Name
from dbtools.model.limits import MOST_KEYS, MOST_OF_A_TABLE
from dbtools.model.naming import chosen_name, is_relation
from dbtools.model.objects import Index, Table, View
from dbtools.model.schema import Schema, added


def create(schema: Schema, operation: op.CreateIndex) -> Schema:
    """The index is there, named, and so are those of the partitions unless ONLY the parent was meant."""
    name, index = operation.table, operation.index
    table, view = schema.tables.get(name), schema.views.get(name)
    if table is None and view is None:
        return missing(schema, name)
    if len(index.keys) + len(index.include) > MOST_KEYS:
        return schema
    if table is not None and len(table.indexes) >= MOST_OF_A_TABLE:
        return doubted(schema, name)
    if not index.name:
        index = replace(index, name=chosen_name(schema, name, index))
    elif is_relation(schema, name._replace(local=index.name)) or (table and _has(table, index.name)):
        return schema
    if table is None:
        return schema if view is None else _with_view_indexes(schema, view, (*view.indexes, index))
    partitions = children(schema, name) if table.partition_by else []
    if operation.only and partitions:
        return schema.with_table(table.with_index(replace(index, valid=False)))
    schema = schema.with_table(table.with_index(index))
    for child in partitions:
        if not _has_free(child, schema.tables[name], index):
            schema = create(schema, op.CreateIndex(child.name, replace(index, name="")))
    return schema


def _has(table: Table, name: str) -> bool:
    return table.index(name) is not None or table.constraint(name) is not None


def _has_free(child: Table, parent: Table, index: Index) -> bool:
    """Whether a partition has an index for a new one of its parent, beside those that stand for others like it."""
    like = replace(index, name="", valid=True)
    own, used = (sum(replace(each, name="", valid=True) == like for each in table.indexes) for table in (child, parent))
    return own >= used


def counterpart(child: Table, index: Index) -> Index | None:
    """The index of a partition that stands for its parent's *index*."""
    return next((own for own in child.indexes if replace(own, name=index.name, valid=index.valid) == index), None)


def drop(schema: Schema, name: Name) -> Schema:
    """The index is gone, with the foreign keys that needed it; one that a constraint owns stays."""
    for table in schema.owning(name):
        index = table.index(name.local)
        if index is not None:
            return _without(schema, table, index)
    for view in schema.views.values():
        if view.indexes and view.name.namespace == name.namespace:
            kept = tuple(index for index in view.indexes if index.name != name.local)
            if len(kept) < len(view.indexes):
                return _with_view_indexes(schema, view, kept)
    return schema


def _without(schema: Schema, table: Table, index: Index) -> Schema:
    after = table.without_index(index.name)
    schema = without_lost_keys(schema.with_table(after), table, after)
    for child in children(schema, table.name) if table.partition_by else ():
        inherited = counterpart(child, index)
        if inherited is not None:
            schema = _without(schema, child, inherited)
    return schema


def attach(schema: Schema, operation: op.AlterIndex) -> Schema:
    """An index on ONLY a partitioned table is valid once every partition has its own."""
    table = schema.index_owner(operation.name) if operation.partition else None
    index = table.index(operation.name.local) if table else None
    if table is None or index is None:
        return schema
    if not all(counterpart(child, index) for child in children(schema, table.name)):
        return schema
    return schema.with_table(table.with_index(replace(index, valid=True)))


def rename(schema: Schema, name: Name, to: str) -> Schema:
    """The index has another name, and so has the constraint that owns it."""
    owner, target = schema.index_owner(name), name._replace(local=to)
    if is_relation(schema, target) or schema.index_owner(target):
        return schema
    if owner is None:
        views = [view for view in schema.views.values() if any(own.name == name.local for own in view.indexes)]
        for view in views[:1]:
            renamed = (replace(own, name=to) if own.name == name.local else own for own in view.indexes)
            schema = _with_view_indexes(schema, view, tuple(renamed))
        return schema
    index, constraint = owner.index(name.local), owner.constraint(name.local)
    if index is not None:
        return schema.with_table(owner.without_index(index.name).with_index(replace(index, name=to)))
    if constraint is not None:
        return schema.with_table(
            owner.without_constraint(constraint.name).with_constraint(replace(constraint, name=to))
        )
    return schema


def _with_view_indexes(schema: Schema, view: View, indexes: tuple[Index, ...]) -> Schema:
    ordered = tuple(sorted(indexes, key=lambda index: index.name))
    return replace(schema, views=added(schema.views, view.name, replace(view, indexes=ordered)))
