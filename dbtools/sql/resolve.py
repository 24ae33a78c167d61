"""Names in one query, resolved scope by scope over sqlglot's scopes; the machinery behind ``queries.py``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from dbtools.model.expression import Name
from dbtools.model.objects import ColumnRef
from dbtools.sql.as_select import FIRST
from dbtools.sql.volatility import NAMED_KEYWORDS

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

UNNAMED = "?column?"
NAMED_BY_GRAMMAR = {"StrPosition": "position", "Trim": "btrim", "CurrentUser": "current_user", "SessionUser": "session_user",
                    "Interval": "interval"}  # fmt: skip
SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})


class Position(NamedTuple):
    """Where in the query's text, 1-based; a column counts characters."""

    line: int = 1
    column: int = 1


class Problem(NamedTuple):
    """A name that the schema does not answer; ``what`` has an empty table where none could be told."""

    kind: Literal["unknown table", "unknown column", "ambiguous"]
    what: ColumnRef
    message: str
    position: Position = Position()


@dataclass(frozen=True, slots=True)
class Reads:
    """A query held against a schema.

    ``columns``: the stored columns it depends on, those of views with the columns beneath them. ``positions``: where each
    is first named, as far as it is. ``outputs``: the names of its result. ``opaque``: relations of which it is not known
    what columns they have.
    """

    columns: frozenset[ColumnRef]
    outputs: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    positions: tuple[tuple[ColumnRef, Position], ...] = ()
    opaque: frozenset[Name] = frozenset()


class Relations(Protocol):
    """What a query is resolved against."""

    def knows(self, name: Name) -> bool:
        """Whether *name* is a relation, or may be one."""

    def relation(self, name: Name) -> tuple[str, ...] | None:
        """Its columns; None when they are not known."""

    def is_view(self, name: Name) -> bool:
        """Whether *name* is a view."""

    def view(self, name: Name) -> Reads | None:
        """What the view called *name* reads; None when that is not known."""


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

    def resolve(self, select: exp.Expression) -> Reads:
        """Everything that *select* reads."""
        from sqlglot.optimizer.scope import traverse_scope

        scopes = traverse_scope(select)
        for scope in scopes:
            for source in self._from(scope):
                self._read_view(source)
            self._stars(scope)
            self._joined(scope)
            for column in _columns(scope):
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
            self._sources[id(scope)] = tuple(self._source(*entry) for entry in _selected(scope))
        return self._sources[id(scope)]

    def _source(self, alias: str, node: exp.Expression, source: exp.Expression | Scope) -> _Source:
        from sqlglot import exp

        renames = tuple(node.alias_column_names) if hasattr(node, "alias_column_names") else ()
        if not isinstance(source, exp.Expression):
            renames = renames or _cte_columns(source)
            return _Source(alias, _renamed(self._output_names(source), renames))
        if not isinstance(source, exp.Table) or not isinstance(source.this, exp.Identifier):
            return _Source(alias, None)
        name = Name(source.db or ("pg_catalog" if source.name.startswith("pg_") else self._namespace), source.name)
        if not self._relations.knows(name):
            message = f"relation {name} does not exist"
            self._problems.append(Problem("unknown table", ColumnRef(name), message, self._position(source)))
            return _Source(alias, None, None)
        columns = self._relations.relation(name)
        return _Source(alias, _renamed(columns, renames), name, columns or ())

    # What comes out of a scope

    def _output_names(self, scope: Scope) -> tuple[str, ...] | None:
        """The output columns of *scope*; None when they are not known."""
        if id(scope) not in self._outputs:
            self._outputs[id(scope)] = None  # a recursive CTE that names no columns asks for itself
            self._outputs[id(scope)] = _renamed(self._selected_names(scope), tuple(scope.outer_columns))
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
                names.append(_output_name(projection))
                continue
            starred = self._starred(projection, scope)
            if starred is None:
                return None
            names += starred
        return tuple(names)

    def _starred(self, projection: exp.Expression, scope: Scope) -> list[str] | None:
        names: list[str] = []
        for source in self._star_sources(projection, scope):
            if source.columns is None:
                return None
            names += (name for name in source.columns if name not in names or name not in _merged(scope))
        return names

    def _star_sources(self, projection: exp.Expression, scope: Scope) -> list[_Source]:
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

    def _whole(self, source: _Source, node: exp.Expression, first: int | None = None) -> None:
        for name in (source.columns or ())[:first]:
            self._note(source.ref(name), node)

    def _joined(self, scope: Scope) -> None:
        """The columns that USING and NATURAL compare."""
        for join in scope.expression.args.get("joins") or ():
            for name in join.args.get("using") or ():
                self._shared(name, scope)
            if join.args.get("method") == "NATURAL":
                self._natural(scope)

    def _shared(self, name: exp.Expression, scope: Scope) -> None:
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
        if named and _is_sort_key(column, scope):
            return
        for visible in _chain(scope):
            if self._settled(column, visible):
                return
        if named and isinstance(column.find_ancestor(exp.Group, exp.Query), exp.Group):
            return
        sources = [source for visible in _chain(scope) for source in self._from(visible)]
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
        if len(having) > 1 and name not in _merged(scope) and not _is_natural(scope):
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

    def _note(self, ref: ColumnRef | None, node: exp.Expression) -> None:
        if ref is not None and self._found.get(ref) is None:
            self._found[ref] = self._position(node)

    def _unknown(self, name: str, node: exp.Expression, sources: list[_Source]) -> None:
        stored = [source.relation for source in sources if source.relation is not None]
        where = f" in {' or '.join(map(str, stored))}" if stored else ""
        what = ColumnRef(stored[0] if stored else Name("", ""), name)
        self._problems.append(
            Problem("unknown column", what, f"there is no column {name}{where}", self._position(node))
        )

    def _position(self, node: exp.Expression) -> Position:
        from sqlglot import exp

        start = next(
            (part.meta["start"] for part in node.find_all(exp.Identifier, exp.Star) if "start" in part.meta), 0
        )
        before = self._text[:start]
        return Position(before.count("\n") + 1, start - before.rfind("\n"))


