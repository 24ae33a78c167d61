"""A column as its chain of calls says it: ``text("name").notNull().default("x").references(() => other.id)``."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.expression import Expression, Type
from dbtools.model.objects import Column, ColumnRef, Generated, Identity
from dbtools.sources.drizzle.defaults import default_of
from dbtools.sources.drizzle.library import Method, chain
from dbtools.sources.drizzle.notes import Unreadable, refuse
from dbtools.sources.drizzle.project import Defined, Project
from dbtools.sources.drizzle.sql_text import Writer, is_sql
from dbtools.sources.drizzle.types import spelled, type_of
from dbtools.sources.typescript import UNDEFINED, Call, Function, Place, Unknown, Value, shown
from dbtools.sql.expressions import read_expression
from dbtools.sql.types import SERIAL

NOTHING = Type("unknown")  # of a column whose type is not known
CLIENT_SIDE = frozenset({"$default", "$defaultFn", "$onUpdate", "$onUpdateFn"})
WITHOUT_MEANING = frozenset({"$type"})
IDENTITIES: dict[str, Identity] = {
    "generatedAlwaysAsIdentity": "always",
    "generatedByDefaultAsIdentity": "by default",
}
DEFAULTS = {"defaultNow": "now()", "defaultRandom": "gen_random_uuid()"}


class Said:
    """A column as far as its chain says it: its parts, its keys, and what the client fills in.

    ``raw`` is what drizzle-orm calls it, ``name`` what it is called in the database.
    """

    def __init__(self, key: str, raw: str, name: str, place: Place) -> None:
        self.key = key
        self.raw = raw
        self.name = name
        self.location = place.location
        self.type = NOTHING
        self.generated: Generated | None = None
        self.start()

    def start(self) -> None:
        """Says nothing yet beyond the type."""
        self.nullable = True
        self.identity: Identity = ""
        self.default: Expression | None = None
        self.primary = False
        self.unique: Method | None = None
        self.references: list[Method] = []
        self.client = ""

    def column(self, *, filled: bool = False) -> Column:
        """The column; *filled*: it belongs to the primary key."""
        nullable = self.nullable and not filled
        return Column(self.name, self.type, nullable, self.default, self.identity, self.generated)


def columns_of(project: Project, table: Defined) -> Iterator[Said]:
    """Every column of *table* that can be told; of the others it is noted why not."""
    names: dict[str, Said] = {}
    local = table.name.local
    for hidden in table.columns.hidden:
        project.notes.add(hidden.place.location, f"columns of {local} are not known: {hidden.reason}", table.ref)
    for key, value in table.columns.entries.items():
        place = table.columns.places.get(key, table.made.place)
        try:
            said = _said(project, table, key, value, place)
        except Unreadable as problem:
            project.notes.add(problem.place.location, str(problem), table.ref)
            continue
        first = names.setdefault(said.name, said)
        if first is said:
            yield said
        else:
            what = f"{local}.{said.name} is declared twice, first at {first.location}"
            project.notes.add(said.location, what, table.ref)


def _said(project: Project, table: Defined, key: str, value: Value, place: Place) -> Said:
    root, methods = chain(value)
    if isinstance(value, Unknown) or not isinstance(root, Call):
        raise refuse(value, place, "a column")
    said = Said(key, *project.column_name(table, key, place), place)
    _share(project, ColumnRef(table.name, said.name), root, value, place)
    _type(project, table, root, methods, said)
    for method in methods:
        try:
            _apply(project, said, method)
        except Unreadable as problem:
            ref = ColumnRef(table.name, said.name)
            project.notes.add(problem.place.location, str(problem), ref, _aspect(method.name))
    return said


def _share(project: Project, ref: ColumnRef, root: Call, value: Value, place: Place) -> None:
    """Notes it where one builder makes several columns: drizzle-orm changes it for all of them."""
    first = project.builders.setdefault(id(root), (root, value, ref))
    if first[1] is not value or first[2].column != ref.column:
        what = f"{shown(place.node)} is made by what {first[2]} is made by, and each changes the other"
        project.notes.add(place.location, what, ref)
        project.notes.uncertain.add(first[2].table)


def _type(project: Project, table: Defined, root: Call, methods: list[Method], said: Said) -> None:
    dimensions = sum(method.name == "array" for method in methods)
    try:
        written = spelled(project, root)
        said.type = type_of(written, dimensions, root)
    except Unreadable as problem:
        project.notes.add(problem.place.location, str(problem), ColumnRef(table.name, said.name), "type")
        return
    if isinstance(written, str) and written in SERIAL and not dimensions:
        said.identity, said.nullable = "serial", False


def _aspect(method: str) -> str:
    """What is not known of a column where this call cannot be read."""
    if method in IDENTITIES:
        return "identity"
    return {
        "default": "default", "unique": "unique", "references": "foreign key", "generatedAlwaysAs": "generated",
    }.get(method, "")  # fmt: skip


def _apply(project: Project, said: Said, method: Method) -> None:
    match method.name:
        case "notNull":
            said.nullable = False
        case "primaryKey":
            said.nullable, said.primary = False, True
        case "default":
            said.default = _default(project, said, method)
        case "defaultNow" | "defaultRandom":
            said.default = read_expression(DEFAULTS[method.name])
        case "unique":
            said.unique = method
        case "references":
            said.references.append(method)
        case "array":  # the array is a column of its own, and what was said of its items is lost
            said.start()
        case "generatedAlwaysAsIdentity" | "generatedByDefaultAsIdentity":
            said.nullable, said.identity = False, IDENTITIES[method.name]
        case "generatedAlwaysAs":
            said.generated = Generated(_generated(project, method))
        case name if name in CLIENT_SIDE:
            said.client = said.client or _client(method)
        case name if name not in WITHOUT_MEANING:
            raise Unreadable(
                f"{shown(method.place.node)}: what .{name}() says of {said.name} is not known", method.place
            )


def _default(project: Project, said: Said, method: Method) -> Expression | None:
    value = method.arguments[0] if method.arguments else UNDEFINED
    return default_of(project, value, said.type, method.place)


def _generated(project: Project, method: Method) -> Expression:
    """The expression of a generated column: a template, a function that returns one, or its text."""
    value = method.arguments[0] if method.arguments else UNDEFINED
    if isinstance(value, Function):
        value = project.evaluator.call(value, [], method.place)
    if isinstance(value, str):
        return read_expression(value)
    if not is_sql(value):
        raise refuse(value, method.place, "SQL")
    return read_expression(Writer(project, method.place).text(value))


def _client(method: Method) -> str:
    """What the client fills in, as it is written: ``() => createId()``."""
    arguments = method.place.node.child_by_field_name("arguments")
    text = shown(arguments)[1:-1] if arguments is not None else ""
    return text if method.name.startswith("$default") else f"on update: {text}"
