"""All tables of a project: those of mapped classes and those of ``Table(...)``, each with the columns that it gets."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from typing import TypeVar

from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.reader import Unread
from dbtools.sources.sqlalchemy.annotations import Annotated, AnnotationReader
from dbtools.sources.sqlalchemy.calls import calls, is_relation, mentions_column
from dbtools.sources.sqlalchemy.classes import SPECIAL, Attribute, Classes, is_model
from dbtools.sources.sqlalchemy.columns import Context, Said, head, is_column, said_of
from dbtools.sources.sqlalchemy.drafts import Draft, MetaData, location_of, options_of
from dbtools.sources.sqlalchemy.evaluate import Evaluator
from dbtools.sources.sqlalchemy.modules import Module, Modules
from dbtools.sources.sqlalchemy.scopes import NO_NAMES, Scope
from dbtools.sources.sqlalchemy.sqlmodel import field_of
from dbtools.sources.sqlalchemy.sqltext import Writer
from dbtools.sources.sqlalchemy.targets import Targets, is_table
from dbtools.sources.sqlalchemy.types import TypeReader
from dbtools.sources.sqlalchemy.values import (
    Class,
    Function,
    Made,
    Pairs,
    Part,
    Symbol,
    Unreadable,
    Value,
    shown,
    text_of,
)

T = TypeVar("T")
# What stands around a column in a class.
WRAPPERS = frozenset({"deferred", "column_property"})
RELATIONS = frozenset({"relationship", "association_proxy", "synonym", "backref", "dynamic_loader", "query_expression"})
PARTS = frozenset(
    """
    Index UniqueConstraint CheckConstraint ForeignKeyConstraint PrimaryKeyConstraint ExcludeConstraint
    """.split()
)
SEVERAL = frozenset({"composite"})
LIBRARIES = frozenset({"sqlalchemy", "sqlmodel", "flask_sqlalchemy", "builtins", "typing"})
PUBLIC = "public"


class Tables:
    """The drafts of all tables, by their names, and what could not be read on the way."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.evaluator = Evaluator(modules)
        self.classes = Classes(self.evaluator)
        self.unread: list[Unread] = list(modules.unread)
        self.uncertain: set[Name] = set()
        self.drafts: dict[Name, Draft] = {}
        self.of_class: dict[Class, Draft] = {}
        self._changes: list[tuple[Value, str, Value]] = []
        self._metadata: dict[Value, MetaData] = {}
        self._missing: set[str] = set()
        self.targets = Targets(self.drafts, self.of_class, self.core_name)

    def read(self) -> None:
        """Find every table."""
        found = [
            self.evaluator.class_of(module, statement)
            for module in self.modules.all
            for statement in module.statements
            if isinstance(statement, ast.ClassDef) and module.bound.get(statement.name) is statement
        ]
        self._each_module(self._changed)
        self._each_module(self._core_table)
        for owner in found:
            self._guarded(owner, self._mapped)
        for owner in found:
            self._guarded(owner, self._shared)
        self._each_module(self._index)
        self._each_module(partial(self._left, {draft.location for draft in self.drafts.values()}))

    def _each_module(self, look: object) -> None:
        for module in self.modules.all:
            for statement in module.statements:
                look(module, statement)  # type: ignore[operator]

    # MetaData ---------------------------------------------------------------------------------

    def _changed(self, module: Module, statement: ast.stmt) -> None:
        """``Base.metadata.naming_convention = {...}``."""
        match statement:
            case ast.Assign([ast.Attribute(of, "naming_convention" | "schema" as name)], value):
                self.evaluator.start()
                location = Location(module.path, statement.lineno, statement.col_offset + 1)
                try:
                    owner = self.evaluator.evaluate(of, Scope(module))
                    is_metadata = head(owner) == "MetaData" or getattr(owner, "name", "") == "metadata"
                    if is_metadata:
                        change = (self.classes.metadata_of(owner), name, self.evaluator.evaluate(value, Scope(module)))
                        self._changes.append(change)
                except Unreadable as problem:
                    self.unread.append(Unread(location, str(problem)))

    def metadata(self, value: Value) -> MetaData:
        """What the MetaData that *value* makes says."""
        if value not in self._metadata:
            changes: Mapping[str, Value] = {name: new for of, name, new in self._changes if of == value}
            self._metadata[value] = MetaData.of(value, changes)
        return self._metadata[value]

    # Core tables ------------------------------------------------------------------------------

    def _core_table(self, module: Module, statement: ast.stmt) -> None:
        for made in self._made(module, statement, "Table"):
            self._add_core(made, location_of(made, Location(module.path, statement.lineno, statement.col_offset + 1)))
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        owner = self.evaluator.class_of(module, statement) if isinstance(statement, ast.ClassDef) else None
        for call in calls(statement, "Table"):
            self._evaluated(module, call, Scope(module, NO_NAMES, owner))

    def _left(self, made: AbstractSet[Location], module: Module, statement: ast.stmt) -> None:
        """``Table("t", metadata, Column(...))`` in a function that nothing calls: whether it is made, nobody knows."""
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        for call in calls(statement, "Table"):
            location = Location(module.path, call.lineno, call.col_offset + 1)
            if mentions_column(call) and location not in made:
                what = f"a table that {statement.name}() makes, which nothing in these files calls"
                self.unread.append(Unread(location, what))

    def _evaluated(self, module: Module, call: ast.Call, scope: Scope) -> None:
        """``relationship(secondary=Table(...))``."""
        self.evaluator.start()
        location = Location(module.path, call.lineno, call.col_offset + 1)
        try:
            made = self.evaluator.evaluate(call, scope)
        except Unreadable as problem:
            self.unread.append(Unread(location, str(problem)))
        else:
            if is_table(made):
                self._add_core(made, location)

    def _made(self, module: Module, statement: ast.stmt, wanted: str) -> Iterator[Made]:
        """What a statement of a module makes, if it is one of *wanted*."""
        match statement:
            case ast.Assign([ast.Name(name)], ast.Call() as call) | ast.AnnAssign(
                ast.Name(name), _, ast.Call() as call
            ):
                pass
            case ast.Expr(ast.Call() as call):
                name = ""
            case _:
                return
        self.evaluator.start()
        scope = Scope(module)
        location = Location(module.path, call.lineno, call.col_offset + 1)
        try:
            callee = self.evaluator.evaluate(call.func, scope)
        except Unreadable:
            return
        if not (isinstance(callee, Function) or (isinstance(callee, Symbol) and callee.name == wanted)):
            return
        try:
            made = self.evaluator.module_value(module, name) if name else self.evaluator.evaluate(call, scope)
        except (Unreadable, KeyError) as problem:
            if isinstance(callee, Symbol):
                self.unread.append(Unread(location, str(problem)))
            return
        if head(made) == wanted:
            yield made

    def _add_core(self, made: Made, location: Location) -> None:
        try:
            metadata = self.metadata(self.classes.metadata_of(made.argument(1, "metadata")))
            name, prefix = self.core_name(made)
        except Unreadable as problem:
            self.unread.append(Unread(location, str(problem)))
            return
        if name in self.drafts and self.drafts[name].location == location:
            return
        draft = Draft(name, location, f"SQLAlchemy table {name}", metadata.convention, prefix, metadata.schema)
        with_comment = made.keyword("comment")
        draft.comment = with_comment if isinstance(with_comment, str) else None
        if not self._add(draft):
            return
        for item in made.args[2:]:
            self._add_item(draft, item)

    def core_name(self, made: Made) -> tuple[Name, str]:
        """The name of ``Table(...)``, and its schema as it was given."""
        metadata = self.metadata(self.classes.metadata_of(made.argument(1, "metadata")))
        written = made.keyword("schema") if made.has("schema") else metadata.schema
        prefix = "" if not written or getattr(written, "name", "") == "BLANK_SCHEMA" else text_of(written)
        return Name(prefix or PUBLIC, text_of(made.argument(0, "name"))), prefix

    def _add_item(self, draft: Draft, item: Value) -> None:
        if is_column(item):
            context = self.context(draft, Pairs())
            try:
                _add_column(draft, said_of("", location_of(item, draft.location), item, None, context))
            except Unreadable as problem:
                draft.unread.append(Unread(location_of(item, draft.location), str(problem)))
                self.uncertain.add(draft.name)
        elif head(item) in PARTS:
            draft.args.append(item)
        elif isinstance(item, Made) and isinstance(item.callee, Part) and item.callee.name == "ddl_if":
            if item.argument(0, "dialect") in (None, "postgresql"):
                self._add_item(draft, item.callee.of)
        elif item is not None:
            draft.note(location_of(item, draft.location), f"{shown(item)} is no part of a table that is known", "")
            self.uncertain.add(draft.name)

    # Mapped classes ---------------------------------------------------------------------------

    def _guarded(self, owner: Class, read: object) -> None:
        self.evaluator.start()
        location = Location(owner.module.path, owner.node.lineno, owner.node.col_offset + 1)
        try:
            read(owner, location)  # type: ignore[operator]
        except Unreadable as problem:
            self.unread.append(Unread(location, f"{owner.name}: {problem}"))

    def _is_candidate(self, owner: Class) -> bool:
        """Whether *owner* is mapped, or looks like it and stands on something that is not among the files."""
        if self.classes.is_mapped(owner):
            return True
        if self.classes.is_root(owner) or not any(self.classes.foreign_bases(owner)):
            return False
        return not {"__tablename__", "__table__"}.isdisjoint(owner.said) and not self.classes.is_abstract(owner)

    def _mapped(self, owner: Class, location: Location) -> None:
        """A class with a table of its own, or with a ``Table`` that is there already."""
        if not self._is_candidate(owner):
            return
        table = self.classes.special(owner, "__table__")
        if table is not None:
            self._with_core(owner, table)
            return
        local = self.classes.table_name(owner)
        if local is None:
            return
        settings = self.classes.settings(owner)
        metadata = self.metadata(settings.metadata)
        args, options = options_of(self.classes.special(owner, "__table_args__"))
        written = options.get("schema") if any(key == "schema" for key, _ in options) else metadata.schema
        prefix = "" if not written else text_of(written)
        comment = options.get("comment")
        draft = Draft(
            Name(prefix or PUBLIC, local),
            location,
            f"SQLAlchemy model {owner.name}",
            metadata.convention,
            prefix,
            metadata.schema,
            comment if isinstance(comment, str) else None,
        )
        if not self._add(draft):
            return
        self.of_class[owner] = draft
        self._add_class(draft, owner, settings.types)
        for item in args:
            self._add_item(draft, item)

    def _with_core(self, owner: Class, table: Value) -> None:
        name = self.targets.name_of_table(table)
        if name is None or name not in self.drafts:
            raise Unreadable(f"its table {shown(table)} is not known")
        draft = self.drafts[name]
        draft.source = f"SQLAlchemy model {owner.name}"
        self.of_class[owner] = draft
        draft.classes |= {base for base in self.classes.mro(owner) if isinstance(base, Class)}
        for said in draft.columns.values():
            said.attribute = said.attribute or said.name

    def _shared(self, owner: Class, _: Location) -> None:
        """A class without a table of its own: its columns are in its parent's."""
        if owner in self.of_class or not self.classes.is_mapped(owner) or self.classes.table_name(owner) is not None:
            return
        parent = self.classes.parent(owner)
        while parent is not None and parent not in self.of_class:
            parent = self.classes.parent(parent)
        if parent is None:
            if any(True for each in self.classes.attributes(owner) if each.annotation is not None or each.function):
                raise Unreadable("it has neither a __tablename__ nor a parent with one")
            return
        draft = self.of_class[parent]
        self.of_class[owner] = draft
        self._add_class(draft, owner, self.classes.settings(owner).types)
        args, _options = options_of(self.classes.special(owner, "__table_args__"))
        for item in args if "__table_args__" in owner.said else ():
            self._add_item(draft, item)

    def _add_class(self, draft: Draft, owner: Class, types: Pairs) -> None:
        draft.classes |= {base for base in self.classes.mro(owner) if isinstance(base, Class)}
        for base in self.classes.foreign_bases(owner):
            self.uncertain.add(draft.name)
            known, _, problem = base.path.removeprefix("?.").partition(": ")
            what = f"{known} {problem or 'is not among the files'}: what it says of tables is not known"
            if base.path not in self._missing:
                self._missing.add(base.path)
                self.unread.append(Unread(draft.location, what))
        context = self.context(draft, types)
        for attribute in self.classes.attributes(owner):
            if attribute.name not in SPECIAL:
                self._add_attribute(draft, owner, attribute, context)

    def _add_attribute(self, draft: Draft, owner: Class, attribute: Attribute, context: Context) -> None:
        self.evaluator.start()
        try:
            for said in self._said(owner, attribute, context):
                _add_column(draft, said)
        except Unreadable as problem:
            draft.note(attribute.location, f"{attribute.name}: {problem}", "", attribute.name)
            self.uncertain.add(draft.name)

    def _said(self, owner: Class, attribute: Attribute, context: Context) -> Iterator[Said]:
        scope = Scope(attribute.owner.module, NO_NAMES, attribute.owner)
        value = self._value(owner, attribute, scope)
        if is_model(self.classes.mro(owner)) and attribute.annotation is not None and not _is_mapped(attribute):
            yield from self._field(attribute, value, context, scope)
            return
        is_plain = attribute.value is None and attribute.function is None
        annotation = self._annotation(attribute, context, scope) if is_plain or is_column(value) else None
        while head(value) in WRAPPERS and value.args:
            value = value.args[0]  # what is wrapped does not see the annotation
        if is_plain and annotation is not None:
            value = Made(Symbol("sqlalchemy.orm.mapped_column"))
        if is_column(value):
            yield said_of(attribute.name, attribute.location, value, annotation, context)
        elif head(value) in SEVERAL:
            for part in value.args:
                if is_column(part):
                    yield said_of("", attribute.location, part, None, context)
        elif _is_foreign(value) and (_is_mapped(attribute) or "olumn" in shown(value.callee)):
            raise Unreadable(f"{shown(value)} is not among the files")

    def _field(self, attribute: Attribute, value: Value, context: Context, scope: Scope) -> Iterator[Said]:
        """A field of SQLModel, whose annotation says its type without ``Mapped``."""
        assert attribute.annotation is not None  # noqa: S101 - asked by the caller
        if "ClassVar" in ast.unparse(attribute.annotation) or attribute.name == "model_config":
            return
        annotation = context.annotations.plain(attribute.annotation, scope)
        said = field_of(attribute.name, attribute.location, value, annotation, context)
        if said is not None:
            yield said

    def _annotation(self, attribute: Attribute, context: Context, scope: Scope) -> Annotated | None:
        return None if attribute.annotation is None else context.annotations.mapped(attribute.annotation, scope)

    def _value(self, owner: Class, attribute: Attribute, scope: Scope) -> Value:
        if attribute.function is not None:
            function = Function(attribute.owner.module, attribute.function, NO_NAMES, attribute.owner.outer, (owner,))
            return self.evaluator.call(function, (), ())
        if attribute.value is None or is_relation(attribute.value):
            return None
        try:
            return self.evaluator.evaluate(attribute.value, scope)
        except Unreadable:
            if _is_mapped(attribute) or mentions_column(attribute.value):
                raise
            return None  # whatever it is, it makes no column

    def _add(self, draft: Draft) -> bool:
        first = self.drafts.setdefault(draft.name, draft)
        if first is not draft:
            what = f"the table {draft.name} is defined twice, first at {first.location}"
            self.unread.append(Unread(draft.location, what))
            self.uncertain.add(draft.name)
        return first is draft

    def context(self, draft: Draft, types: Pairs) -> Context:
        """What the columns of *draft* are read with."""
        reader = TypeReader(self.evaluator, draft.prefix or PUBLIC)
        return Context(reader, AnnotationReader(self.evaluator, types), Writer(draft.column_of, reader))

    # Indexes beside tables --------------------------------------------------------------------

    def _index(self, module: Module, statement: ast.stmt) -> None:
        for made in self._made(module, statement, "Index"):
            owner = next((found for each in made.args[1:] for found in self.targets.owners(each)), None)
            location = Location(module.path, statement.lineno, statement.col_offset + 1)
            if owner is None:
                self.unread.append(Unread(location, "the table of an Index is not known"))
            elif made not in owner.args:
                owner.args.append(made)


def _add_column(draft: Draft, said: Said) -> None:
    draft.columns.setdefault(said.name, said)


def _is_foreign(value: Value) -> bool:
    """Whether *value* is what something outside of the files makes."""
    callee = value.callee if isinstance(value, Made) else None
    return isinstance(callee, Symbol) and callee.path.partition(".")[0] not in LIBRARIES


def _is_mapped(attribute: Attribute) -> bool:
    """Whether the annotation says ``Mapped``."""
    return attribute.annotation is not None and "Mapped" in ast.unparse(attribute.annotation)
