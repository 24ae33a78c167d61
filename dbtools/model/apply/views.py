"""Views, and what happens to them when the relations that they read change."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.apply.relations import doubted
from dbtools.model.expression import Name
from dbtools.model.naming import is_relation
from dbtools.model.objects import ColumnRef, View
from dbtools.model.schema import Schema, added, removed


def create(schema: Schema, operation: op.CreateView) -> Schema:
    """The view is there; OR REPLACE keeps the comment of the old one."""
    view = _expanded(operation.view, schema)
    old = schema.views.get(view.name)
    if old is not None and operation.replace:
        schema = replace(schema, views=added(schema.views, view.name, replace(view, comment=old.comment)))
        return schema.trusting(view.name)
    if is_relation(schema, view.name):
        return schema
    return replace(schema, views=added(schema.views, view.name, view))


def _expanded(view: View, schema: Schema) -> View:
    if "*" not in view.query:
        return view
    tables = (schema.tables[name] for name in view.mentions if name in schema.tables)
    return replace(view, expanded=tuple(ColumnRef(table.name, each.name) for table in tables for each in table.columns))


def drop(schema: Schema, name: Name, along: Container[Name] = ()) -> Schema:
    """The view is gone, with its triggers and rules and every view that reads it; those *along* go by themselves."""
    return without_relation(schema, name, along) if name in schema.views else schema


def starred(schema: Schema, table: Name) -> Schema:
    """*schema* with views in doubt whose star was there before *table* grew: it means the columns of that day."""
    names = [view.name for view in schema.reading(table) if view.reads is None and table in view.mentions]
    return doubted(schema, *(name for name in names if STAR.search(schema.views[name].query))) if names else schema


STAR = re.compile(r"(?:\bselect|\bdistinct|,|\.)\s*\*", re.IGNORECASE)


def without_relation(schema: Schema, name: Name, along: Container[Name] = ()) -> Schema:
    """*schema* without what depended on the relation called *name*: triggers, rules, and views that read it."""
    pending, seen = [name], {name}
    for gone in pending:  # grows: views stand on views, however high
        opaques = schema.opaques
        for opaque in schema.on(gone):
            opaques = removed(opaques, (opaque.kind, opaque.name, opaque.table))
        dependent = [view.name for view in schema.reading(gone) if gone in view.mentions and view.name not in seen]
        pending += (each for each in dependent if each not in along)
        seen.update(dependent)
        schema = replace(schema, opaques=opaques, views=removed(schema.views, gone)).trusting(gone)
    return schema


def without_column(schema: Schema, ref: ColumnRef, *, cascade: bool) -> Schema:
    """The views that read a dropped column are gone too; where nobody has looked, they are in doubt."""
    for view in schema.reading(ref.table):
        if view.reads is not None and ref in view.reads:
            schema = drop(schema, view.name)
        elif view.reads is None and cascade and ref.table in view.mentions:
            schema = doubted(schema, view.name)
    return schema


def with_column_renamed(schema: Schema, ref: ColumnRef, to: str) -> Schema:
    """Views follow a renamed column; their text is then spelled anew, which nobody has read."""
    for view in schema.reading(ref.table):
        if ref in view.expanded:
            kept = tuple(ref._replace(column=to) if each == ref else each for each in view.expanded)
            view = replace(view, expanded=kept)  # noqa: PLW2901 - the same view
            schema = replace(schema, views=added(schema.views, view.name, view))
        if view.reads is None and ref.table in view.mentions:
            schema = doubted(schema, view.name)
        elif view.reads is not None and ref in view.reads:
            reads = tuple(ref._replace(column=to) if read == ref else read for read in view.reads)
            followed = replace(view, reads=reads)
            schema = doubted(replace(schema, views=added(schema.views, view.name, followed)), view.name)
    return schema
