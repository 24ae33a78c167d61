"""What a type is, worked out as the TypeScript checker would: far enough for the columns of a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from dbtools.model.finding import Location
from dbtools.model.typescript import typescript, union
from dbtools.sources.kysely.constants import enum_labels, values_of
from dbtools.sources.kysely.members import (
    JSON,
    NULL,
    OBJECT,
    UNDEFINED,
    UNKNOWN,
    ColumnType,
    List,
    Members,
    inserted,
    joined,
    selected,
    without_null,
)
from dbtools.sources.kysely.scope import Scope, Unreadable, Written, applied, arguments_of
from dbtools.sources.kysely.shapes import Shapes
from dbtools.sources.typescript import Declared, Modules, Namespace, Outside, children, string_value, text_of
from dbtools.sources.typescript.syntax import shown

if TYPE_CHECKING:
    from tree_sitter import Node

STEPS = 5000  # of one column: types that grow without end are no columns
GLOBALS: Mapping[str, Members] = {
    **{name: (typescript(name),) for name in ("Date", "Buffer", "Uint8Array", "bigint")},
    **dict.fromkeys(("Record", "Object", "Partial", "Required", "Map", "Set", "Omit", "Pick", "Function"), (OBJECT,)),
    "String": (typescript("string"),), "Number": (typescript("number"),), "Boolean": (typescript("boolean"),),
}  # fmt: skip
WORDS: Mapping[str, Members] = {
    **{name: (typescript(name),) for name in ("string", "number", "boolean", "bigint", "any", "unknown", "symbol")},
    "object": (OBJECT,), "never": (), "void": (UNDEFINED,), "undefined": (UNDEFINED,), "null": (NULL,),
}  # fmt: skip
LISTS = frozenset({"Array", "ReadonlyArray"})
KYSELY = re.compile(r"(?:^|[:/])kysely(?:@[^/]*)?(?:/|$)")  # Deno's npm:kysely@0.28 and addresses, too
INTERVALS = frozenset({"IPostgresInterval", "PostgresInterval"})


class Problem(NamedTuple):
    """A part of a type that is not known."""

    location: Location
    what: str


class Evaluator:
    """The types of one project. ``problems`` are those met since it was emptied."""

    def __init__(self, modules: Modules) -> None:
        self.problems: list[Problem] = []
        self._modules = modules
        self._shapes = Shapes(modules)
        self._known: dict[tuple[str, str], tuple[Members, list[Problem]]] = {}
        self._inside: dict[tuple[str, str], bool] = {}  # whether an alias that is being read mentions itself
        self._steps = 0

    def column(self, written: Written) -> Members:
        """What a column of this type holds; the parts that are not known are ``unknown`` and stand in ``problems``."""
        self.problems, self._steps = [], 0
        try:
            return self.of(written)
        except (Unreadable, RecursionError) as problem:
            self.problems.append(Problem(written.location, str(problem) or "is nested too deep"))
            return (UNKNOWN,)

    def of(self, written: Written) -> Members:
        """The members of a type."""
        self._steps += 1
        if self._steps > STEPS:
            raise Unreadable(f"{shown(written.node)} grows without end")
        node, scope = written
        match node.type:
            case "union_type":
                return joined(*(self.of(Written(child, scope)) for child in children(node)))
            case "parenthesized_type" | "readonly_type":
                return self.of(Written(children(node)[0], scope))
            case "predefined_type":
                return WORDS.get(text_of(node), (UNKNOWN,))
            case "literal_type":
                return self._literal(node)
            case "array_type":
                return (List(self.of(Written(children(node)[0], scope))),)
            case "tuple_type":
                return (List(joined(*(self.of(Written(child, scope)) for child in children(node)))),)
            case "object_type":
                return (OBJECT,)
            case "template_literal_type":
                return (typescript("string"),)
            case "intersection_type":
                return self._intersection(written)
            case "type_identifier" | "generic_type" | "nested_type_identifier":
                return self._named(written)
            case "conditional_type":
                return self._conditional(written)
            case "lookup_type":
                return self._member(written)
            case "index_type_query":
                return self._keys(written)
        return self._unknown(written, "is not understood")

    def _unknown(self, written: Written, why: str) -> Members:
        self.problems.append(Problem(written.location, f"{shown(written.node)} {why}"))
        return (UNKNOWN,)

    def _literal(self, node: Node) -> Members:
        inner = children(node)
        text = text_of(node)
        if inner and (said := string_value(inner[0])) is not None:
            return (union(said),)
        if text in ("true", "false"):
            return (typescript("boolean"),)
        if text in WORDS:
            return WORDS[text]
        digits = text.replace("_", "").replace(" ", "")
        return (union(int(digits)),) if digits.lstrip("-").isdigit() else (typescript("number"),)

    def _intersection(self, written: Written) -> Members:
        """A branded type is what it is beside its brand."""
        parts = [self.of(Written(child, written.scope)) for child in children(written.node)]
        plain = [part for part in parts if part != (OBJECT,)]
        return plain[0] if plain else (OBJECT,)

    # Names

    def _named(self, written: Written) -> Members:
        node, scope = written
        name = node.child_by_field_name("name") if node.type == "generic_type" else node
        assert name is not None  # noqa: S101 - the grammar says so
        arguments = [Written(argument, scope) for argument in arguments_of(node)]
        bound = scope.bound.get(text_of(name)) if name.type == "type_identifier" else None
        if bound is not None:
            return self.of(bound) if isinstance(bound, Written) else bound
        target = self._shapes.target(name, scope)
        if isinstance(target, Declared):
            return self._declared(target, arguments, written)
        if isinstance(target, Outside):
            return self._outside(target, arguments, written)
        return self._enum_member(name, scope) or self._global(text_of(name), arguments, written)

    def _declared(self, target: Declared, arguments: list[Written], written: Written) -> Members:
        match target.node.type:
            case "enum_declaration":
                return tuple(union(label) for label in enum_labels(target.node).values())
            case "type_alias_declaration":
                return self._alias(target, arguments)
            case "interface_declaration" | "class_declaration" | "abstract_class_declaration":
                return (OBJECT,)
        return self._unknown(written, "is no type")

    def _alias(self, target: Declared, arguments: list[Written]) -> Members:
        key = (target.module.path, target.name)
        value = target.node.child_by_field_name("value")
        if value is None:
            raise Unreadable(f"{target.name} has no type")
        inside = Written(value, applied(target.node, target.module, arguments))
        if arguments or inside.scope.bound:
            return self.of(inside)
        if key in self._inside:
            self._inside[key] = True
            return (JSON,)
        if key not in self._known:
            self._known[key] = self._read_alias(key, inside)
        members, problems = self._known[key]
        self.problems += problems
        return members

    def _read_alias(self, key: tuple[str, str], inside: Written) -> tuple[Members, list[Problem]]:
        before, self.problems = self.problems, []
        self._inside[key] = False
        try:
            members = self.of(inside)
            found = (_as_json(members, recursive=self._inside[key]), self.problems)
        finally:
            del self._inside[key]
            self.problems = before
        return found

    def _outside(self, target: Outside, arguments: list[Written], written: Written) -> Members:
        if KYSELY.search(target.specifier) and not target.local:
            wrapper = WRAPPERS.get(target.name)
            if wrapper is not None:
                return wrapper(self, arguments)
        if target.name in INTERVALS or target.specifier == "postgres-interval":
            return (typescript("Interval"),)
        if target.name in GLOBALS:
            return GLOBALS[target.name]
        what = "a file that is not there" if target.local else "a package, which is not read"
        return self._unknown(written, f"comes from {target.specifier}: {what}")

    def _global(self, name: str, arguments: list[Written], written: Written) -> Members:
        if name in LISTS and arguments:
            return (List(self.of(arguments[0])),)
        if name in ("Readonly", "NoInfer") and arguments:
            return self.of(arguments[0])
        if name == "NonNullable" and arguments:
            return without_null(self.of(arguments[0]))
        if name in ("Exclude", "Extract") and len(arguments) == len(("T", "U")):
            whole, part = map(self.of, arguments)
            return tuple(member for member in whole if (member in part) is (name == "Extract"))
        return GLOBALS[name] if name in GLOBALS else self._unknown(written, "is not declared")

    def _enum_member(self, name: Node, scope: Scope) -> Members:
        """``Role.ADMIN``."""
        owner, member = name.child_by_field_name("module"), name.child_by_field_name("name")
        if owner is None or member is None or owner.type != "identifier":
            return ()
        target = self._modules.lookup(scope.module, text_of(owner))
        if not isinstance(target, Declared) or target.node.type != "enum_declaration":
            return ()
        labels = enum_labels(target.node)
        return (union(labels[text_of(member)]),) if text_of(member) in labels else ()

    # What is worked out from other types

    def _conditional(self, written: Written) -> Members:
        """``T extends ColumnType<infer S, ...> ? A : B`` or ``T extends (infer U)[] ? A : B``, for each member of T."""
        node, scope = written
        left = node.child_by_field_name("left")
        assert left is not None  # noqa: S101 - the grammar says so
        name, whole = text_of(left), self.of(Written(left, scope))
        if left.type != "type_identifier" or name not in scope.bound:
            return self._chosen(whole, written, scope)
        each: list[Members] = [(member,) for member in whole] or [()]
        return joined(*(self._chosen(part, written, scope.with_bound({name: part})) for part in each))

    def _chosen(self, part: Members, written: Written, known: Scope) -> Members:
        """The branch that *part* leads to."""
        right, yes, no = (written.node.child_by_field_name(name) for name in ("right", "consequence", "alternative"))
        assert right is not None and yes is not None and no is not None  # noqa: S101, PT018 - the grammar says so
        bound = self._matched(part, Written(right, written.scope))
        return self.of(Written(no, known) if bound is None else Written(yes, known.with_bound(bound)))

    def _matched(self, part: Members, pattern: Written) -> Mapping[str, Members] | None:
        """What the ``infer`` names of *pattern* stand for where it matches; None where it does not."""
        node = pattern.node
        while node.type == "parenthesized_type":
            node = children(node)[0]
        if node.type == "infer_type":
            return {text_of(children(node)[0]): part}
        if node.type == "array_type":
            lists = [member.elements for member in part if isinstance(member, List)]
            if not lists or len(lists) < len(part):
                return None
            return self._matched(joined(*lists), Written(children(node)[0], pattern.scope))
        if node.type == "generic_type" and self._is_column_type(node, pattern.scope):
            columns = [member for member in part if isinstance(member, ColumnType)]
            if not columns or len(columns) < len(part):
                return None
            taken = joined(*(column.insert for column in columns))
            sides = (joined(*(column.select for column in columns)), taken, taken)
            found: dict[str, Members] = {}
            for argument, side in zip(arguments_of(node), sides, strict=False):
                if argument.type == "infer_type":
                    found[text_of(children(argument)[0])] = side
            return found
        if any(child.type == "infer_type" for child in children(node)):
            raise Unreadable(f"{shown(pattern.node)} is not understood")
        whole = self.of(Written(node, pattern.scope))
        return {} if UNKNOWN in whole or set(part) <= set(whole) else None

    def _is_column_type(self, node: Node, scope: Scope) -> bool:
        name = node.child_by_field_name("name")
        target = None if name is None else self._shapes.target(name, scope)
        return isinstance(target, Outside) and target.name == "ColumnType"

    def _member(self, written: Written) -> Members:
        """``T["key"]``, ``(typeof X)[keyof typeof X]``, ``(typeof X)[number]``."""
        whole, index = (self._unwrapped(child) for child in children(written.node)[:2])
        if whole.type == "type_query":
            labels = self._constant(children(whole)[0], written.scope)
            if index.type == "literal_type":
                keys = [said for child in children(index) if (said := string_value(child)) is not None]
                labels = labels and {key: labels[key] for key in keys if key in labels}
            if labels is None:
                return self._unknown(written, NO_CONSTANT)
            return tuple(union(label) for label in labels.values())
        shape = self._shapes.of(Written(whole, written.scope))
        keys = [said for child in children(index) if (said := string_value(child)) is not None]
        if shape is None or not keys or not all(key in shape.properties for key in keys):
            return self._unknown(written, "is not understood")
        return joined(*(self.of(shape.properties[key].written) for key in keys))

    def _keys(self, written: Written) -> Members:
        whole = self._unwrapped(children(written.node)[0])
        if whole.type == "type_query":
            labels = self._constant(children(whole)[0], written.scope)
            if labels is None:
                return self._unknown(written, NO_CONSTANT)
            return tuple(map(union, labels))
        shape = self._shapes.of(Written(whole, written.scope))
        if shape is None:
            return self._unknown(written, "is not understood")
        return tuple(union(name) for name in shape.properties)

    def _constant(self, name: Node, scope: Scope) -> Mapping[str, str | int] | None:
        if name.type != "identifier":
            return None
        target = self._modules.lookup(scope.module, text_of(name))
        if isinstance(target, Namespace) or not isinstance(target, Declared):
            return None
        return values_of(target, self._modules)

    @staticmethod
    def _unwrapped(node: Node) -> Node:
        while node.type == "parenthesized_type":
            node = children(node)[0]
        return node


NO_CONSTANT = "is no constant whose values are known; write `as const` behind it"


def _as_json(members: Members, *, recursive: bool) -> Members:
    """A named type of objects, lists and plain values in any mixture is JSON, and null is one of its values."""
    plain = {typescript("string"), typescript("number"), typescript("boolean")}
    nested = any(member in (OBJECT, JSON) or isinstance(member, List) for member in members)
    if recursive or (nested and len(plain.intersection(members)) > 1):
        return (JSON,)
    return members


def _column_type(evaluator: Evaluator, arguments: list[Written]) -> Members:
    sides = [evaluator.of(argument) for argument in arguments[:2]]
    return (ColumnType(sides[0], sides[-1]),) if sides else (UNKNOWN,)


def _generated(evaluator: Evaluator, arguments: list[Written]) -> Members:
    whole = evaluator.of(arguments[0]) if arguments else (UNKNOWN,)
    return (ColumnType(whole, joined(whole, (UNDEFINED,))),)


def _generated_always(evaluator: Evaluator, arguments: list[Written]) -> Members:
    return (ColumnType(evaluator.of(arguments[0]) if arguments else (UNKNOWN,), ()),)


def _json_column(evaluator: Evaluator, arguments: list[Written]) -> Members:
    whole = evaluator.of(arguments[0]) if arguments else (OBJECT,)
    empty = tuple(member for member in whole if member == NULL)
    written = evaluator.of(arguments[1]) if len(arguments) > 1 else (typescript("string"),)
    return (ColumnType((JSON, *empty), written),)


def _as_is(evaluator: Evaluator, arguments: list[Written]) -> Members:
    return evaluator.of(arguments[0]) if arguments else (UNKNOWN,)


WRAPPERS: Mapping[str, Callable[[Evaluator, list[Written]], Members]] = {
    "ColumnType": _column_type,
    "Generated": _generated,
    "GeneratedAlways": _generated_always,
    "JSONColumnType": _json_column,
    "NonDehydrateable": _as_is,
    "SelectType": lambda evaluator, arguments: selected(_as_is(evaluator, arguments)),
    "InsertType": lambda evaluator, arguments: inserted(_as_is(evaluator, arguments)),
}
