"""What an expression comes to without being run.

Literals become Python's own: ``None`` is null, text, numbers, truth values, lists. What a package makes is not known,
so it stays a ``Symbol``: which function of which package was called with what. ``Unknown`` is what could not be
followed, with the reason and the place; whatever is made of it is unknown as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dbtools.model.finding import Location
from dbtools.sources.typescript.module import Module

if TYPE_CHECKING:
    from tree_sitter import Node

Value = Any
"""None, bool, int, float, str, list, or one of the classes here."""


class Place(NamedTuple):
    """Where something is written."""

    module: Module
    node: Node

    @property
    def location(self) -> Location:
        """Its file, line and column."""
        return self.module.location(self.node)


class Undefined:
    """``undefined``."""

    def __repr__(self) -> str:
        return "undefined"

    def __bool__(self) -> bool:
        return False


UNDEFINED = Undefined()


class Unknown(NamedTuple):
    """What could not be followed, and why."""

    reason: str
    place: Place


class Object:
    """An object by its keys, and where each was written.

    ``hidden``: what was spread into it and could not be followed.
    """

    __slots__ = ("entries", "hidden", "places")

    def __init__(
        self,
        entries: dict[str, Value] | None = None,
        places: dict[str, Place] | None = None,
        hidden: list[Unknown] | None = None,
    ) -> None:
        self.entries: dict[str, Value] = {} if entries is None else entries
        self.places: dict[str, Place] = {} if places is None else places
        self.hidden: list[Unknown] = [] if hidden is None else hidden


class Function:
    """A function or arrow, and the names it sees."""

    __slots__ = ("node", "scope")

    def __init__(self, node: Node, scope: Scope) -> None:
        self.node = node
        self.scope = scope


class Scope:
    """Names inside of a function; the module's own are found by whoever asks."""

    __slots__ = ("above", "made", "module", "names")

    def __init__(self, module: Module, above: Scope | None = None) -> None:
        self.module = module
        self.above = above
        self.names: dict[str, Value] = {}
        self.made: set[str] = set()  # names of objects and lists that were made in it

    def holder(self, name: str) -> Scope | None:
        """The nearest scope that has *name*."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.above
        return scope


class Import:
    """``name`` of the package ``specifier``; ``*`` is the package as a whole. ``missing``: a file that is not there."""

    __slots__ = ("missing", "name", "place", "specifier")

    def __init__(self, specifier: str, name: str, place: Place, *, missing: bool = False) -> None:
        self.specifier = specifier
        self.name = name
        self.place = place
        self.missing = missing


class Global:
    """A name that no module declares: ``process``, ``Object``, ``Date``."""

    __slots__ = ("name", "place")

    def __init__(self, name: str, place: Place) -> None:
        self.name = name
        self.place = place


class Member:
    """``of.name``."""

    __slots__ = ("name", "of", "place")

    def __init__(self, of: Value, name: str, place: Place) -> None:
        self.of = of
        self.name = name
        self.place = place


class Call:
    """``callee(*arguments)``; ``new`` with that keyword."""

    __slots__ = ("arguments", "callee", "new", "place")

    def __init__(self, callee: Value, arguments: list[Value], place: Place, *, new: bool = False) -> None:
        self.callee = callee
        self.arguments = arguments
        self.place = place
        self.new = new


class Template:
    """A template with a tag: ``strings`` and, between them, ``values``."""

    __slots__ = ("place", "strings", "tag", "values")

    def __init__(self, tag: Value, strings: list[str], values: list[Value], place: Place) -> None:
        self.tag = tag
        self.strings = strings
        self.values = values
        self.place = place


Symbol = Import | Global | Member | Call | Template


def is_symbol(value: Value) -> bool:
    """Whether *value* is what a package makes of it."""
    return isinstance(value, Import | Global | Member | Call | Template)


def origin(value: Value) -> Value:
    """The import or global that a symbol starts with."""
    while isinstance(value, Member | Call | Template):
        value = value.of if isinstance(value, Member) else value.callee if isinstance(value, Call) else value.tag
    return value


def is_number(value: Value) -> bool:
    """Whether *value* is a number; Python counts truth values among them."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number_text(value: Value) -> str:
    """A number as JavaScript prints it: ``1.0`` is 1."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:  # noqa: PLR2004 - from there on 1e+21
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def text_value(value: Value) -> str | None:
    """A literal as JavaScript's ``String()`` gives it; None for what is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if value is UNDEFINED:
        return "undefined"
    return "null" if value is None else None
