"""Names in one query, resolved scope by scope over sqlglot's scopes; the machinery behind ``queries.py``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from dbtools.model.expression import Name
from dbtools.model.objects import ColumnRef
from dbtools.sql.as_select import FIRST, SOURCE, TARGET
from dbtools.sql.compared import compared_with, constant_of
from dbtools.sql.outputs import Output, Refs, Source, by_name, is_called, renamed_output
from dbtools.sql.reads import Compared, Inserted, Position, Problem, Reads, Relations
from dbtools.sql.scopes import (
    columns_in,
    cte_columns,
    hidden_from,
    is_lateral,
    is_natural,
    is_sort_key,
    joins_in,
    merged,
    merged_sides,
    output_name,
    renamed,
    visible_from,
)
from dbtools.sql.volatility import NAMED_KEYWORDS

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

    from dbtools.sql.inserts import Written
else:
    pass

KEYWORDS = NAMED_KEYWORDS | {"default"}  # as in SET a = DEFAULT
SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})


class Home(NamedTuple):
    """A namespace, and names that mean a relation elsewhere."""

    namespace: str
    meant: Mapping[str, Name] = MappingProxyType({})


class Resolver:
    """One query's names against one schema; ``stored`` when it is kept with its stars spelled out, as a view is.

    *home* is where names live that say no namespace, or what they mean, where that is known of each.
    """

    def __init__(self, relations: Relations, home: Home, text: str, *, stored: bool = False) -> None:
        self._relations = relations
        self._namespace, self._meant = home
        self._text = text
        self._stored = stored
        self._named: dict[Name, Position] = {}
        self._found: dict[ColumnRef, Position | None] = {}
        self._nodes: dict[int, tuple[exp.Expr, ColumnRef]] = {}
        self._problems: list[Problem] = []
        self._opaque: set[Name] = set()
        self._outputs: dict[int, Output | None] = {}
        self._sources: dict[int, tuple[Source, ...]] = {}

    def resolve(self, select: exp.Expr, inserts: tuple[Written, ...] = ()) -> Reads:
        """Everything that *select* reads, and what the *inserts* write that it was made of."""
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
            tuple(self._named.items()),
            tuple(map(self._inserted, inserts)),
            tuple(self._compared()),
        )

    def _read_view(self, source: Source) -> None:
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

    def _from(self, scope: Scope) -> tuple[Source, ...]:
        if id(scope) not in self._sources:
            self._sources[id(scope)] = tuple(
                self._source(alias, *entry) for alias, entry in scope.selected_sources.items()
            )
        return self._sources[id(scope)]

    def _source(self, alias: str, node: exp.Expr, source: exp.Expr | Scope) -> Source:
        from sqlglot import exp

        renames = tuple(node.alias_column_names) if hasattr(node, "alias_column_names") else ()
        if not isinstance(source, exp.Expr):
            renames = renames or cte_columns(source)
            output = renamed_output(self._output(source), renames)
            for _, refs in (output or ())[: len(renames or source.outer_columns)]:
                self._note(refs, node)  # a list of names counts columns, whatever they are called
            columns = None if output is None else tuple(name for name, _ in output)
            return Source(alias, columns, refs=by_name(output or ()))
        if not isinstance(source, exp.Table) or not isinstance(source.this, exp.Identifier):
            return Source(alias, None)
        name = self._name(source)
        if not self._relations.knows(name):
            message = f"relation {name} does not exist"
            self._problems.append(Problem("unknown table", ColumnRef(name), message, self._position(source)))
            return Source(alias, None, None)
        self._named.setdefault(name, self._position(source))
        columns = self._relations.relation(name)
        shown = renamed(columns, renames)
        pairs = zip(shown or (), columns or (), strict=False)
        return Source(alias, shown, name, {seen: (ColumnRef(name, column),) for seen, column in pairs})

    def _name(self, table: exp.Table) -> Name:
        if table.db and table.db != TARGET:
            return Name(table.db, table.name)
        system = not table.db and table.name.startswith("pg_")
        return self._meant.get(table.name) or Name("pg_catalog" if system else self._namespace, table.name)

    def _inserted(self, written: Written) -> Inserted:
        """What an INSERT gives a value, by name."""
        name = self._name(written.target)
        names = written.names if written.names is not None else self._relations.relation(name) or ()
        pairs = zip(names, written.given if written.given is not None else (True,) * len(names), strict=False)
        return Inserted(name, frozenset(column for column, given in pairs if given), self._position(written.target))

    # What comes out of a scope

    def _output_names(self, scope: Scope) -> tuple[str, ...] | None:
        output = self._output(scope)
        return None if output is None else tuple(name for name, _ in output)

    def _output(self, scope: Scope) -> Output | None:
        """The output columns of *scope* by the names that they have outside; None when they are not known."""
        return renamed_output(self._selected(scope), tuple(scope.outer_columns))

    def _selected(self, scope: Scope) -> Output | None:
        if id(scope) not in self._outputs:
            self._outputs[id(scope)] = None  # a recursive CTE that names no columns asks for itself
            self._outputs[id(scope)] = self._listed(scope)
        return self._outputs[id(scope)]

    def _listed(self, scope: Scope) -> Output | None:
        from sqlglot import exp

        tree = scope.expression
        if isinstance(tree, exp.SetOperation):
            return self._output(scope.set_operation_scopes[0])
        if isinstance(tree, exp.Lateral) and isinstance(tree.this, exp.Subquery) and scope.subquery_scopes:
            return self._output(scope.subquery_scopes[0])
        if isinstance(tree, exp.Values):
            first = tree.expressions[0].expressions
            return tuple((f"column{at}", ()) for at, _ in enumerate(first, 1)) if first else None
        if not isinstance(tree, exp.Select):
            return None
        columns: list[tuple[str, Refs]] = []
        for projection in tree.expressions:
            if not projection.is_star:
                columns.append((output_name(projection), ()))
                continue
            starred = self._starred(projection, scope)
            if starred is None:
                return None
            columns += starred
        return tuple(columns)

    def _starred(self, projection: exp.Expr, scope: Scope) -> list[tuple[str, Refs]] | None:
        columns: dict[object, tuple[str, Refs]] = {}
        sides = merged_sides(scope)
        for source in self._star_sources(projection, scope):
            if source.columns is None:
                return None
            for at, name in enumerate(source.columns):
                one = source.alias in sides.get(name, ())
                columns.setdefault(name if one else (source.alias, at), (name, source.ref(name)))
        return list(columns.values())

    def _star_sources(self, projection: exp.Expr, scope: Scope) -> list[Source]:
        from sqlglot import exp

        table = projection.table if isinstance(projection, exp.Column) else ""
        return [source for source in self._from(scope) if table in ("", source.alias)]

    def _is_whole(self, scope: Scope) -> bool:
        """Whether all that the stars of *scope* stand for counts, not only what is named outside."""
        from sqlglot import exp

        select = scope.expression
        if self._stored or select.args.get("distinct") or scope.is_set_operation:
            return True
        if scope.is_cte:
            return isinstance(select.parent, exp.CTE) and select.parent.alias == SOURCE
        return not scope.is_derived_table and not is_lateral(scope)

    # What is read

    def _stars(self, scope: Scope) -> None:
        from sqlglot import exp

        select = scope.expression
        if not isinstance(select, exp.Select) or isinstance(select.parent, exp.Exists) or not self._is_whole(scope):
            return
        for projection in select.expressions:
            if projection.is_star and not isinstance(projection, exp.Dot):
                for source in self._star_sources(projection, scope):
                    self._whole(source, projection)

    def _whole(self, source: Source, node: exp.Expr, first: int | None = None) -> None:
        for name in (source.columns or ())[:first]:
            self._note(source.ref(name), node)

    def _joined(self, scope: Scope) -> None:
        """The columns that USING and NATURAL compare."""
        for join in joins_in(scope):
            hidden = hidden_from(join, scope)
            sources = [source for source in self._from(scope) if source.alias not in hidden]
            for name in join.args.get("using") or ():
                self._shared(name, sources)
            if join.args.get("method") == "NATURAL":
                self._natural(join, sources)

    def _shared(self, name: exp.Expr, sources: list[Source]) -> None:
        having = [source for source in sources if source.columns is None or name.name in source.columns]
        for source in having:
            self._note(source.ref(name.name), name)
        if len(having) < 2:  # noqa: PLR2004 - both sides of a join
            self._unknown(name.name, name, [source for source in sources if source not in having])

    def _natural(self, join: exp.Expr, sources: list[Source]) -> None:
        for source in sources:
            others = {name for other in sources if other is not source for name in other.columns or ()}
            for name in source.columns or ():
                if name in others:
                    self._note(source.ref(name), join)

    def _column(self, column: exp.Column, scope: Scope) -> None:
        from sqlglot import exp

        if isinstance(column.this, exp.Star):
            if isinstance(column.parent, exp.Select) and FIRST not in column.this.meta:
                return  # one of its stars
            for source in self._star_sources(column, scope):
                self._whole(source, column, column.this.meta.get(FIRST))
            return
        if not column.table and column.name in KEYWORDS and not column.this.quoted:
            return
        # By the names that it gives them itself: those of a column list are for the outside.
        within = () if column.table else self._selected(scope) or ()
        named = any(name == column.name for name, _ in within)
        if named and is_sort_key(column, scope):
            self._note(by_name(within).get(column.name, ()), column)
            return
        for visible in visible_from(scope):
            if self._settled(column, visible):
                return
        if named and isinstance(column.find_ancestor(exp.Group, exp.Query), exp.Group):
            return
        sources = [source for visible in visible_from(scope) for source in self._seen(column, visible)]
        if column.table:
            message = f"nothing in the query is called {column.table}"
            what = ColumnRef(Name(column.db, column.table), column.name)
            self._problems.append(Problem("unknown table", what, message, self._position(column)))
        elif all(source.columns is not None for source in sources):
            self._unknown(column.name, column, sources)

    def _seen(self, column: exp.Column, scope: Scope) -> list[Source]:
        """What of the FROM of *scope* can be seen where *column* stands."""
        hidden = hidden_from(column, scope)
        return [source for source in self._from(scope) if source.alias not in hidden]

    def _settled(self, column: exp.Column, scope: Scope) -> bool:
        """Whether *column* belongs to *scope*; then it is noted, or its problem is."""
        name = column.name
        if column.table:
            return self._settled_in(
                column, [source for source in self._seen(column, scope) if is_called(source, column)]
            )
        sources = self._seen(column, scope)
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

    def _settled_in(self, column: exp.Column, sources: list[Source]) -> bool:
        if not sources:
            return False
        source = sources[0]
        if source.columns is None or column.name in source.columns or column.name in SYSTEM_COLUMNS:
            self._note(source.ref(column.name), column)
        else:
            self._unknown(column.name, column, sources)
        return True

    def _row(self, source: Source, column: exp.Column) -> None:
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

    def _note(self, refs: Refs, node: exp.Expr) -> None:
        if len(refs) == 1:
            self._nodes[id(node)] = (node, refs[0])
        for ref in refs:
            if self._found.get(ref) is None:
                self._found[ref] = self._position(node)

    def _unknown(self, name: str, node: exp.Expr, sources: list[Source]) -> None:
        stored = [source.relation for source in sources if source.relation is not None]
        where = f" in {' or '.join(map(str, stored))}" if stored else ""
        what = ColumnRef(stored[0] if stored else Name("", ""), name)
        self._problems.append(
            Problem("unknown column", what, f"there is no column {name}{where}", self._position(node))
        )

    def _compared(self) -> Iterator[Compared]:
        """What the columns found are compared with."""
        for node, ref in self._nodes.values():
            for other in compared_with(node):
                at = self._position(node)
                known = self._nodes.get(id(other))
                if known is not None:
                    yield Compared(ref, at, other=known[1])
                elif constant := constant_of(other):
                    yield Compared(ref, at, constant=constant.value, type=constant.type)

    def _position(self, node: exp.Expr) -> Position:
        from sqlglot import exp

        start = next(
            (part.meta["start"] for part in node.find_all(exp.Identifier, exp.Star) if "start" in part.meta), 0
        )
        before = self._text[:start]
        return Position(before.count("\n") + 1, start - before.rfind("\n"))
