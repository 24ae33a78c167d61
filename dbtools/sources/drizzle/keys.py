"""Primary keys, unique constraints, foreign keys, checks and indexes, called as drizzle-kit calls them."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.naming import object_name, truncated
from dbtools.model.objects import (
    Check,
    ColumnRef,
    Constraint,
    ForeignKey,
    Index,
    PrimaryKey,
    ReferentialAction,
    Unique,
)
from dbtools.sources.drizzle.columns import Said
from dbtools.sources.drizzle.indexes import index_of
from dbtools.sources.drizzle.library import Method, chain, function_of
from dbtools.sources.drizzle.notes import Unreadable, refuse
from dbtools.sources.drizzle.project import Defined, Project, Target
from dbtools.sources.drizzle.sql_text import Writer
from dbtools.sources.typescript import (
    UNDEFINED,
    Call,
    Function,
    Import,
    Object,
    Place,
    Unknown,
    Value,
    origin,
    shown,
)
from dbtools.sql.expressions import read_expression

ACTIONS: dict[str, ReferentialAction] = {
    "cascade": "CASCADE", "restrict": "RESTRICT", "no action": "NO ACTION", "set null": "SET NULL",
    "set default": "SET DEFAULT",
}  # fmt: skip
ASPECTS = {
    "index": "index", "uniqueIndex": "unique", "unique": "unique", "primaryKey": "primary key",
    "foreignKey": "foreign key", "check": "check",
}  # fmt: skip


class Keys:
    """What a table has beside its columns."""

    def __init__(self, *, row_security: bool) -> None:
        self.constraints: list[Constraint] = []
        self.indexes: list[Index] = []
        self.row_security = row_security


def keys_of(project: Project, table: Defined, columns: list[Said]) -> Keys:
    """The keys that the columns say themselves, then those of the callback."""
    found = Keys(row_security=table.made.row_security)
    primary = [said.name for said in columns if said.primary]
    if primary:
        found.constraints.append(PrimaryKey(object_name(table.name.local, "", "pkey"), tuple(primary)))
    for said in columns:
        ref = ColumnRef(table.name, said.name)
        if said.unique is not None:
            with project.notes.reading(ref, "unique"):
                found.constraints.append(_column_unique(table, said, said.unique))
        for reference in said.references:
            with project.notes.reading(ref, "foreign key"):
                found.constraints.append(_reference(project, table, said, reference))
    for item, place in _extras(project, table):
        with project.notes.reading(table.ref, _aspect(item)):
            _add(project, table, found, item, place)
    found.constraints = _distinct(found.constraints)
    return found


def _distinct(written: list[Constraint]) -> list[Constraint]:
    """Without UNIQUE on the very columns of the primary key: PostgreSQL makes one index for both."""
    primary = {found.columns for found in written if isinstance(found, PrimaryKey)}
    return [
        found
        for found in written
        if not (isinstance(found, Unique) and found.columns in primary and found.nulls_distinct)
    ]


def _column_unique(table: Defined, said: Said, method: Method) -> Unique:
    name = method.arguments[0] if method.arguments else UNDEFINED
    options = method.arguments[1] if len(method.arguments) > 1 else UNDEFINED
    if not isinstance(name, str) and name is not UNDEFINED:
        raise refuse(name, method.place, "a name")
    nulls = options.entries.get("nulls", UNDEFINED) if isinstance(options, Object) else UNDEFINED
    written = name if isinstance(name, str) and name else f"{table.name.local}_{said.raw}_unique"
    return Unique(truncated(written), (said.name,), nulls_distinct=nulls != "not distinct")


def _reference(project: Project, table: Defined, said: Said, method: Method) -> ForeignKey:
    function = method.arguments[0] if method.arguments else UNDEFINED
    actions = method.arguments[1] if len(method.arguments) > 1 else UNDEFINED
    if not isinstance(function, Function):
        raise refuse(function, method.place, "a function that gives a column")
    target = project.target(project.evaluator.call(function, [], method.place), method.place)
    own = Target(table, said.key, said.name, said.raw)
    said_actions = actions.entries if isinstance(actions, Object) else {}
    if isinstance(actions, Unknown) or (isinstance(actions, Object) and actions.hidden):
        raise refuse(actions if isinstance(actions, Unknown) else actions.hidden[0], method.place, "actions")
    return _foreign_key(
        project,
        [own],
        [target],
        "",
        (
            _action(said_actions.get("onDelete", UNDEFINED), method),
            _action(said_actions.get("onUpdate", UNDEFINED), method),
        ),
    )


def _foreign_key(
    project: Project,
    columns: list[Target],
    targets: list[Target],
    name: str,
    actions: tuple[ReferentialAction, ReferentialAction],
) -> ForeignKey:
    own, other = columns[0].table, targets[0].table
    raw = [*(each.raw for each in columns), other.name.local, *(each.raw for each in targets)]
    written = name or f"{'_'.join((own.name.local, *raw))}_fk"
    return ForeignKey(
        truncated(_recased(project, written, (*columns, *targets))),
        tuple(each.column for each in columns),
        other.name,
        tuple(each.column for each in targets),
        on_delete=actions[0],
        on_update=actions[1],
    )


def _recased(project: Project, name: str, columns: tuple[Target, ...]) -> str:
    """*name* as drizzle-kit changes it where there is a casing: the first place of each key becomes its column."""
    if any(each.raw != each.column for each in columns) and project.casing:
        for each in columns:
            name = name.replace(each.raw, each.column, 1)
    return name


def _action(value: Value, method: Method) -> ReferentialAction:
    if value is UNDEFINED:
        return "NO ACTION"
    if value not in ACTIONS:
        raise refuse(value, method.place, "a referential action")
    return ACTIONS[str(value)]


# The callback ---------------------------------------------------------------------------------


def _extras(project: Project, table: Defined) -> Iterator[tuple[Value, Place]]:
    """What the third argument of a table gives, with where each stands."""
    said = table.made.arguments[2] if len(table.made.arguments) > 2 else UNDEFINED  # noqa: PLR2004 - the third
    place = table.made.place
    if isinstance(said, Function):
        said = project.evaluator.call(said, [table.symbol], place)
    if isinstance(said, list):
        for item in said:
            yield from ((each, place) for each in (item if isinstance(item, list) else [item]))
    elif isinstance(said, Object):
        yield from ((item, said.places.get(key, place)) for key, item in said.entries.items())
        yield from ((hidden, hidden.place) for hidden in said.hidden)
    elif said is not UNDEFINED and said is not None:
        yield said, place


def _aspect(item: Value) -> str:
    """What is not known of a table where *item* cannot be read; empty where it may be anything."""
    root, _ = chain(item)
    return ASPECTS.get(function_of(root.callee), "") if isinstance(root, Call) else ""


def _add(project: Project, table: Defined, found: Keys, item: Value, place: Place) -> None:
    if isinstance(item, Object | str | bool) or item is UNDEFINED or item is None:
        return  # drizzle-kit passes over what no function of drizzle-orm made
    root, methods = chain(item)
    name = function_of(root.callee) if isinstance(root, Call) else ""
    if not isinstance(root, Call) or not name:
        raise refuse(item, place, "an index or a constraint")
    match name:
        case "index" | "uniqueIndex":
            found.indexes.append(index_of(project, table, root, methods))
        case "unique":
            found.constraints.append(_unique(project, table, root, methods))
        case "primaryKey":
            found.constraints.append(_primary_key(project, table, root))
        case "foreignKey":
            found.constraints.append(_written_foreign_key(project, root, methods))
        case "check":
            found.constraints.append(_check(project, root))
        case _ if name == "pgPolicy" or _is_policy(root):
            found.row_security = True
        case _:
            raise refuse(item, place, "an index or a constraint")


def _is_policy(root: Call) -> bool:
    """Whether it comes from drizzle-orm's modules for one provider, which make policies and roles only."""
    source = origin(root)
    return isinstance(source, Import) and source.specifier in {"drizzle-orm/supabase", "drizzle-orm/neon"}