def _selected(scope: Scope) -> Iterator[tuple[str, exp.Expression, exp.Expression | Scope]]:
    """The entries of FROM and JOIN: alias, node, and the table or scope behind it."""
    for alias, (node, source) in scope.selected_sources.items():
        yield alias, node, source


def _renamed(columns: tuple[str, ...] | None, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """The columns under the names of a column list, which may be shorter, and says all where nothing else is known."""
    return names or None if columns is None else (*names, *columns[len(names) :])


def _cte_columns(scope: Scope) -> tuple[str, ...]:
    """The column list of the CTE that *scope* is, or is the first half of."""
    from sqlglot import exp

    around = scope.expression.parent
    while isinstance(around, exp.SetOperation):
        around = around.parent
    return tuple(around.alias_column_names) if isinstance(around, exp.CTE) else ()


def _columns(scope: Scope) -> Iterator[exp.Column]:
    """The columns named in *scope* itself, not in those inside it."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import walk_in_scope

    for node in walk_in_scope(scope.expression):
        if isinstance(node, exp.Column):
            yield node


def _chain(scope: Scope) -> Iterator[Scope]:
    """The scopes whose FROM a name in *scope* can see, nearest first: a CTE and a plain derived table skip the one around."""
    from sqlglot import exp

    visible: Scope | None = scope
    while visible is not None:
        yield visible
        lateral = isinstance(visible.expression.find_ancestor(exp.Lateral, exp.Select), exp.Lateral)
        skips = visible.is_cte or (visible.is_derived_table and not lateral)
        visible = visible.parent
        if skips and visible is not None:
            visible = visible.parent


def _is_called(source: _Source, column: exp.Column) -> bool:
    if column.db:
        return source.relation == Name(column.db, column.table)
    return source.alias == column.table


def _is_sort_key(column: exp.Column, scope: Scope) -> bool:
    """Whether *column* stands where an output column goes before those of FROM: a bare key of ORDER BY or DISTINCT ON."""
    from sqlglot import exp

    key = column.parent
    if isinstance(key, exp.Ordered):
        return key.find_ancestor(exp.Window, exp.Func, exp.Query) is scope.expression
    return isinstance(key, exp.Tuple) and isinstance(key.parent, exp.Distinct)


def _merged(scope: Scope) -> frozenset[str]:
    """The names that USING makes one."""
    joins = scope.expression.args.get("joins") or ()
    return frozenset(name.name for join in joins for name in join.args.get("using") or ())


def _is_natural(scope: Scope) -> bool:
    return any(join.args.get("method") == "NATURAL" for join in scope.expression.args.get("joins") or ())


def _output_name(projection: exp.Expression) -> str:
    """The name that PostgreSQL gives an output column (``FigureColname``)."""
    from sqlglot import exp

    match projection:
        case exp.Alias() | exp.Column():
            return str(projection.output_name)
        case exp.Dot(expression=inner) | exp.Paren(this=inner) | exp.Collate(this=inner):
            return _output_name(inner)
        case exp.Cast(this=inner):
            found = _output_name(inner)
            return found if found != UNNAMED else projection.to.sql(dialect="postgres").lower()
        case exp.Window(this=inner) | exp.Filter(this=inner) | exp.WithinGroup(this=inner):
            return _output_name(inner)
        case exp.Anonymous():
            return str(projection.name).lower()
        case exp.Subquery(this=exp.Select() as inner) if inner.expressions:
            return _output_name(inner.expressions[0])
        case exp.Identifier() | exp.Bracket():
            return str(projection.name)
        case exp.Func() if not isinstance(projection, exp.Binary):
            return NAMED_BY_GRAMMAR.get(type(projection).__name__, projection.sql_name().lower())
    return UNNAMED
