"""``Mapped[...]``: whether a column may be null, what ``Annotated`` adds, and which type a type of Python means."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dbtools.sources.sqlalchemy.evaluate import Evaluator
from dbtools.sources.sqlalchemy.scopes import Scope
from dbtools.sources.sqlalchemy.types import Found, TypeReader
from dbtools.sources.sqlalchemy.values import (
    Class,
    Generic,
    Made,
    Operated,
    Pairs,
    Symbol,
    Unreadable,
    Value,
    shown,
)

MAPPED = frozenset({"Mapped", "MappedColumn"})
OTHERS = frozenset({"WriteOnlyMapped", "DynamicMapped", "ClassVar", "InitVar"})
PYTHON = {
    "builtins.int": "Integer", "builtins.float": "Double", "builtins.bool": "Boolean", "builtins.str": "String",
    "builtins.bytes": "LargeBinary", "uuid.UUID": "Uuid", "decimal.Decimal": "Numeric", "datetime.date": "Date",
    "datetime.datetime": "DateTime", "datetime.time": "Time", "datetime.timedelta": "Interval",
}  # fmt: skip
ENUM = Symbol("sqlalchemy.Enum")
PYTHON_ENUMS = (Symbol("enum.Enum"),)
LITERAL = Symbol("typing.Literal")


@dataclass(frozen=True, slots=True)
class Annotated:
    """What an annotation says: Python's type without None, and the ``mapped_column`` that comes with it.

    ``kind`` is how it was written, for the ``type_annotation_map``; ``plain`` is it without ``Annotated``. ``problem``
    is why it is not known.
    """

    kind: Value
    plain: Value
    nullable: bool = False
    column: Made | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AnnotationReader:
    """Annotations in one file."""

    evaluator: Evaluator
    types: Pairs = field(default_factory=Pairs)

    def mapped(self, node: ast.expr, scope: Scope) -> Annotated | None:
        """What stands in ``Mapped[...]``; None where the annotation is something else."""
        node = _unquoted(node)
        if not isinstance(node, ast.Subscript):
            return None
        outer = self._origin(node.value, scope)
        if outer in OTHERS or outer not in MAPPED:
            return None
        return self.plain(node.slice, scope)

    def _origin(self, node: ast.expr, scope: Scope) -> str:
        try:
            found = self.evaluator.evaluate(node, scope)
        except Unreadable:
            return ast.unparse(node).rpartition(".")[2]
        return found.name if isinstance(found, Symbol) else ""

    def plain(self, node: ast.expr, scope: Scope) -> Annotated:
        """What an annotation without ``Mapped`` says."""
        try:
            return self._read(self._value(node, scope), scope)
        except Unreadable as problem:
            return Annotated(None, None, _says_none(node), problem=str(problem))

    def _value(self, node: ast.expr, scope: Scope) -> Value:
        return self.evaluator.evaluate(_without_quotes(node), replace(scope, annotating=True))

    def _read(self, value: Value, scope: Scope) -> Annotated:
        if isinstance(value, str):  # Optional["Status"], which was evaluated as it stands
            return self._read(self._value(ast.Constant(value), scope), scope)
        parts = tuple(_alternatives(value))
        kinds = tuple(part for part in parts if part is not None)
        if len(kinds) != 1:
            return Annotated(value, value, nullable=len(kinds) < len(parts))
        found = self._single(kinds[0], scope)
        return replace(found, nullable=found.nullable or len(kinds) < len(parts))

    def _single(self, value: Value, scope: Scope) -> Annotated:
        match value:
            case str():
                return self._read(value, scope)
            case Generic(Symbol(path), (inner, *extra)) if path.endswith(".Annotated"):
                found = self._read(inner, scope)
                made = (each for each in extra if isinstance(each, Made))
                column = next((each for each in made if getattr(each.callee, "name", "") == "mapped_column"), None)
                return replace(found, kind=value, column=column or found.column)
            case Generic(Symbol(path), (inner,)) if path.endswith((".Final", ".ReadOnly")):
                return self._read(inner, scope)
        return Annotated(value, value)

    def type_of(self, said: Annotated, reader: TypeReader) -> Found:
        """The type that Python's type stands for, in the ``type_annotation_map`` or by itself."""
        if said.problem:
            raise Unreadable(said.problem)
        for kind in dict.fromkeys((said.kind, said.plain)):
            found = self._mapped_type(kind, reader)
            if found is not None:
                return found
        raise Unreadable(f"which type {shown(said.plain)} stands for is not known")

    def _mapped_type(self, kind: Value, reader: TypeReader) -> Found | None:
        for key in self._keys(kind):
            written = self._written(key)
            if written is None:
                continue
            labelled = self._labelled(written, kind)
            if labelled is not None:
                return reader.read(labelled)
            if key == kind:
                return reader.read(written)
        return None

    def _written(self, key: Value) -> Value | None:
        for each, written in self.types:
            if each == key or (isinstance(each, str | Generic | Operated) and _same_type(each, key)):
                return written
        if isinstance(key, Symbol) and key.path in PYTHON:
            return Symbol(f"sqlalchemy.{PYTHON[key.path]}")
        is_enum = key in PYTHON_ENUMS or key == LITERAL
        return Made(ENUM, (Symbol("enum.Enum"),)) if is_enum else None

    def _keys(self, kind: Value) -> Iterator[Value]:
        """What to look for, the most special first."""
        if isinstance(kind, Class):
            yield from self.evaluator.mro(kind)
            if self.evaluator.members(kind) is not None:
                yield PYTHON_ENUMS[0]
            return
        yield kind
        if isinstance(kind, Generic) and isinstance(kind.origin, Symbol) and kind.origin.name == "Literal":
            yield LITERAL
            yield PYTHON_ENUMS[0]

    def _labelled(self, written: Value, kind: Value) -> Made | None:
        """An Enum of Python's Enum, as an Enum of the labels that *kind* has."""
        made = written if isinstance(written, Made) else Made(written)
        if made.callee not in (ENUM, Symbol("sqlalchemy.types.Enum")) and getattr(made.callee, "name", "") != "Enum":
            return None
        if made.args and made.args[0] not in PYTHON_ENUMS:
            return None
        if isinstance(kind, Class) and self.evaluator.members(kind) is not None:
            return replace(made, args=(kind,))
        if isinstance(kind, Generic):
            named = made.keywords if made.has("native_enum") else (*made.keywords, ("native_enum", False))
            return replace(made, args=tuple(kind.args), keywords=named)
        return None


