"""What is visible where an expression stands, and which names are being worked out."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from dbtools.sources.sqlalchemy.modules import Module
from dbtools.sources.sqlalchemy.values import Class, Unreadable, Value

NO_NAMES: Mapping[str, Value] = {}


@dataclass(frozen=True, slots=True)
class Scope:
    """What is visible where an expression stands: names of a function, a class body, a module.

    ``annotating``: columns of the class are not, since an annotation means the type of the same name.
    """

    module: Module
    names: Mapping[str, Value] = field(default_factory=dict)
    owner: Class | None = None
    annotating: bool = False


def unpacked(target: ast.expr, value: Value) -> Mapping[str, Value]:
    """The names that assigning *value* to *target* binds."""
    match target:
        case ast.Name(name):
            return {name: value}
        case ast.Tuple(parts) | ast.List(parts) if isinstance(value, tuple) and len(parts) == len(value):
            found: dict[str, Value] = {}
            for part, each in zip(parts, value, strict=True):
                found |= unpacked(part, each)
            return found
    raise Unreadable(f"{ast.unparse(target)} cannot be told")


class Entered:
    """A name that is being worked out: it is not asked for itself."""

    def __init__(self, entered: set[tuple[int, str]], key: tuple[int, str]) -> None:
        self._entered, self._key = entered, key

    def __enter__(self) -> None:
        if self._key in self._entered:
            raise Unreadable(f"{self._key[1].partition('(')[0] or 'a function'} is defined by itself")
        self._entered.add(self._key)

    def __exit__(self, *_: object) -> None:
        self._entered.discard(self._key)
