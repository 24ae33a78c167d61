"""What JavaScript brings along, as far as definitions use it: ``Object.entries``, ``map``, ``toUpperCase``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dbtools.sources.typescript.changes import CHANGING
from dbtools.sources.typescript.operators import truth
from dbtools.sources.typescript.syntax import shown
from dbtools.sources.typescript.values import (
    UNDEFINED,
    Call,
    Function,
    Global,
    Member,
    Object,
    Place,
    Unknown,
    Value,
    is_number,
    is_symbol,
    text_value,
)

if TYPE_CHECKING:
    from dbtools.sources.typescript.evaluate import Evaluator


def function(callee: Global, arguments: list[Value], place: Place) -> Value:
    """A call of a function that is there everywhere."""
    first = arguments[0] if arguments else UNDEFINED
    if callee.name == "String" and text_value(first) is not None:
        return text_value(first)
    if callee.name in {"Number", "BigInt", "parseInt"} and isinstance(first, int):
        return first
    return Call(callee, arguments, place)


def method(evaluator: Evaluator, callee: Member, arguments: list[Value], place: Place) -> Value:
    """A call of a method of text, lists, numbers or ``Object``; None where there is none that is known."""
    of, name = callee.of, callee.name
    bad = next((each for each in (of, *arguments) if isinstance(each, Unknown)), None)
    if bad is not None:
        return bad
    if isinstance(of, Global):
        return _of_global(of.name, name, arguments)
    if isinstance(of, str):
        return _of_text(of, name, arguments)
    if isinstance(of, list):
        return _of_list(evaluator, of, name, arguments, place)
    if is_number(of) or isinstance(of, bool):
        return text_value(of) if name == "toString" and not arguments else None
    return Unknown(f"{shown(place.node)} cannot be followed", place)


def _of_global(owner: str, name: str, arguments: list[Value]) -> Value:
    first = arguments[0] if arguments else UNDEFINED
    if owner == "Array" and name == "isArray" and isinstance(first, list | Object | str):
        return isinstance(first, list)
    if owner == "Array" and name == "from" and isinstance(first, list) and len(arguments) == 1:
        return list(first)
    if owner != "Object":
        return None
    if name == "fromEntries" and isinstance(first, list):
        return _from_entries(first)
    if name == "freeze":
        return first
    if name == "assign" and all(isinstance(each, Object) for each in arguments):
        return _assigned(arguments)
    if not isinstance(first, Object) or first.hidden:
        return None
    match name:
        case "keys":
            return list(first.entries)
        case "values":
            return list(first.entries.values())
        case "entries":
            return [_Entry((key, value), first.places.get(key)) for key, value in first.entries.items()]
    return None


class _Entry(list[Value]):
    """A key and its value, which remember where they were written."""

    def __init__(self, pair: tuple[str, Value], place: Place | None) -> None:
        super().__init__(pair)
        self.place = place


def _from_entries(entries: list[Value]) -> Value:
    found = Object()
    for entry in entries:
        if not isinstance(entry, list) or len(entry) != 2 or not isinstance(entry[0], str):  # noqa: PLR2004 - a pair
            return None
        found.entries[entry[0]] = entry[1]
        place = getattr(entry, "place", None) or getattr(entry[1], "place", None)
        if place is not None:
            found.places[entry[0]] = place
    return found


def _assigned(objects: list[Object]) -> Object:
    found = Object()
    for each in objects:
        found.entries |= each.entries
        found.places |= each.places
        found.hidden += each.hidden
    return found


def _capitals(text: str) -> str:
    return text.upper()


TEXT: dict[str, Callable[..., Value]] = {
    "toUpperCase": _capitals,
    "toLowerCase": lambda text: text.lower(),
    "toLocaleUpperCase": _capitals,
    "toLocaleLowerCase": lambda text: text.lower(),
    "toString": lambda text: text,
    "trim": lambda text: text.strip(),
    "trimStart": lambda text: text.lstrip(),
    "trimEnd": lambda text: text.rstrip(),
    "concat": lambda text, *more: "".join((text, *more)),
    "startsWith": lambda text, start: text.startswith(start),
    "endsWith": lambda text, end: text.endswith(end),
    "includes": lambda text, part: part in text,
    "replace": lambda text, old, new: text.replace(old, new, 1),
    "replaceAll": lambda text, old, new: text.replace(old, new),
    "split": lambda text, sign: text.split(sign) if sign else list(text),
    "slice": lambda text, start=0, end=None: text[start:end],
    "substring": lambda text, start=0, end=None: text[max(start, 0) : end],
    "repeat": lambda text, count: text * count if count * len(text) < 10_000 else None,  # noqa: PLR2004 - no name is longer
    "padStart": lambda text, width, sign=" ": text.rjust(width, sign) if len(sign) == 1 else None,
    "padEnd": lambda text, width, sign=" ": text.ljust(width, sign) if len(sign) == 1 else None,
    "charAt": lambda text, at=0: text[at : at + 1] if at >= 0 else "",
    "at": lambda text, at: text[at] if -len(text) <= at < len(text) else UNDEFINED,
    "indexOf": lambda text, part: text.find(part),
}
NUMERIC = frozenset({"slice", "substring", "repeat", "padStart", "padEnd", "charAt", "at"})


def _of_text(text: str, name: str, arguments: list[Value]) -> Value:
    """A method of text; none where an argument is not what it takes: a regular expression, a function."""
    kinds: tuple[type, ...] = (str, int) if name in NUMERIC else (str,)
    if name not in TEXT or not all(isinstance(each, kinds) for each in arguments):
        return None
    if name.startswith("replace") and "$" in arguments[-1]:
        return None
    try:
        return TEXT[name](text, *arguments)
    except TypeError:
        return None


def _of_list(evaluator: Evaluator, items: list[Value], name: str, arguments: list[Value], place: Place) -> Value:
    first = arguments[0] if arguments else UNDEFINED
    if name in CHANGING:
        return Unknown(f"{shown(place.node)} changes what is read elsewhere", place)
    if isinstance(first, Function) or is_symbol(first):
        return _with_function(evaluator, items, name, arguments, place)
    match name:
        case "concat":
            return items + [item for each in arguments for item in (each if isinstance(each, list) else [each])]
        case "join":
            texts = [text_value(item) for item in items]
            return None if None in texts else (first if isinstance(first, str) else ",").join(filter(None, texts))
        case "slice" if all(isinstance(each, int) for each in arguments):
            return items[slice(*(arguments or [None]), *([] if len(arguments) > 1 else [None]))]
        case "includes" if isinstance(first, str | int) and all(isinstance(item, str | int) for item in items):
            return first in items
        case "at" if isinstance(first, int):
            return items[first] if -len(items) <= first < len(items) else UNDEFINED
        case "flat":
            return [item for each in items for item in (each if isinstance(each, list) else [each])]
        case "toReversed" | "keys" | "values" | "entries":
            return _walked(items, name)
    return None


def _walked(items: list[Value], name: str) -> Value:
    match name:
        case "toReversed":
            return items[::-1]
        case "keys":
            return list(range(len(items)))
        case "values":
            return list(items)
    return [[position, item] for position, item in enumerate(items)]


def _with_function(evaluator: Evaluator, items: list[Value], name: str, arguments: list[Value], place: Place) -> Value:
    def called(*given: Value) -> Value:
        return evaluator.call(arguments[0], list(given), place)

    match name:
        case "map":
            return [called(item, position, items) for position, item in enumerate(items)]
        case "flatMap":
            made = [called(item, position, items) for position, item in enumerate(items)]
            return [item for each in made for item in (each if isinstance(each, list) else [each])]
        case "filter" | "find" | "some" | "every":
            return _chosen(name, items, [truth(called(item, position, items)) for position, item in enumerate(items)])
        case "reduce" if len(arguments) > 1:
            found = arguments[1]
            for position, item in enumerate(items):
                found = called(found, item, position, items)
            return found
    return None


def _chosen(name: str, items: list[Value], truths: list[bool | None]) -> Value:
    if None in truths:
        return None
    match name:
        case "filter":
            return [item for item, chosen in zip(items, truths, strict=True) if chosen]
        case "find":
            return next((item for item, chosen in zip(items, truths, strict=True) if chosen), UNDEFINED)
    return any(truths) if name == "some" else all(truths)