def _unique(project: Project, table: Defined, root: Call, methods: list[Method]) -> Unique:
    on = next((method for method in methods if method.name == "on"), None)
    if on is None or not on.arguments:
        raise Unreadable(f"{shown(root.place.node)} names no columns", root.place)
    columns = [project.target(each, on.place) for each in on.arguments]
    written = name_of(root) or f"{table.name.local}_{'_'.join(each.raw for each in columns)}_unique"
    distinct = not any(method.name == "nullsNotDistinct" for method in methods)
    return Unique(truncated(written), tuple(each.column for each in columns), nulls_distinct=distinct)


def name_of(root: Call) -> str:
    """The name that is given first; empty where there is none, Unreadable where it is not known."""
    name = root.arguments[0] if root.arguments else UNDEFINED
    if name is UNDEFINED or isinstance(name, str):
        return name if isinstance(name, str) else ""
    raise refuse(name, root.place, "a name")


def _options(root: Call) -> Object:
    said = root.arguments[0] if root.arguments else UNDEFINED
    if not isinstance(said, Object) or said.hidden:
        raise refuse(said if not isinstance(said, Object) else said.hidden[0], root.place, "columns")
    return said


def _targets(project: Project, said: Value, place: Place) -> list[Target]:
    if not isinstance(said, list) or not said:
        raise refuse(said, place, "a list of columns")
    return [project.target(each, place) for each in said]


