"""Which classes are mapped, what they inherit, and what their bodies say, as SQLAlchemy's declarative scan finds it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from dbtools.model.finding import Location
from dbtools.sources.sqlalchemy.evaluate import Evaluator
from dbtools.sources.sqlalchemy.scopes import NO_NAMES, Scope
from dbtools.sources.sqlalchemy.values import (
    Class,
    Function,
    Generic,
    Made,
    Pairs,
    Part,
    Symbol,
    Unreadable,
    Value,
    text_of,
)

BASES = frozenset({"DeclarativeBase", "DeclarativeBaseNoMeta"})
MAKERS = frozenset({"declarative_base", "generate_base", "automap_base"})
MAPPERS = frozenset({"mapped", "mapped_as_dataclass", "as_declarative", "as_declarative_base"})
SPECIAL = frozenset({"__tablename__", "__table_args__", "__table__", "__mapper_args__", "__abstract__"})
# What a class may stand on without saying anything about tables.
HARMLESS = frozenset({"builtins", "typing", "abc", "enum", "typing_extensions", "dataclasses", "pydantic"})
OF_SQLALCHEMY = frozenset({"sqlalchemy", "sqlmodel", "flask_sqlalchemy"})


class Attribute(NamedTuple):
    """``name: annotation = value`` in the body of ``owner``, or a ``declared_attr``: ``function``."""

    name: str
    owner: Class
    location: Location
    annotation: ast.expr | None = None
    value: ast.expr | None = None
    function: ast.FunctionDef | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a declarative base is made with: its ``MetaData`` and the types of Python's types."""

    metadata: Value = None
    types: Pairs = field(default_factory=Pairs)


