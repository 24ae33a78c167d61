"""All that a schema defines: its exported tables, enums, schemas and views, and the settings that drizzle-kit reads."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.naming import truncated
from dbtools.model.objects import ColumnRef
from dbtools.sources.drizzle.casing import CASINGS, cased
from dbtools.sources.drizzle.library import CORE, VIEWS, Made, chain, function_of, inside, made_by
from dbtools.sources.drizzle.notes import Notes, Unreadable, refuse
from dbtools.sources.typescript import (
    UNDEFINED,
    Call,
    Evaluator,
    Function,
    Import,
    Member,
    Module,
    Modules,
    Object,
    Place,
    Read,
    Unknown,
    Value,
    is_symbol,
    origin,
    shown,
)

PUBLIC = "public"
CONFIGS = tuple(f"drizzle.config.{suffix}" for suffix in ("ts", "js", "mjs", "mts", "cjs"))
# Packages whose exports are no tables, whatever they are called with.
WITHOUT_TABLES = frozenset(
    {
        "zod", "drizzle-zod", "drizzle-valibot", "drizzle-typebox", "drizzle-arktype", "drizzle-seed", "drizzle-kit",
        "valibot", "arktype", "@sinclair/typebox", "pg", "postgres", "@neondatabase/serverless", "@vercel/postgres",
        "mysql2", "better-sqlite3", "@libsql/client", "@planetscale/database", "@electric-sql/pglite", "dotenv",
        "nanoid", "uuid", "cuid", "@paralleldrive/cuid2", "ulid", "react", "next", "server-only", "superjson", "effect",
    }
)  # fmt: skip


class Defined:
    """Something that a schema defines: what made it, its name in the database and the name of its export.

    ``columns``: of a table or view, what stands at each key; ``names``: what those are called, as far as was asked.
    """

    __slots__ = ("columns", "exported", "kind", "made", "name", "names", "place", "symbol")

    def __init__(self, kind: str, name: Name, made: Made, symbol: Call) -> None:
        self.kind = kind
        self.name = name
        self.made = made
        self.symbol = symbol
        self.exported = ""
        self.place = made.place
        self.columns = Object()
        self.names: dict[str, tuple[str, str]] = {}

    @property
    def location(self) -> Location:
        """Where it is declared: a factory makes many."""
        return self.place.location

    @property
    def ref(self) -> ColumnRef:
        """The thing as a whole."""
        return ColumnRef(self.name)


class Target(NamedTuple):
    """A column that is referred to: its table, its key there, and what it is called in the database."""

    table: Defined
    key: str
    column: str
    raw: str


class Project:
    """A Drizzle schema: the entry files at *paths*, followed with *read*."""

    def __init__(self, paths: list[str], read: Read, casing: str | None = None) -> None:
        self.notes = Notes()
        self.modules = Modules(read)
        self.evaluator = Evaluator(self.modules, self._known)
        self.paths = paths
        self._defined: dict[int, tuple[Value, Defined | None]] = {}
        self._casing = casing
        self.builders: dict[int, tuple[Call, Value, ColumnRef]] = {}  # the column that each was first used for

    @property
    def casing(self) -> str:
        """How keys become names; drizzle.config is looked for when a column has no name of its own."""
        if self._casing is None:
            self._casing = self._configured()
        return self._casing

    # What is exported -------------------------------------------------------------------------

    def exported(self) -> list[Defined]:
        """Everything that the entry files export and drizzle-kit takes, each once and in its order."""
        found: dict[int, Defined] = {}
        for path in self.paths:
            module = self.modules.load(path)
            for name, value, place in self.evaluator.exports(module) if module is not None else ():
                defined = self._taken(name, value)
                if defined is not None and id(defined) not in found:
                    defined.exported, defined.place = name, place
                    found[id(defined)] = defined
        for module in self.modules.loaded:
            for error in module.errors:
                what = f"this is not TypeScript: {shown(error) or 'something is missing'}"
                self.notes.add(module.location(error), what)
        return list(found.values())

    def _taken(self, name: str, value: Value) -> Defined | None:
        if isinstance(value, Unknown) and _may_import_tables(value.place.module):
            self.notes.add(value.place.location, f"the export {name} is not known: {value.reason}")
        if not is_symbol(value):
            return None
        try:
            defined = self.defined(value)
        except Unreadable as problem:
            self.notes.add(problem.place.location, f"the name of {name} is not known: {problem}")
            return None
        if defined is None and self._may_be_table(value):
            self.notes.add(value.place.location, f"the export {name} is not known: {_source(value)} is not read")
        return defined

    def _may_be_table(self, value: Value) -> bool:
        """Whether a symbol that is none of drizzle-orm's may be a table all the same."""
        root = origin(value)
        if not isinstance(root, Import):
            return any(_makes_column(each) for each in inside(value))
        package = "/".join(root.specifier.split("/")[: 2 if root.specifier.startswith("@") else 1])
        if package == "drizzle-orm" or package.startswith(("node:", "@types/")) or package in WITHOUT_TABLES:
            return False
        if isinstance(value, Call) and not root.missing:
            return any(_makes_column(each) for each in inside(value))
        return True

    # What a symbol is -------------------------------------------------------------------------

    def defined(self, value: Value) -> Defined | None:
        """The table, enum, schema, sequence or view that *value* is; Unreadable where its name is not known."""
        known = self._defined.get(id(value))
        if known is None:
            known = self._defined[id(value)] = (value, self._define(value))
        return known[1]

    def _define(self, value: Value) -> Defined | None:
        made = made_by(value)
        if made is None or not isinstance(value, Call):
            return None
        root, methods = chain(value)
        if made.function == "pgTable" and methods and root is not value:
            inner = self.defined(root)
            if inner is not None:
                inner.made = inner.made._replace(row_security=inner.made.row_security or made.row_security)
            return inner
        if made.function in {"pgTable", "pgEnum", "pgSchema", "pgSequence", *VIEWS}:
            defined = Defined(made.function, self._name(made), made, value)
            if made.function in {"pgTable", *VIEWS}:
                defined.columns = self._columns(made)
            return defined
        return None

    def _name(self, made: Made) -> Name:
        written = made.arguments[0] if made.arguments else UNDEFINED
        if made.creator is not None and made.creator.arguments:
            written = self.evaluator.call(made.creator.arguments[0], [written], made.creator.place)
        if not isinstance(written, str):
            raise refuse(written, made.place, "a name")
        namespace = PUBLIC
        if made.namespace is not None:
            outer = self.defined(made.namespace)
            namespace = outer.name.local if outer is not None else PUBLIC
        return Name(namespace, truncated(written))

    def _columns(self, made: Made) -> Object:
        """What a table says at each key; what cannot be followed is in ``hidden``."""
        said = made.arguments[1] if len(made.arguments) > 1 else Object()
        if isinstance(said, Function):
            said = self.evaluator.call(said, [Import(CORE, "*", made.place)], made.place)
        if isinstance(said, Object):
            return said
        hidden = said if isinstance(said, Unknown) else Unknown("its columns are not known", made.place)
        return Object(hidden=[] if made.function in VIEWS else [hidden])

    def table_of(self, value: Value) -> Defined | None:
        """The table that *value* is, if it is one."""
        found = self.defined(value) if isinstance(value, Call) else None
        return found if found is not None and found.kind == "pgTable" else None

    def target(self, value: Value, place: Place) -> Target:
        """The column that *value* refers to; Unreadable where it is none."""
        table = self.table_of(value.of) if isinstance(value, Member) else None
        if table is None or not isinstance(value, Member):
            raise refuse(value, place, "a column")
        if value.name not in table.columns.entries:
            raise Unreadable(f"{shown(place.node)}: {table.name.local} has no column {value.name}", value.place)
        raw, column = self.column_name(table, value.name, place)
        return Target(table, value.name, column, raw)

    def column_name(self, table: Defined, key: str, place: Place) -> tuple[str, str]:
        """What drizzle-orm calls the column at *key*, and what it is called in the database."""
        known = table.names.get(key)
        if known is not None:
            return known
        root, _ = chain(table.columns.entries[key])
        if not isinstance(root, Call):
            raise refuse(root, place, "a column")
        first = root.arguments[0] if root.arguments else UNDEFINED
        if isinstance(first, str) and first:
            known = (first, truncated(first))
        elif isinstance(first, Unknown) or is_symbol(first):
            raise refuse(first, place, "a name")
        else:
            known = (key, truncated(cased(key, self.casing)))
        table.names[key] = known
        return known

    def _known(self, value: Value) -> Value:
        """What an enum's members and the columns of a table come to."""
        if isinstance(value, Call) and function_of(value.callee) in {"getTableColumns", "getColumns"}:
            table = self.table_of(value.arguments[0]) if value.arguments else None
            if table is not None:
                entries = {key: Member(table.symbol, key, value.place) for key in table.columns.entries}
                return Object(entries, dict(table.columns.places), list(table.columns.hidden))
        if isinstance(value, Member) and value.name in {"enumValues", "enumName"} and isinstance(value.of, Call):
            try:
                enum = self.defined(value.of)
            except Unreadable:
                return value
            if enum is not None and enum.kind == "pgEnum":
                labels = labels_of(enum)
                return enum.name.local if value.name == "enumName" else value if labels is None else labels
        return value

    # Settings ---------------------------------------------------------------------------------

    def _configured(self) -> str:
        """The casing that the nearest drizzle.config says, beside the schema or above it."""
        folder = posixpath.dirname(self.paths[0]) if self.paths else ""
        while True:
            for name in CONFIGS:
                module = self.modules.load(posixpath.join(folder, name))
                if module is not None:
                    return self._said_casing(module)
            above = posixpath.dirname(folder)
            if above == folder:
                return ""
            folder = above

    def _said_casing(self, module: Module) -> str:
        said = next((value for name, value, _ in self.evaluator.exports(module) if name == "default"), UNDEFINED)
        if isinstance(said, Call) and said.arguments:
            said = said.arguments[0]
        if not isinstance(said, Object):
            return ""
        casing = said.entries.get("casing", UNDEFINED)
        if casing is UNDEFINED and not said.hidden:
            return ""
        if casing not in CASINGS:
            place = said.places.get("casing", Place(module, module.root))
            what = "the casing is not known: columns without a name of their own may be called otherwise"
            self.notes.add(place.location, what)
            return ""
        return str(casing)


def labels_of(enum: Defined) -> list[str] | None:
    """The labels of an enum; None where they are not known."""
    said = enum.made.arguments[1] if len(enum.made.arguments) > 1 else UNDEFINED
    if isinstance(said, Object) and not said.hidden:
        said = list(said.entries.values())
    return said if isinstance(said, list) and all(isinstance(label, str) for label in said) else None


def config_of(arguments: list[Value]) -> Value:
    """The options of a column's function, which may stand first where no name is given."""
    first = arguments[0] if arguments else UNDEFINED
    if isinstance(first, Object):
        return first
    return arguments[1] if len(arguments) > 1 else UNDEFINED


def _may_import_tables(module: Module) -> bool:
    """Whether anything in *module* can be a table: one that takes nothing from elsewhere makes none."""
    return bool(module.imports or module.stars or any(not isinstance(said, str) for said in module.exports.values()))


def _makes_column(value: Value) -> bool:
    root = origin(value)
    return isinstance(value, Call) and isinstance(root, Import) and root.specifier == CORE


def _source(value: Value) -> str:
    root = origin(value)
    if isinstance(root, Import):
        return f"there is no file {root.specifier}, which" if root.missing else f"the package {root.specifier}"
    return shown(value.place.node)
