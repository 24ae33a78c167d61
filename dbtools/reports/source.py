"""Source lines with carets under the words that are meant, as wide as the paper and lined up whatever the characters.

A tab is as wide as the spaces that it stands for here, a wide character takes two columns, and a character that would
steer the terminal is shown as one that does not.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from dbtools.model.finding import Excerpt, Point, SourceLine
from dbtools.reports.wording import plain

TAB = 4
ELLIPSIS = "…"
_NO_WIDTH = ("Mn", "Me", "Cf")
_LEAST_WIDTH = 24


class Row(NamedTuple):
    """One row of an excerpt: its line's number, "" below it, and the carets or the text."""

    number: str
    text: str
    carets: bool = False


class _Cell(NamedTuple):
    """One character as it is shown, and whether it is meant."""

    text: str
    width: int
    meant: bool


def width(text: str) -> int:
    """Columns that a terminal takes: two for wide characters, none for combining and invisible ones."""
    return len(text) if text.isascii() else sum(map(_width, text))


def rows(excerpts: Sequence[Excerpt], room: int) -> Iterator[Row]:
    """The lines of all *excerpts*, each once and in their order, with carets; *room* is for the numbers as well."""
    lines = {line.line: line for excerpt in reversed(excerpts) for line in excerpt.lines}
    meant: dict[int, set[int]] = {}
    for begin, end in (excerpt.mark for excerpt in excerpts):
        if begin.line in lines:
            meant.setdefault(begin.line, set()).update(_columns(begin, end, lines[begin.line]))
    room = max(room - len(str(max(lines, default=1))), _LEAST_WIDTH)
    before = None
    for number in sorted(lines):
        if before is not None and number > before + 1:
            yield Row(ELLIPSIS, "")
        before = number
        text, carets = _shown(lines[number], meant.get(number, set()), room)
        yield Row(str(number), text)
        if carets:
            yield Row("", carets, carets=True)


def quoted(excerpts: Sequence[Excerpt]) -> str:
    """The lines of all *excerpts* as a block of text: no numbers, no carets."""
    lines = {line.line: line for excerpt in reversed(excerpts) for line in excerpt.lines}
    shown: list[str] = []
    for number in sorted(lines):
        if shown and number - 1 not in lines:
            shown.append(ELLIPSIS)
        text = lines[number].text.expandtabs(TAB)
        shown.append(text if lines[number].column == 1 else f"{ELLIPSIS}{text}")
    return "\n".join(shown)


def _shown(line: SourceLine, meant: Container[int], room: int) -> tuple[str, str]:
    """The line as it fits, and the carets below it."""
    cells = list(_cells(line, meant))
    first = next((number for number, cell in enumerate(cells) if cell.meant), 0)
    begin, end = _window(cells, first, room)
    lead = ELLIPSIS if begin or line.column > 1 else ""
    trail = ELLIPSIS if end < len(cells) else ""
    text = lead + "".join(cell.text for cell in cells[begin:end]) + trail
    carets = " " * len(lead) + "".join(("^" if cell.meant else " ") * cell.width for cell in cells[begin:end])
    return text.rstrip(), carets.rstrip()


def _columns(begin: Point, end: Point, line: SourceLine) -> range:
    """The columns of *line* that are meant; of what goes on in further lines those of its first."""
    last = line.column + len(line.text)
    return range(begin.column, max(min(end.column, last) if end.line == begin.line else last, begin.column + 1))


def _cells(line: SourceLine, meant: Container[int]) -> Iterator[_Cell]:
    at = 0
    for column, character in enumerate(line.text, start=line.column):
        text = " " * (TAB - at % TAB) if character == "\t" else plain(character)
        taken = width(text)
        at += taken
        yield _Cell(text, taken, column in meant)
    if line.column + len(line.text) in meant:  # what is missing at the line's end
        yield _Cell(" ", 1, meant=True)


def _window(cells: Sequence[_Cell], first: int, room: int) -> tuple[int, int]:
    """From where to where the cells fit, the one at *first* among them and a third of the room before it."""
    if sum(cell.width for cell in cells) <= room:
        return 0, len(cells)
    begin, taken = first, 0
    while begin and taken + cells[begin - 1].width <= room // 3:
        begin -= 1
        taken += cells[begin].width
    end, taken = begin, 2
    while end < len(cells) and taken + cells[end].width <= room:
        taken += cells[end].width
        end += 1
    return begin, end


def _width(character: str) -> int:
    if unicodedata.category(character) in _NO_WIDTH:
        return 0
    return 1 + (unicodedata.east_asian_width(character) in "WF")