def _alternatives(value: Value) -> Iterator[Value]:
    match value:
        case Operated("|", (left, right)):
            yield from _alternatives(left)
            yield from _alternatives(right)
        case Generic(Symbol(path), args) if path.endswith(".Union"):
            for each in args:
                yield from _alternatives(each)
        case Generic(Symbol(path), (inner,)) if path.endswith(".Optional"):
            yield from _alternatives(inner)
            yield None
        case _:
            yield value


def _says_none(node: ast.expr) -> bool:
    """Whether an annotation that is not known allows None all the same: ``X | None``, ``Optional[X]``."""
    match _unquoted(node):
        case ast.BinOp(left, ast.BitOr(), right):
            return _says_none(left) or _says_none(right)
        case ast.Constant(None):
            return True
        case ast.Subscript(origin):
            return ast.unparse(origin).rpartition(".")[2] == "Optional"
    return False


def _same_type(one: Value, other: Value) -> bool:
    """``Dict[str, Any]`` is ``dict[str, Any]``; unions have no order."""
    if isinstance(one, Operated) or isinstance(other, Operated):
        return frozenset(_alternatives(one)) == frozenset(_alternatives(other))
    match one, other:
        case Generic(Symbol(first), args), Generic(Symbol(second), others):
            return args == others and first.rpartition(".")[2].lower() == second.rpartition(".")[2].lower()
    return bool(one == other)


class _Unquoting(ast.NodeTransformer):
    """Strings inside of an annotation as what they say; those of ``Literal`` and ``Annotated`` stay."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        name = ast.unparse(node.value).rpartition(".")[2]
        if name == "Literal":
            return node
        if name == "Annotated" and isinstance(node.slice, ast.Tuple):
            first = self.visit(node.slice.elts[0])
            inner = ast.copy_location(ast.Tuple([first, *node.slice.elts[1:]], ast.Load()), node)
            return ast.copy_location(ast.Subscript(node.value, inner, ast.Load()), node)
        self.generic_visit(node)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return _unquoted(node)


def _without_quotes(node: ast.expr) -> ast.expr:
    node = _unquoted(node)
    if not any(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in ast.walk(node)):
        return node
    found: ast.expr = _Unquoting().visit(copy.deepcopy(node))
    return found


def _unquoted(node: ast.expr) -> ast.expr:
    """What a quoted annotation says."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return node
    try:
        parsed = ast.parse(node.value.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError) as error:
        raise Unreadable(f"the annotation {node.value!r} cannot be parsed") from error
    for each in ast.walk(parsed):
        ast.copy_location(each, node)
    return parsed
