"""The text of a Prisma schema as blocks, fields and attributes, with the place of each.

A line that cannot be read is noted and left out; it never hides the lines and blocks around it.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias, TypeVar

from dbtools.model.finding import Location
from dbtools.model.reader import Unread

KINDS = frozenset({"datasource", "generator", "model", "view", "enum", "type"})
# Blanks and comments before a token belong to no one; possessive, so that no part of a comment is ever a token.
TOKEN = re.compile(
    r"""(?:[ \t\r\f\v\ufeff]+|//[^\n]*|/\*[\s\S]*?\*/)*+
    (?:(?P<newline>\n\s*)
    |(?P<word>[^\W\d][\w-]*)
    |(?P<attribute>@@?[^\W\d][\w.]*)
    |(?P<string>"(?:\\.|[^"\\\n])*")
    |(?P<number>-?\d+(?:\.\d+)?)
    |(?P<other>\S)
    |\Z)""",
    re.VERBOSE,
)


class Word(str):
    """A bare word as a value: a field, an enum value, ``Cascade``, ``true``."""

    __slots__ = ()


class Number(str):
    """A number as it is written."""

    __slots__ = ()


class Call(NamedTuple):
    """A function as a value, ``now()``, or a field with its options, ``email(sort: Desc)``."""

    name: str
    arguments: Arguments


class Arguments(NamedTuple):
    """What stands in the brackets of an attribute or a function."""

    positional: tuple[Value, ...] = ()
    named: Mapping[str, Value] = {}

    def get(self, name: str, position: int | None = None) -> Value | None:
        """The argument called *name*, or else the one at *position*."""
        if name in self.named:
            return self.named[name]
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return None


# A plain str is a quoted string.
Value: TypeAlias = "str | Word | Number | Call | list[Value] | dict[str, Value]"
NO_ARGUMENTS = Arguments()
T = TypeVar("T")


class Attribute(NamedTuple):
    """``@name(arguments)`` or ``@@name(arguments)``; the name without its signs."""

    name: str
    arguments: Arguments
    location: Location


class Field(NamedTuple):
    """One line of a model or an enum. ``unsupported`` is the type text in ``Unsupported("...")``."""

    name: str
    location: Location
    type: str = ""
    optional: bool = False
    many: bool = False
    attributes: tuple[Attribute, ...] = ()
    unsupported: str = ""

    def attribute(self, name: str) -> Arguments | None:
        """The arguments of the attribute called *name*, None where it is absent."""
        return _arguments(self.attributes, name)


@dataclass(slots=True)
class Block:
    """A model, view, enum, composite type, datasource or generator. ``whole``: each of its lines was read."""

    kind: str
    name: str
    location: Location
    fields: list[Field] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)
    settings: dict[str, Value] = field(default_factory=dict)
    whole: bool = True

    def attribute(self, name: str) -> Arguments | None:
        """The arguments of the first attribute called *name*, None where it is absent."""
        return _arguments(self.attributes, name)


class Unreadable(Exception):  # noqa: N818 - becomes an Unread value, never reaches a caller
    """Something that means nothing in Prisma's language."""


def parse(path: str, text: str) -> tuple[list[Block], list[Unread]]:
    """The blocks of one file in their order, and what could not be read."""
    parser = _Parser(path, text)
    return list(parser.blocks()), parser.unread


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


