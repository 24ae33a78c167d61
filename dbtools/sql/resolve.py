"""Names in one query, resolved scope by scope over sqlglot's scopes; the machinery behind ``queries.py``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbtools.model.expression import Name
from dbtools.model.objects import ColumnRef
from dbtools.sql.as_select import FIRST
from dbtools.sql.reads import Position, Problem, Reads, Relations
from dbtools.sql.scopes import (
    columns_in,
    cte_columns,
    is_natural,
    is_sort_key,
    merged,
    output_name,
    renamed,
    visible_from,
)
from dbtools.sql.volatility import NAMED_KEYWORDS

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})


@dataclass(frozen=True, slots=True)
class _Source:
    """One entry of FROM: ``columns`` are None when they are not known.

    ``relation`` where it is a stored one, ``stored`` its columns' own names, in the order of ``columns``.
    """

    alias: str
    columns: tuple[str, ...] | None
    relation: Name | None = None
    stored: tuple[str, ...] = ()

    def ref(self, column: str) -> ColumnRef | None:
        """The stored column that *column* is."""
        if self.relation is None or not self.stored or column not in (self.columns or ()):
            return None
        return ColumnRef(self.relation, self.stored[(self.columns or ()).index(column)])


class Resolver:
    """One query's names against one schema."""

    def __init__(self, relations: Relations, namespace: str, text: str) -> None:
        self._relations = relations
        self._namespace = namespace
        self._text = text
        self._found: dict[ColumnRef, Position | None] = {}
        self._problems: list[Problem] = []
        self._opaque: set[Name] = set()
        self._outputs: dict[int, tuple[str, ...] | None] = {}
        self._sources: dict[int, tuple[_Source, ...]] = {}

    def resolve(self, select: exp.Expr) -> Reads:
        """Everything that *select* reads."""
        from sqlglot.optimizer.scope import traverse_scope

        scopes = traverse_scope(select)
        for scope in scopes:
            for source in self._from(scope):
                self._read_view(source)
            self._stars(scope)
            self._joined(scope)
            for column in columns_in(scope):
                self._column(column, scope)
        outputs = self._output_names(scopes[-1]) if scopes else ()
        positions = tuple((ref, at) for ref, at in self._found.items() if at is not None)
        return Reads(
            frozenset(self._found),
            outputs or (),
            tuple(dict.fromkeys(self._problems)),
            positions,
            frozenset(self._opaque),
        )

    def _read_view(self, source: _Source) -> None:
        if source.relation is None:
            return
        if source.columns is None:
            self._opaque.add(source.relation)
        if self._relations.is_view(source.relation):
            beneath = self._relations.view(source.relation)
            if beneath is None:
                self._opaque.add(source.relation)
                return
            self._opaque |= beneath.opaque
            for ref in beneath.columns:
                self._found.setdefault(ref, None)
            if any(not problem.kind.startswith("ambig") for problem in beneath.problems):
                message = f"view {source.relation} does not work any more: {beneath.problems[0].message}"
                self._problems.append(Problem("unknown table", ColumnRef(source.relation), message))

    # FROM

    def _from(self, scope: Scope) -> tuple[_Source, ...]:
        if id(scope) not in self._sources:
            self._sources[id(scope)] = tuple(
                self._source(alias, *entry) for alias, entry in scope.selected_sources.items()
            )
        return self._sources[id(scope)]

    def _source(self, alias: str, node: exp.Expr, source: exp.Expr | Scope) -> _Source:
        from sqlglot import exp

        renames = tuple(node.alias_column_names) if hasattr(node, "alias_column_names") else ()
        if not isinstance(source, exp.Expr):
            renames = renames or cte_columns(source)
            return _Source(alias, renamed(self._output_names(source), renames))
        if not isinstance(source, exp.Table) or not isinstance(source.this, exp.Identifier):
            return _Source(alias, None)
        name = Name(source.db or ("pg_catalog" if source.name.startswith("pg_") else self._namespace), source.name)
        if not self._relations.knows(name):
            message = f"relation {name} does not exist"
            self._problems.append(Problem("unknown table", ColumnRef(name), message, self._position(source)))
            return _Source(alias, None, None)
        columns = self._relations.relation(name)
        return _Source(alias, renamed(columns, renames), name, columns or ())

    # What comes out of a scope

    def _output_names(self, scope: Scope) -> tuple[str, ...] | None:
        """The output columns of *scope*; None when they are not known."""
        if id(scope) not in self._outputs:
            self._outputs[id(scope)] = None  # a recursive CTE that names no columns asks for itself
            self._outputs[id(scope)] = renamed(self._selected_names(scope), tuple(scope.outer_columns))
        return self._outputs[id(scope)]

    def _selected_names(self, scope: Scope) -> tuple[str, ...] | None:
        from sqlglot import exp

        tree = scope.expression
        if isinstance(tree, exp.SetOperation):
            return self._output_names(scope.set_operation_scopes[0])
        if isinstance(tree, exp.Lateral) and isinstance(tree.this, exp.Subquery) and scope.subquery_scopes:
            return self._output_names(scope.subquery_scopes[0])
        if isinstance(tree, exp.Values):
            first = tree.expressions[0]
            return tuple(f"column{at}" for at, _ in enumerate(first.expressions, 1)) if first.expressions else None
        if not isinstance(tree, exp.Select):
            return None
        names: list[str] = []
        for projection in tree.expressions:
            if not projection.is_star:
                names.append(output_name(projection))
                continue
            starred = self._starred(projection, scope)
            if starred is None:
                return None
            names += starred
        return tuple(names)

    def _starred(self, projection: exp.Expr, scope: Scope) -> list[str] | None:
        names: list[str] = []
        for source in self._star_sources(projection, scope):
            if source.columns is None:
                return None
            names += (name for name in source.columns if name not in names or name not in merged(scope))
        return names

    def _star_sources(self, projection: exp.Expr, scope: Scope) -> list[_Source]:
        from sqlglot import exp

        table = projection.table if isinstance(projection, exp.Column) else ""
        return [source for source in self._from(scope) if table in ("", source.alias)]

    # What is read

    def _stars(self, scope: Scope) -> None:
        from sqlglot import exp

        if isinstance(scope.expression, exp.Select):
            for projection in scope.expression.expressions:
                if isinstance(projection, exp.Star):
                    for source in self._star_sources(projection, scope):
                        self._whole(source, projection)

    def _whole(self, source: _Source, node: exp.Expr, first: int | None = None) -> None:
        for name in (source.columns or ())[:first]:
            self._note(source.ref(name), node)

    def _joined(self, scope: Scope) -> None:
        """The columns that USING and NATURAL compare."""
        for join in scope.expression.args.get("joins") or ():
            for name in join.args.get("using") or ():
                self._shared(name, scope)
            if join.args.get("method") == "NATURAL":
                self._natural(scope)

    def _shared(self, name: exp.Expr, scope: Scope) -> None:
        having = [source for source in self._from(scope) if source.columns is None or name.name in source.columns]
        for source in having:
            self._note(source.ref(name.name), name)
        if len(having) < 2:  # noqa: PLR2004 - both sides of a join
            self._unknown(name.name, name, [source for source in self._from(scope) if source not in having])

    def _natural(self, scope: Scope) -> None:
        sources = self._from(scope)
        for source in sources:
            others = {name for other in sources if other is not source for name in other.columns or ()}
            for name in source.columns or ():
                if name in others:
                    self._note(source.ref(name), scope.expression)

    def _column(self, column: exp.Column, scope: Scope) -> None:
        from sqlglot import exp

        if isinstance(column.this, exp.Star):
            for source in self._star_sources(column, scope):
                self._whole(source, column, column.this.meta.get(FIRST))
            return
        if not column.table and column.name in NAMED_KEYWORDS and not column.this.quoted:
            return
        named = not column.table and column.name in (self._output_names(scope) or ())
        if named and is_sort_key(column, scope):
            return
        for visible in visible_from(scope):
            if self._settled(column, visible):
                return
        if named and isinstance(column.find_ancestor(exp.Group, exp.Query), exp.Group):
            return
        sources = [source for visible in visible_from(scope) for source in self._from(visible)]
        if column.table:
            message = f"nothing in the query is called {column.table}"
            what = ColumnRef(Name(column.db, column.table), column.name)
            self._problems.append(Problem("unknown table", what, message, self._position(column)))
        elif all(source.columns is not None for source in sources):
            self._unknown(column.name, column, sources)

    def _settled(self, column: exp.Column, scope: Scope) -> bool:
        """Whether *column* belongs to *scope*; then it is noted, or its problem is."""
        name = column.name
        if column.table:
            return self._settled_in(column, [source for source in self._from(scope) if _is_called(source, column)])
        sources = self._from(scope)
        having = [source for source in sources if source.columns is not None and name in source.columns]
        if len(having) > 1 and name not in merged(scope) and not is_natural(scope):
            message = f"{name} is ambiguous: {' and '.join(source.alias for source in having)} have it"
            what = ColumnRef(having[0].relation or Name("", ""), name)
            self._problems.append(Problem("ambiguous", what, message, self._position(column)))
        for source in having:
            self._note(source.ref(name), column)
        if having:
            return True
        rows = [source for source in sources if source.alias == name]
        if rows:
            self._row(rows[0], column)
        return bool(rows) or (name in SYSTEM_COLUMNS and any(source.relation for source in sources))

    def _settled_in(self, column: exp.Column, sources: list[_Source]) -> bool:
        if not sources:
            return False
        source = sources[0]
        if source.columns is None or column.name in source.columns or column.name in SYSTEM_COLUMNS:
            self._note(source.ref(column.name), column)
        else:
            self._unknown(column.name, column, sources)
        return True

    def _row(self, source: _Source, column: exp.Column) -> None:
        """A whole row: ``to_json(u)``, or one of its fields: ``(u).name``."""
        from sqlglot import exp

        around = column.parent.parent if isinstance(column.parent, exp.Paren) else None
        if isinstance(around, exp.Dot) and isinstance(around.expression, exp.Identifier):
            field = around.expression.name
            if source.columns is not None and field not in source.columns:
                self._unknown(field, around.expression, [source])
            self._note(source.ref(field), around.expression)
        else:
            self._whole(source, column)

    def _note(self, ref: ColumnRef | None, node: exp.Expr) -> None:
        if ref is not None and self._found.get(ref) is None:
            self._found[ref] = self._position(node)

    def _unknown(self, name: str, node: exp.Expr, sources: list[_Source]) -> None:
        stored = [source.relation for source in sources if source.relation is not None]
        where = f" in {' or '.join(map(str, stored))}" if stored else ""
        what = ColumnRef(stored[0] if stored else Name("", ""), name)
        self._problems.append(
            Problem("unknown column", what, f"there is no column {name}{where}", self._position(node))
        )

    def _position(self, node: exp.Expr) -> Position:
        from sqlglot import exp

        start = next(
            (part.meta["start"] for part in node.find_all(exp.Identifier, exp.Star) if "start" in part.meta), 0
        )
        before = self._text[:start]
        return Position(before.count("\n") + 1, start - before.rfind("\n"))


def _is_called(source: _Source, column: exp.Column) -> bool:
    if column.db:
        return source.relation == Name(column.db, column.table)
    return source.alias == column.table
