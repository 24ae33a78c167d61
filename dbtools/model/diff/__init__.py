"""The operations that turn one schema into another, in an order that a server accepts.

Each step looks at the schema as the steps before left it, so what a dropped column or type took along is made again by
the steps after it. Renames are not guessed: another name is a drop and an addition.
"""

from __future__ import annotations

from dbtools.model.diff import columns, others, tables, types
from dbtools.model.diff.plan import Plan
from dbtools.model.operation import Operation
from dbtools.model.schema import Schema

__all__ = ["diff"]

STEPS = (
    others.create_namespaces,
    others.drop_opaques,
    types.set_types_aside,
    others.drop_views,
    tables.detach_partitions,
    tables.drop_foreign_keys,
    tables.drop_tables,
    tables.drop_constraints,
    columns.drop_columns,
    others.drop_sequences,
    types.create_types,
    others.create_opaque_types,
    others.create_sequences,
    others.create_functions,
    tables.create_tables,
    columns.change_columns,
    tables.set_tables,
    tables.add_constraints,
    tables.attach_partitions,
    tables.add_foreign_keys,
    types.drop_types,
    others.drop_functions,
    others.create_functions_over_tables,
    others.create_views,
    others.create_opaques,
    others.drop_namespaces,
)


def diff(old: Schema, new: Schema) -> tuple[Operation, ...]:
    """What to do to *old* so that it equals *new*; nothing when it does."""
    plan = Plan(old, new)
    for step in STEPS:
        step(plan)
    return tuple(plan.operations)
