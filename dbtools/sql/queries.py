"""Which stored columns a query depends on, and what of it a schema does not know.

Names are resolved as PostgreSQL does, over sqlglot's scopes: aliases, CTEs, subqueries, LATERAL, ``SELECT *``, USING,
whole rows, views down to the tables beneath them. A relation whose columns are not known (a function, something
uncertain) never causes a problem. What sqlglot cannot parse is None: unknown, never safe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from dbtools.model.expression import Name
from dbtools.model.objects import ColumnRef, View
from dbtools.model.schema import Schema
from dbtools.sql import dialect
from dbtools.sql.as_select import as_select
from dbtools.sql.inserts import Written, written
from dbtools.sql.reads import Problem, Reads
from dbtools.sql.resolve import Home, Resolver

if TYPE_CHECKING:
    from dataclasses import dataclass

    from sqlglot import exp
else:
    from dbtools.model.value import dataclass

TEMPLATE = "999"  # the number of a parameter that stands for what a template fills in
SYSTEM_NAMESPACES = frozenset({"pg_catalog", "information_schema", "pg_temp"})


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a query that qualified before does not any more; ``gone``: the columns it read that are no longer there."""

    problems: tuple[Problem, ...]
    gone: frozenset[ColumnRef]


class Queries:
    """Qualifies queries against one schema; what it learns about views it keeps."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._views: dict[Name, Reads | None] = {}

    def qualify(
        self, query: str, namespace: str = "public", mentions: Iterable[Name] = (), *, stored: bool = False
    ) -> Reads | None:
        """What *query* reads, unqualified relations living in *namespace*; None when sqlglot cannot parse it.

        ``mentions``: the relations that it is known to name: one of another namespace is what its bare name means.
        ``stored``: it is kept as a view is, with its stars spelled out: each of their columns counts, used or not.
        """
        from sqlglot.errors import SqlglotError

        understood = _understood(query, _parse)
        if understood is None:
            return None
        try:
            return Resolver(self, Home(namespace, _meant(mentions)), query, stored=stored).resolve(*understood)
        except SqlglotError:
            return None

    def qualify_view(self, view: View) -> Reads | None:
        """What the query of *view* reads; its stars are spelled out as they were when it was made."""
        made_of = {ref.table for ref in view.expanded}
        tables = {table.name: table for table in map(self.schema.tables.get, made_of) if table is not None}
        newer = [
            (table, column.name)
            for table in tables.values()
            for column in table.columns
            if ColumnRef(table.name, column.name) not in view.expanded
        ]
        if not newer:
            return self.qualify(view.query, view.name.namespace, view.mentions, stored=True)
        for table, column in newer:
            tables[table.name] = tables[table.name].without_column(column)
        then = Queries(replace(self.schema, tables={**self.schema.tables, **tables}))
        then._views = self._views
        return then.qualify(view.query, view.name.namespace, view.mentions, stored=True)

    def relation(self, name: Name) -> tuple[str, ...] | None:
        """The columns of the relation called *name*; None when they are not known."""
        if not self.schema.is_certain(name):
            return None
        if table := self.schema.tables.get(name):
            return tuple(column.name for column in table.columns)
        if view := self.schema.views.get(name):
            if view.columns:
                return view.columns
            reads = self.view(name)
            return (reads.outputs or None) if reads and not reads.problems else None
        return None

    def is_view(self, name: Name) -> bool:
        """Whether *name* is a view."""
        return name in self.schema.views

    def view(self, name: Name) -> Reads | None:
        """What the view called *name* reads; None when it is no view, cannot be parsed, or reads itself."""
        if name not in self._views:
            self._views[name] = None
            if view := self.schema.views.get(name):
                self._views[name] = self.qualify_view(view)
        return self._views[name]

    def knows(self, name: Name) -> bool:
        """Whether *name* is a relation, or may be one that the schema does not show."""
        known = name in self.schema.tables or name in self.schema.views or name in self.schema.sequences
        system = name.namespace in SYSTEM_NAMESPACES or name.local.startswith("pg_")
        return known or system or not self.schema.complete or not self.schema.is_certain(name)

    def exists(self, ref: ColumnRef) -> bool:
        """Whether *ref* is there, or may be."""
        columns = self.relation(ref.table)
        return self.knows(ref.table) and (columns is None or ref.column in columns)


def broken(query: str, before: Queries, after: Queries, namespace: str = "public") -> Broken | None:
    """How the change from *before* to *after* breaks *query*; None when it does not, or nothing is known of it."""
    was, now = before.qualify(query, namespace), after.qualify(query, namespace)
    if was is None or now is None:
        return None
    old = {(problem.kind, problem.position) for problem in was.problems}
    new = tuple(problem for problem in now.problems if (problem.kind, problem.position) not in old)
    gone = frozenset(ref for ref in was.columns if not after.exists(ref))
    return Broken(new, gone) if new or gone else None


def _parse(query: str) -> exp.Expr | None:
    """The query as sqlglot reads it; None when it does not."""
    return dialect.parse(query)


@lru_cache(maxsize=512)
def _understood(query: str, parse: Callable[[str], exp.Expr | None]) -> tuple[exp.Query, tuple[Written, ...]] | None:
    """The query as one SELECT, and its INSERTs; kept, as many schemas are asked about one query."""
    tree = parse(query)
    if tree is None or _names_a_join(tree) or _is_template(tree):
        return None
    inserts = written(tree)
    select = as_select(tree)
    return None if select is None else (select, inserts)


def _names_a_join(tree: exp.Expr) -> bool:
    """Whether it says ``(a JOIN b ON ...) AS x``, of which sqlglot's scopes forget one half."""
    from sqlglot import exp

    return any(isinstance(found.this, exp.Table) and found.alias for found in tree.find_all(exp.Subquery))


def _is_template(tree: exp.Expr) -> bool:
    """Whether a template fills in more than a value: what is selected, a condition, the name of something."""
    from sqlglot import exp

    filled = (found for found in tree.find_all(exp.Parameter) if found.name.lstrip("0") == TEMPLATE)
    return any(_may_be_a_name(found) for found in filled)


def _may_be_a_name(filled: exp.Parameter) -> bool:
    from sqlglot import exp

    match filled.parent:
        case exp.EQ(parent=exp.Update()) as assignment:
            return assignment.this is filled
        case exp.And() | exp.Or() | exp.Dot():
            return True
        case exp.Binary() as compared:
            other = compared.expression if compared.this is filled else compared.this
            return other.find(exp.Column) is None
        case exp.In() as within:
            return within.this is filled
        case exp.Func() | exp.Cast() | exp.Tuple() | exp.Paren() | exp.Limit() | exp.Offset() | exp.Between():
            return False
    return True


def _meant(mentions: Iterable[Name]) -> dict[str, Name]:
    """Which relation a bare name is, where only one that is named is called so."""
    found: dict[str, Name | None] = {}
    for name in mentions:
        found[name.local] = None if found.get(name.local, name) != name else name
    return {local: name for local, name in found.items() if name is not None}