def _written_name(said: Object, place: Place) -> str:
    name = said.entries.get("name", UNDEFINED)
    if name is UNDEFINED or isinstance(name, str):
        return name if isinstance(name, str) else ""
    raise refuse(name, place, "a name")


def _primary_key(project: Project, table: Defined, root: Call) -> PrimaryKey:
    """``primaryKey({ columns, name })``, or the older ``primaryKey(table.a, table.b)``."""
    if root.arguments and isinstance(root.arguments[0], Object):
        said = _options(root)
        columns = _targets(project, said.entries.get("columns", UNDEFINED), root.place)
        name = _written_name(said, root.place)
    else:
        columns, name = _targets(project, root.arguments, root.place), ""
    name = name or f"{table.name.local}_{'_'.join(each.raw for each in columns)}_pk"
    return PrimaryKey(truncated(_recased(project, name, tuple(columns))), tuple(each.column for each in columns))


def _written_foreign_key(project: Project, root: Call, methods: list[Method]) -> ForeignKey:
    said = _options(root)
    columns = _targets(project, said.entries.get("columns", UNDEFINED), root.place)
    targets = _targets(project, said.entries.get("foreignColumns", UNDEFINED), root.place)
    if len(columns) != len(targets):
        raise Unreadable(f"{shown(root.place.node)}: columns and foreignColumns do not pair up", root.place)
    actions: dict[str, ReferentialAction] = {"onDelete": "NO ACTION", "onUpdate": "NO ACTION"}
    for method in methods:
        if method.name in actions:
            actions[method.name] = _action(method.arguments[0] if method.arguments else UNDEFINED, method)
    name = _written_name(said, root.place)
    return _foreign_key(project, columns, targets, name, (actions["onDelete"], actions["onUpdate"]))


def _check(project: Project, root: Call) -> Check:
    name = name_of(root)
    if len(root.arguments) < 2:  # noqa: PLR2004 - a name and a condition
        raise Unreadable(f"{shown(root.place.node)} has no condition", root.place)
    return Check(truncated(name), read_expression(Writer(project, root.place).text(root.arguments[1])))