class _Parser:
    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.unread: list[Unread] = []
        made = tuple.__new__  # the class itself would take as long again as the pattern
        self._tokens = [
            made(_Token, (kind, match[kind], match.start(kind)))
            for match in TOKEN.finditer(text)
            if (kind := match.lastgroup) is not None
        ]
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self._tokens += [_Token("end", "the end of the file", len(text))] * 3
        self._at = 0

    def blocks(self) -> Iterator[Block]:
        while (token := self._first_of_line()).kind != "end":
            start = self._at
            try:
                yield self._block()
            except Unreadable as problem:
                self._note(token, str(problem))
                self._at = start
                self._skip_block()

    def _block(self) -> Block:
        opening = self._peek()
        kind, name = self._take("word", "a block").text, self._take("word", "its name").text
        if kind not in KINDS:
            raise Unreadable(f"{kind} {name} is no block that Prisma's language knows")
        self._expect("{")
        block = Block(kind, name, self._location(opening))
        while (token := self._first_of_line()).text != "}":
            if token.kind == "end" or self._opens_block():
                block.whole = False
                self._note(opening, f"{kind} {name} is not closed")
                return block
            start = self._at
            try:
                self._line(block)
            except Unreadable as problem:
                block.whole = False
                self._note(token, f"{kind} {name}: {problem}")
                self._at = start
                self._skip_line()
        self._at += 1
        return block

    def _line(self, block: Block) -> None:
        if block.kind in ("datasource", "generator"):
            name = self._take("word", "a setting").text
            self._expect("=")
            block.settings[name] = self._value()
        elif self._peek().kind == "attribute":
            block.attributes.append(self._closed(self._attribute()))
        else:
            block.fields.append(self._closed(self._field(typed=block.kind != "enum")))

    def _closed(self, item: T) -> T:
        if self._peek().kind not in ("newline", "end") and self._peek().text != "}":
            raise Unreadable(f"unexpected {self._peek().text}")
        return item

    def _field(self, *, typed: bool) -> Field:
        opening = self._take("word", "a field")
        kind, unsupported, many, optional = "", "", False, False
        if typed:
            kind = self._take("word", f"the type of {opening.text}").text
            if kind == "Unsupported" and self._peek().text == "(":
                unsupported = plain(self._arguments().get("", 0))
            if self._peek().text == "[":
                self._at += 1
                self._expect("]")
                many = True
            if self._peek().text == "?":
                self._at += 1
                optional = True
        attributes = []
        while self._peek().kind == "attribute":
            attributes.append(self._attribute())
        return Field(opening.text, self._location(opening), kind, optional, many, tuple(attributes), unsupported)

    def _attribute(self) -> Attribute:
        token = self._next()
        arguments = self._arguments() if self._peek().text == "(" else NO_ARGUMENTS
        return Attribute(token.text.lstrip("@"), arguments, self._location(token))

    def _arguments(self) -> Arguments:
        positional: list[Value] = []
        named: dict[str, Value] = {}
        for key, value in self._items("(", ")"):
            if key:
                named[key] = value
            else:
                positional.append(value)
        return Arguments(tuple(positional), named)

    def _items(self, opening: str, closing: str) -> Iterator[tuple[str, Value]]:
        self._expect(opening)
        while self._first_of_line().text != closing:
            key = ""
            if self._peek().kind == "word" and self._tokens[self._at + 1].text == ":":
                key = self._next().text
                self._at += 1
            yield key, self._value()
            if self._first_of_line().text != closing:
                self._expect(",")
        self._at += 1

    def _value(self) -> Value:
        token = self._first_of_line()
        match token.kind, token.text:
            case "string", text:
                self._at += 1
                return _unquoted(text)
            case "number", text:
                self._at += 1
                return Number(text)
            case _, "[":
                return [value for _, value in self._items("[", "]")]
            case _, "{":
                return dict(self._items("{", "}"))
            case "word", _:
                return self._word()
        raise Unreadable(f"expected a value, found {token.text}")

    def _word(self) -> Word | Call:
        name = self._next().text
        return Call(name, self._arguments()) if self._peek().text == "(" else Word(name)

    def _peek(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, kind: str, wanted: str) -> _Token:
        token = self._peek()
        if token.kind != kind:
            raise Unreadable(f"expected {wanted}, found {_shown(token)}")
        return self._next()

    def _expect(self, text: str) -> None:
        if self._peek().text != text:
            raise Unreadable(f"expected {text}, found {_shown(self._peek())}")
        self._at += 1

    def _first_of_line(self) -> _Token:
        while self._tokens[self._at].kind == "newline":
            self._at += 1
        return self._tokens[self._at]

    def _opens_block(self) -> bool:
        keyword, name, brace = self._tokens[self._at : self._at + 3]
        return keyword.text in KINDS and name.kind == "word" and brace.text == "{"

    def _skip_line(self) -> None:
        while self._peek().kind not in ("newline", "end"):
            self._at += 1

    def _skip_block(self) -> None:
        self._skip_line()
        while (token := self._first_of_line()).kind != "end" and not self._opens_block():
            self._skip_line()
            if token.text == "}":
                return

    def _note(self, token: _Token, what: str) -> None:
        self.unread.append(Unread(self._location(token), what))

    def _location(self, token: _Token) -> Location:
        line = bisect_right(self._lines, token.start)
        return Location(self.path, line, token.start - self._lines[line - 1] + 1)


def plain(value: Value | None) -> str:
    """The quoted string or bare word that *value* is; Unreadable where it is anything else."""
    if not isinstance(value, str):
        raise Unreadable("expected a name or a string")
    return str(value)


def listed(value: Value | None) -> list[Value]:
    """The items of a list; a single value counts as a list of one, as in Prisma."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _arguments(attributes: tuple[Attribute, ...] | list[Attribute], name: str) -> Arguments | None:
    for attribute in attributes:
        if attribute.name == name:
            return attribute.arguments
    return None


def _unquoted(text: str) -> str:
    if "\\" not in text:
        return text[1:-1]
    try:
        return str(json.loads(text, strict=False))
    except ValueError as error:
        raise Unreadable(f"unknown escape in {text}") from error


def _shown(token: _Token) -> str:
    return "the end of the line" if token.kind == "newline" else token.text
