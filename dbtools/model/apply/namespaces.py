"""Namespaces dropped and renamed, and objects of any kind that move between them or get another name."""

from __future__ import annotations

from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.apply import indexes, relations, tables, types, views
from dbtools.model.expression import Name
from dbtools.model.schema import Schema


def move(schema: Schema, kind: op.Kind, old: Name, new: Name) -> Schema:
    """*schema* where the *kind* called *old* is called *new*."""
    match kind:
        case "index":
            return indexes.rename(schema, old, new.local)
        case "type" | "domain":
            return types.moved(schema, old, new)
        case "function":
            return _function_moved(schema, old, new)
        case "table" | "view" | "materialized view" | "sequence":
            return relations.moved(schema, old, new)


def _function_moved(schema: Schema, old: Name, new: Name) -> Schema:
    functions = {
        (new if name == old else name, arguments): replace(function, name=new) if name == old else function
        for (name, arguments), function in schema.functions.items()
    }
    return replace(schema, functions=functions)


def rename(schema: Schema, operation: op.RenameNamespace) -> Schema:
    """Everything in the namespace moves with it."""
    old, new = operation.name, operation.to
    if old not in schema.namespaces or new in schema.namespaces:
        return schema
    schema = replace(schema, namespaces=schema.namespaces.without(old).having(new))
    for name in (*schema.tables, *schema.views, *schema.sequences):
        if name.namespace == old:
            schema = relations.moved(schema, name, name._replace(namespace=new))
    for name in (*schema.enums, *schema.domains, *(key[1] for key in schema.opaques if key[0] == "type")):
        if name.namespace == old:
            schema = types.moved(schema, name, name._replace(namespace=new))
    for name in {key[0] for key in schema.functions if key[0].namespace == old}:
        schema = _function_moved(schema, name, name._replace(namespace=new))
    return _rest_moved(schema, old, new)


def _rest_moved(schema: Schema, old: str, new: str) -> Schema:
    opaques = {}
    for (kind, name, table), opaque in schema.opaques.items():
        now = name._replace(namespace=new) if name.namespace == old else name
        opaques[kind, now, table] = replace(opaque, name=now)
    return replace(schema, opaques=opaques)


def drop(schema: Schema, namespace: str) -> Schema:
    """The namespace is gone with everything in it, and everything that depended on that."""
    schema = replace(schema, namespaces=schema.namespaces.without(namespace))
    for view in tuple(schema.views):
        if view.namespace == namespace:
            schema = views.drop(schema, view)
    for table in tuple(schema.tables):
        if table.namespace == namespace:
            schema = tables.drop(schema, table)
    for kind in (*schema.enums, *schema.domains):
        if kind.namespace == namespace:
            schema = types.drop(schema, kind)
    return replace(
        schema,
        sequences={name: each for name, each in schema.sequences.items() if name.namespace != namespace},
        functions={key: each for key, each in schema.functions.items() if key[0].namespace != namespace},
        opaques={key: each for key, each in schema.opaques.items() if key[1].namespace != namespace},
    )
