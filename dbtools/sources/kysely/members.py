"""A type as the members of a union, and what each is to a query: what it selects and what it inserts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias, Union

from dbtools.model.expression import Type
from dbtools.model.reader import Insert
from dbtools.model.typescript import ANYTHING, typescript, union

NULL, UNDEFINED, UNKNOWN = typescript("null"), typescript("undefined"), typescript("unknown")
JSON, OBJECT = typescript("Json"), typescript("object")
EMPTY = frozenset({NULL, UNDEFINED})


class ColumnType(NamedTuple):
    """Kysely's ``ColumnType<S, I, U>``; the types of its sides may themselves be ones, as in a ``Generated`` of one."""

    select: tuple[Member, ...]
    insert: tuple[Member, ...]


class List(NamedTuple):
    """An array of any of these."""

    elements: tuple[Member, ...]


Member: TypeAlias = Union[Type, ColumnType, List]  # noqa: UP007 - its parts are declared above in terms of it
Members: TypeAlias = tuple[Member, ...]


def joined(*parts: Iterable[Member]) -> Members:
    """The union of several types."""
    return tuple(dict.fromkeys(member for part in parts for member in part))


def without_null(members: Members) -> Members:
    """What is left when there is a value."""
    return tuple(member for member in members if member not in EMPTY)


def selected(members: Members) -> Members:
    """What a SELECT gives: Kysely looks into each member, but not into what it finds there."""
    return joined(*(member.select if isinstance(member, ColumnType) else (member,) for member in members))


def inserted(members: Members) -> Members:
    """What an INSERT takes."""
    return joined(*(member.insert if isinstance(member, ColumnType) else (member,) for member in members))


def insert_of(members: Members) -> Insert:
    """What an INSERT has to do with a column of this type."""
    taken = inserted(members)
    if not taken:
        return "refused"
    return "optional" if EMPTY.intersection(taken) else "required"


def folded(members: Members) -> Type:
    """A type in one value, null aside."""
    parts = list(dict.fromkeys(_parts(without_null(members))))
    anything = [part for part in parts if part.base in ANYTHING and not part.dimensions]
    if anything or not parts:
        return anything[0] if anything else typescript("never")
    bases = {part.base for part in parts if not part.dimensions}
    labels = [label for part in parts if part.base == "union" and not part.dimensions for label in part.modifiers]
    kept = [part for part in parts if part.base != "union" or part.dimensions]
    kept += _literals(labels, bases)
    return kept[0] if len(kept) == 1 else typescript(" | ".join(sorted(map(_spelled, kept))))


def _parts(members: Members) -> Iterator[Type]:
    for member in members:
        if isinstance(member, List):
            yield folded(member.elements)._replace(dimensions=1)
        else:
            yield typescript("ColumnType") if isinstance(member, ColumnType) else member


def _literals(labels: list[str | int], bases: set[str]) -> list[Type]:
    """The literals that no member holds anyway."""
    texts = [label for label in labels if isinstance(label, str)] if "string" not in bases else []
    numbers = [label for label in labels if isinstance(label, int)] if "number" not in bases else []
    return [union(*kind) for kind in (texts, numbers) if kind]


def _spelled(part: Type) -> str:
    base = " | ".join(map(repr, part.modifiers)) if part.base == "union" else part.base
    return f"{base}{'[]' * part.dimensions}"
