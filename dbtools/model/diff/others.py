"""Views, functions, sequences and what is kept by its text, turned into what shall be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.apply.columns import drawn_from
from dbtools.model.diff.columns import columns_apart
from dbtools.model.diff.plan import Plan
from dbtools.model.diff.tables import gone_tables
from dbtools.model.expression import Name
from dbtools.model.objects import Function, Opaque, View
from dbtools.model.schema import Schema


def create_namespaces(plan: Plan) -> None:
    """Make the namespaces and extensions that are not there."""
    for namespace in sorted(plan.wanted.namespaces - plan.now.namespaces):
        plan.do(op.CreateNamespace(namespace))
    for extension in sorted(plan.wanted.extensions - plan.now.extensions):
        plan.do(op.CreateExtension(extension))


def drop_namespaces(plan: Plan) -> None:
    """Drop the namespaces and extensions that shall not be."""
    for extension in sorted(plan.now.extensions - plan.wanted.extensions):
        plan.do(op.DropExtension(extension))
    for namespace in sorted(plan.now.namespaces - plan.wanted.namespaces):
        plan.do(op.DropNamespace(namespace))


def drop_views(plan: Plan) -> None:
    """Drop the views that shall not be, and those over relations that change under them."""
    changed = set(gone_tables(plan))
    changed |= {old.name for old, new in plan.pairs() if old != new and columns_apart(old, new)}
    order = views_in_order(plan.now.views.values())
    doomed: set[Name] = set()
    for view in order:
        new = plan.wanted.views.get(view.name)
        same = new is not None and (new.query, new.materialized) == (view.query, view.materialized)
        if not same or not (changed | doomed).isdisjoint(view.mentions):
            doomed.add(view.name)
    for view in reversed(order):
        if view.name in doomed:
            plan.do(op.DropView(view.name, materialized=view.materialized))


def create_views(plan: Plan) -> None:
    """Make the views that are not there, and their indexes and comments."""
    for view in views_in_order(plan.wanted.views.values()):
        if view.name not in plan.now.views:
            plan.do(op.CreateView(replace(view, indexes=(), comment=None)))
        old = plan.now.views[view.name]
        for index in set(old.indexes) - set(view.indexes):
            plan.do(op.DropIndex(view.name._replace(local=index.name)))
        for index in view.indexes:
            if index not in plan.now.views[view.name].indexes:
                plan.do(op.CreateIndex(view.name, index))
        if old.comment != view.comment:
            plan.do(op.Comment("matview" if view.materialized else "view", view.name, view.comment))


def views_in_order(views: Iterable[View]) -> list[View]:
    """*views*, each after those that it mentions, else by name."""
    named = {view.name: view for view in sorted(views, key=lambda view: view.name)}
    order: dict[Name, View] = {}

    def place(view: View, above: frozenset[Name]) -> None:
        for name in view.mentions:
            if name in named and name not in order and name not in above:
                place(named[name], above | {view.name})
        order[view.name] = view

    for view in named.values():
        if view.name not in order:
            place(view, frozenset())
    return list(order.values())


def drop_sequences(plan: Plan) -> None:
    """Drop the sequences that shall not be, after the defaults that draw from them."""
    for name in sorted(plan.now.sequences):
        if name in plan.wanted.sequences:
            continue
        for table in plan.now.in_order():
            for column in table.columns:
                if column.default is not None and drawn_from(column.default, table.name.namespace) == name:
                    plan.do(op.SetDefault(table.name, column.name, None))
        plan.do(op.DropSequence(name))


def create_sequences(plan: Plan) -> None:
    """Make the sequences that are not there."""
    for name in sorted(plan.wanted.sequences):
        if name not in plan.now.sequences:
            plan.do(op.CreateSequence(plan.wanted.sequences[name]))


def create_functions(plan: Plan) -> None:
    """Make the functions that no new table must precede, after those whose result has another type were dropped."""
    for key, function in sorted(plan.now.functions.items(), key=lambda item: item[0]):
        wanted = plan.wanted.functions.get(key)
        if wanted is not None and wanted.returns != function.returns:
            plan.do(op.DropFunction(function.name, function.arguments))
    new = plan.wanted.tables.keys() - plan.now.tables.keys()
    _create_functions(plan, lambda function: not _names(function, new))


def create_functions_over_tables(plan: Plan) -> None:
    """Make the functions that are still missing."""
    _create_functions(plan, lambda _: True)


def _create_functions(plan: Plan, fits: Callable[[Function], bool]) -> None:
    for key, function in sorted(plan.wanted.functions.items(), key=lambda item: item[0]):
        if plan.now.functions.get(key) != function and fits(function):
            plan.do(op.CreateFunction(function, replace=key in plan.now.functions))


def _names(function: Function, tables: Iterable[Name]) -> bool:
    """Whether a function's text may name one of *tables*: enough to put it after them."""
    text = " ".join((*function.arguments, function.returns, function.body)).lower()
    return any(name.local.lower() in text for name in tables)


def drop_functions(plan: Plan) -> None:
    """Drop the functions that shall not be."""
    for name, arguments in sorted(plan.now.functions.keys() - plan.wanted.functions.keys()):
        plan.do(op.DropFunction(name, arguments))


def drop_opaques(plan: Plan) -> None:
    """Drop what is kept by its text and shall not be as it is; types wait for their columns."""
    for opaque in _strangers(plan.now, plan.wanted):
        if opaque.kind != "type":
            plan.do(op.DropOpaque(opaque.kind, opaque.name, opaque.table))


def create_opaque_types(plan: Plan) -> None:
    """Make the types that are kept by their text."""
    for opaque in _strangers(plan.wanted, plan.now):
        if opaque.kind == "type":
            if (opaque.kind, opaque.name, opaque.table) in plan.now.opaques:
                plan.do(op.DropOpaque(opaque.kind, opaque.name, opaque.table))
            plan.do(op.CreateOpaque(opaque))


def create_opaques(plan: Plan) -> None:
    """Make the rest of what is kept by its text, and drop the types that shall not be."""
    for opaque in _strangers(plan.now, plan.wanted):
        plan.do(op.DropOpaque(opaque.kind, opaque.name, opaque.table))
    for opaque in _strangers(plan.wanted, plan.now):
        plan.do(op.CreateOpaque(opaque))


def _strangers(here: Schema, there: Schema) -> list[Opaque]:
    """What is kept by its text in *here*, and not the same in *there*, by name."""
    found = [opaque for key, opaque in here.opaques.items() if there.opaques.get(key) != opaque]
    return sorted(found, key=lambda opaque: (opaque.kind, opaque.name, opaque.table or Name("", "")))
