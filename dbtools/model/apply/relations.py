"""Tables and views by name: found, changed with everything that inherits from them, moved, and what goes with a key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from dbtools.model.expression import Name
from dbtools.model.objects import ColumnRef, ForeignKey, Table, View
from dbtools.model.schema import Schema, added, removed


def doubted(schema: Schema, *names: Name) -> Schema:
    """*schema*, with what it says about *names* marked as uncertain."""
    return schema.doubting(*names)


def missing(schema: Schema, name: Name) -> Schema:
    """*schema* after an operation on a table that is not in it: nothing changes, or nobody knows."""
    return schema if schema.complete or name in schema.views else doubted(schema, name)


def children(schema: Schema, parent: Name) -> list[Table]:
    """The partitions and inheriting tables of *parent*, the oldest first, as the server goes through them."""
    return list(schema.children(parent))


def changed(schema: Schema, name: Name, change: Callable[[Table], Table]) -> Schema:
    """*schema*, with *change* made to the table called *name* and to everything that inherits from it."""
    if name not in schema.tables:
        return missing(schema, name)
    pending, seen = [name], set[Name]()
    while pending:
        table = schema.tables[pending.pop()]
        if table.name in seen:  # it inherits in two ways, or from itself
            continue
        seen.add(table.name)
        after = change(table)
        schema = schema if after is table else schema.with_table(after)
        pending.extend(child.name for child in reversed(children(schema, table.name)))
    return schema


def without_owned(schema: Schema, columns: AbstractSet[ColumnRef]) -> Schema:
    """*schema* without the sequences that *columns* own and no longer draw from."""
    for sequence in tuple(schema.sequences.values()):
        if sequence.owner in columns:
            schema = replace(schema, sequences=removed(schema.sequences, sequence.name))
    return schema


def without_lost_keys(schema: Schema, before: Table, after: Table) -> Schema:
    """*schema* without the foreign keys that referred to a key which *before* has and *after* has not."""
    lost = {frozenset(key) for key in before.keys} - {frozenset(key) for key in after.keys}
    if not lost:
        return schema

    return without_keys(schema, before.name, lambda key: frozenset(key.target_columns) in lost)


def without_keys(schema: Schema, target: Name, goes: Callable[[ForeignKey], bool]) -> Schema:
    """*schema* without the foreign keys at *target* that *goes* names."""
    for table in {table.name: table for table, key in schema.referencing(target) if goes(key)}.values():
        kept = (
            found
            for found in table.constraints
            if not (isinstance(found, ForeignKey) and found.target == target and goes(found))
        )
        schema = schema.with_table(replace(table, constraints=tuple(kept)))
    return schema


def moved(schema: Schema, old: Name, new: Name) -> Schema:
    """*schema* where the relation called *old* is called *new*, and everything that refers to it follows."""
    if new in schema.tables or new in schema.views or new in schema.sequences:
        return schema
    if old not in schema.tables and old not in schema.views and old not in schema.sequences:
        return missing(schema, old)
    naming = {old: new}
    schema = replace(
        schema,
        tables=_tables_followed(schema, old, naming),
        views=_views_followed(schema, old, naming),
    )
    if old in schema.uncertain:
        schema = schema.trusting(old).doubting(new)
    if old in schema.sequences:
        sequence = replace(schema.sequences[old], name=new)
        readers = [table.name for table in schema.tables.values() if _draws_from(table, old)]
        schema = doubted(replace(schema, sequences=added(removed(schema.sequences, old), new, sequence)), *readers)
    schema = _opaques_followed(schema, old, new)
    spelled = [view.name for view in schema.reading(new) if new in view.mentions]
    return doubted(schema, *spelled) if spelled else schema


def _tables_followed(schema: Schema, old: Name, naming: Mapping[Name, Name]) -> Mapping[Name, Table]:
    """Its own table, those that refer to it and those that inherit from it."""
    own = [schema.tables[old]] if old in schema.tables else []
    referring = (table for table, _ in schema.referencing(old))
    tables = schema.tables
    for name, table in {each.name: each for each in (*own, *referring, *children(schema, old))}.items():
        tables = added(removed(tables, name), _now(naming, name), _followed(table, naming))
    return tables


def _views_followed(schema: Schema, old: Name, naming: Mapping[Name, Name]) -> Mapping[Name, View]:
    views = schema.views
    own = [schema.views[old]] if old in schema.views else []
    for name, view in {each.name: each for each in (*own, *schema.reading(old))}.items():
        views = added(removed(views, name), _now(naming, name), _view_followed(view, naming))
    return views


def _now(naming: Mapping[Name, Name], name: Name) -> Name:
    return naming.get(name, name)


def _followed(table: Table, naming: Mapping[Name, Name]) -> Table:
    refers = any(isinstance(found, ForeignKey) and found.target in naming for found in table.constraints)
    parent = table.partition_of is not None and table.partition_of.parent in naming
    if not (refers or parent or table.name in naming or any(name in naming for name in table.inherits)):
        return table
    return replace(
        table,
        name=_now(naming, table.name),
        constraints=tuple(
            replace(found, target=_now(naming, found.target)) if isinstance(found, ForeignKey) else found
            for found in table.constraints
        ),
        partition_of=table.partition_of and table.partition_of._replace(parent=_now(naming, table.partition_of.parent)),
        inherits=tuple(_now(naming, name) for name in table.inherits),
    )


def _view_followed(view: View, naming: Mapping[Name, Name]) -> View:
    return replace(
        view,
        name=_now(naming, view.name),
        mentions=tuple(_now(naming, name) for name in view.mentions),
        reads=view.reads and tuple(ref._replace(table=_now(naming, ref.table)) for ref in view.reads),
    )


def _draws_from(table: Table, sequence: Name) -> bool:
    return any(column.default is not None and sequence.local in column.default.text for column in table.columns)


def _opaques_followed(schema: Schema, old: Name, new: Name) -> Schema:
    """Triggers and policies stay on their table, and live in its namespace."""
    opaques = schema.opaques
    for opaque in schema.on(old):
        kind, name = opaque.kind, opaque.name
        own = name._replace(namespace=new.namespace) if name.namespace == old.namespace else name
        opaques = added(removed(opaques, (kind, name, old)), (kind, own, new), replace(opaque, name=own, table=new))
    return schema if opaques is schema.opaques else replace(schema, opaques=opaques)