class Classes:
    """The classes of a project and how they are mapped."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self._mro: dict[Class, tuple[Value, ...]] = {}
        self._open: set[Class] = set()
        self._tables: dict[Class, str | None] = {}
        evaluator.classes = self.mro
        evaluator.inherits_table = lambda owner: isinstance(owner, Class) and self.parent(owner) is not None

    def mro(self, owner: Class) -> tuple[Value, ...]:
        """*owner* and what it inherits from, in the order in which Python looks things up."""
        if owner not in self._mro:
            if owner in self._open:
                return (owner,)
            self._open.add(owner)
            bases = [self._base(owner, node) for node in owner.node.bases]
            orders = [self.mro(base) if isinstance(base, Class) else (base,) for base in bases]
            self._mro[owner] = (owner, *_merged([*map(list, orders), list(bases)]))
            self._open.discard(owner)
        return self._mro[owner]

    def _base(self, owner: Class, node: ast.expr) -> Value:
        try:
            found = self.evaluator.evaluate(node, Scope(owner.module, NO_NAMES, owner.outer))
        except Unreadable as problem:
            return Symbol(f"?.{ast.unparse(node)}: is not known, {problem}")
        while isinstance(found, Generic):
            found = found.origin
        return found if isinstance(found, Class | Symbol | Made) else Symbol(f"?.{ast.unparse(node)}")

    def is_root(self, owner: Class) -> bool:
        """Whether *owner* is a declarative base itself, not a class mapped with one."""
        for node in owner.node.bases:
            base = self._base(owner, node)
            if isinstance(base, Symbol) and base.name in BASES:
                return True
        return self.mapper_of(owner, "as_declarative", "as_declarative_base") is not None or any(
            keyword.arg == "metaclass" and "DeclarativeMeta" in ast.unparse(keyword.value)
            for keyword in owner.node.keywords
        )

    def mapper_of(self, owner: Class, *names: str) -> Value | None:
        """What the decorator called one of *names* belongs to: ``registry`` of ``@registry.mapped``."""
        for node in owner.node.decorator_list:
            called = node.func if isinstance(node, ast.Call) else node
            if isinstance(called, ast.Attribute | ast.Name):
                try:
                    found = self.evaluator.evaluate(called, Scope(owner.module))
                except Unreadable:
                    continue
                name = getattr(found, "name", "")
                if name in names and isinstance(found, Part | Symbol):
                    return found.of if isinstance(found, Part) else found
        return None

    def is_declarative(self, owner: Class) -> bool:
        """Whether *owner* stands on a declarative base, so that it is mapped unless it is abstract."""
        return self._is_based(owner) or self.mapper_of(owner, "mapped", "mapped_as_dataclass") is not None

    def _is_based(self, owner: Class) -> bool:
        for base in self.mro(owner):
            match base:
                case Class() if base is not owner and self.is_root(base):
                    return True
                case Made(callee) if getattr(callee, "name", "") in MAKERS:
                    return True
                case Symbol("flask_sqlalchemy.Model"):
                    return True
        return is_model(self.mro(owner))

    def foreign_bases(self, owner: Class) -> Iterator[Symbol]:
        """What *owner* inherits from that is not among the files and could say anything."""
        for base in self.mro(owner):
            if isinstance(base, Symbol) and base.path.partition(".")[0] not in HARMLESS | OF_SQLALCHEMY:
                yield base

    def is_abstract(self, owner: Class) -> bool:
        """Whether *owner* itself says ``__abstract__ = True``, or is a model of SQLModel without a table."""
        try:
            return bool(self.evaluator.class_value(owner, "__abstract__"))
        except KeyError:
            pass
        if not is_model(self.mro(owner)):
            return False
        table = next((each.value for each in owner.node.keywords if each.arg == "table"), None)
        return not (isinstance(table, ast.Constant) and table.value is True)

    def is_mapped(self, owner: Class) -> bool:
        """Whether SQLAlchemy maps *owner* to a table, its own or that of a class above it."""
        return self.is_declarative(owner) and not self.is_root(owner) and not self.is_abstract(owner)

    def parent(self, owner: Class) -> Class | None:
        """The nearest mapped class that *owner* inherits from."""
        above = (base for base in self.mro(owner)[1:] if isinstance(base, Class))
        return next((base for base in above if self.is_mapped(base)), None)

    def table_name(self, owner: Class) -> str | None:
        """``__tablename__``; None where *owner* shares the table of its parent."""
        if owner not in self._tables:
            self._tables[owner] = self._table_name(owner)
        return self._tables[owner]

    def _table_name(self, owner: Class) -> str | None:
        found = self.special(owner, "__tablename__")
        if found is not None:
            return text_of(found)
        if is_model(self.mro(owner)):
            return owner.name.lower()
        if Symbol("flask_sqlalchemy.Model") in self.mro(owner) and self.parent(owner) is None:
            return _snake_case(owner.name)
        return None

    def special(self, owner: Class, name: str) -> Value:
        """``__tablename__`` and its like; one that only a mapped parent says does not count, unless it is cascading."""
        for base in self._speaking(owner, name):
            value = self.evaluator.class_value(base, name)
            if isinstance(value, Function):
                return self.evaluator.call(replace(value, bound=(owner,)), (), ())
            return value
        return None

    def _speaking(self, owner: Class, name: str) -> list[Class]:
        """The classes above that say *name*, if one of them may say it for *owner*."""
        found = [base for base in self.mro(owner) if isinstance(base, Class) and self._says(base, name)]
        return found if any(base is owner or not self.is_mapped(base) for base in found) else []

    def _says(self, base: Class, name: str) -> bool:
        try:
            self.evaluator.class_value(base, name)
        except KeyError:
            return False
        return True

    def settings(self, owner: Class) -> Settings:
        """The ``MetaData`` and the ``type_annotation_map`` that *owner* is mapped with."""
        metadata = self._setting(owner, "metadata")
        types = self._setting(owner, "type_annotation_map")
        return Settings(self._metadata(metadata), types if isinstance(types, Pairs) else Pairs())

    def _metadata(self, value: Value) -> Value:
        if isinstance(value, Part) and value.name == "metadata" and isinstance(value.of, Made):
            return self._metadata(value.of.keyword("metadata"))
        return value if isinstance(value, Made) else None

    def metadata_of(self, value: Value) -> Value:
        """The ``MetaData(...)`` that *value* is: itself, ``Base.metadata``, ``registry.metadata``."""
        if isinstance(value, Part) and isinstance(value.of, Class):
            return self.settings(value.of).metadata
        return self._metadata(value)

    def _setting(self, owner: Class, name: str) -> Value:
        for base in self.mro(owner):
            if isinstance(base, Class):
                found = self._own_setting(base, name)
            else:
                found = base.keyword(name) if isinstance(base, Made) else None
            if found is not None:
                return found
        registry = self.mapper_of(owner, *MAPPERS)
        return registry.keyword(name) if isinstance(registry, Made) else None

    def _own_setting(self, base: Class, name: str) -> Value:
        for key in (name, "registry"):
            try:
                found = self.evaluator.class_value(base, key)
            except KeyError:
                continue
            if key == name:
                return found
            if isinstance(found, Made) and found.has(name):
                return found.keyword(name)
        return None

    def attributes(self, owner: Class) -> list[Attribute]:
        """What the class and its mixins say, each name once; not what a mapped parent has of its mixins."""
        found: dict[str, Attribute] = {}
        taken: set[str] = set()
        orders = []
        for base in self.mro(owner):
            if not isinstance(base, Class):
                continue
            if base is not owner and self.is_mapped(base):
                taken |= {each.name for each in self.attributes(base)}
                continue
            mine = {each.name: each for each in own_attributes(base) if each.name not in taken}
            orders.append([name for name in mine if name not in found])
            for name, attribute in mine.items():
                found.setdefault(name, attribute)
        return [found[name] for order in reversed(orders) for name in order]


def is_model(mro: tuple[Value, ...]) -> bool:
    """Whether a class with these bases is one of SQLModel's."""
    return any(
        isinstance(base, Symbol) and base.path.startswith("sqlmodel") and base.name == "SQLModel" for base in mro
    )


def own_attributes(owner: Class) -> Iterator[Attribute]:
    """What the body of one class says."""
    for statement in owner.node.body:
        location = Location(owner.module.path, statement.lineno, statement.col_offset + 1)
        match statement:
            case ast.AnnAssign(ast.Name(name), annotation, value):
                yield Attribute(name, owner, location, annotation, value)
            case ast.Assign(targets, value):
                for target in targets:
                    if isinstance(target, ast.Name):
                        yield Attribute(target.id, owner, location, None, value)
            case ast.FunctionDef(decorator_list=[*decorators]) if any(
                "declared_attr" in ast.unparse(d) for d in decorators
            ):
                yield Attribute(statement.name, owner, location, statement.returns, None, statement)


def _merged(orders: list[list[Value]]) -> list[Value]:
    """The C3 linearisation, or what comes first where there is none."""
    result: list[Value] = []
    orders = [order for order in orders if order]
    while orders:
        heads = [order[0] for order in orders]
        head = next((each for each in heads if not any(each in order[1:] for order in orders)), heads[0])
        result.append(head)
        orders = [rest for order in orders if (rest := [each for each in order if each != head])]
    return result


def _snake_case(name: str) -> str:
    """``HTTPRequest`` is ``http_request``: how Flask-SQLAlchemy names a table."""
    import re

    name = re.sub(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))", r"_\1", name)
    return name.lower().lstrip("_")
