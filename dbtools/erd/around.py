"""Diagrams of the tables that changed and of those around them, small enough for a comment that people read.

Tables that only each other know stay together, as on the pages. What refers to a changed table, or
is referred to, is a ghost; where there are many, those at a line that changed come first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from dbtools.erd.atlas import Reference
from dbtools.erd.delta import Delta
from dbtools.erd.diagram import MOST_ROWS, Box, Diagram, Ghost, Row
from dbtools.erd.markdown import plain
from dbtools.erd.marks import Mark
from dbtools.erd.mermaid import mermaid
from dbtools.erd.split import groups
from dbtools.model.expression import Name

TITLE = "What changed in the tables"
MOST_DIAGRAMS = 4
MOST_NOTED = 8
MOST_GHOSTS = 8
MOST_BOXES = 15  # with ghosts; lines that changed are drawn all the same
MOST_CHARACTERS = 20_000
MOST_BYTES = 36_000  # of all diagrams: a comment holds 60,000, and the findings want room


class Detail(Enum):
    """What the boxes of tables that are new or gone show; a changed table shows its changes, up to ``NAMES``."""

    COLUMNS = 3
    KEYS = 2
    NAMES = 1


@dataclass(frozen=True, slots=True)
class Around:
    """The diagrams, none where too much has changed to be drawn; the neighbours of each table that have no ghost."""

    diagrams: tuple[Diagram, ...]
    undrawn: tuple[Name, ...] = ()
    names_only: bool = False


def around(found: Delta, max_tables: int) -> Around:
    """The diagrams of *found*, with as much detail as there is room for."""
    inner = [line for line in found.references if line.child in found.boxes and line.parent in found.boxes]
    made = groups(list(found.boxes), [line for line in inner if line.child != line.parent], _most(found, max_tables))
    if len(made) > MOST_DIAGRAMS:
        return Around(())
    for detail in Detail:
        if detail is Detail.COLUMNS and len(made) > 1:
            continue
        diagrams, undrawn = _drawn(found, made, detail)
        if _fits(diagrams):
            return Around(diagrams, undrawn, detail is Detail.NAMES)
    return Around(())


def _most(found: Delta, max_tables: int) -> int:
    """Notes make boxes twice as wide."""
    noted = any(row.note for box in found.boxes.values() for row in box.rows)
    return max(1, min(max_tables, MOST_NOTED) if noted else max_tables)


def _fits(diagrams: Iterable[Diagram]) -> bool:
    texts = [mermaid(diagram) for diagram in diagrams]
    longest = max((len(text.encode("utf-16-le")) // 2 for text in texts), default=0)
    return longest <= MOST_CHARACTERS and sum(len(text.encode()) for text in texts) <= MOST_BYTES


def _drawn(found: Delta, made: list[tuple[Name, ...]], detail: Detail) -> tuple[tuple[Diagram, ...], tuple[Name, ...]]:
    number = {name: place for place, names in enumerate(made, start=1) for name in names}
    diagrams, undrawn = [], set[Name]()
    for place, names in enumerate(made, start=1):
        lines = [line for line in found.references if _belongs(line, number) == place]
        ghosts, left = _ghosts(lines, frozenset(names))
        undrawn |= left
        shown = {*names, *ghosts}
        diagrams.append(
            Diagram(
                title=_title(place, len(made), names, lines),
                boxes=tuple(_detailed(found.boxes[name], detail) for name in names),
                ghosts=tuple(_ghost(name, number, found) for name in ghosts),
                lines=tuple(line for line in lines if line.child in shown and line.parent in shown),
            )
        )
    drawn = {name for each in diagrams for name in each.names}
    return tuple(diagrams), tuple(sorted(undrawn - drawn))


def _belongs(line: Reference, number: dict[Name, int]) -> int:
    """The diagram of a line: that of its child, if that has changed."""
    return number.get(line.child) or number[line.parent]


def _title(place: int, many: int, names: tuple[Name, ...], lines: list[Reference]) -> str:
    if many == 1:
        return TITLE
    ends = Counter(name for line in lines for name in (line.parent, line.child) if name in names)
    hub = min(names, key=lambda name: (-ends[name], name))
    return f"What changed, {place} of {many}: around {plain(str(hub))}"


def _ghosts(lines: list[Reference], names: frozenset[Name]) -> tuple[list[Name], set[Name]]:
    """The neighbours that are drawn, and those that are left out."""
    rank: dict[Name, int] = {}
    for line in lines:
        for name in {line.child, line.parent} - names:
            value = 0 if line.mark is not Mark.SAME else 1 if name == line.parent else 2
            rank[name] = min(value, rank.get(name, value))
    ordered = sorted(rank, key=lambda name: (rank[name], name))
    room = max(sum(not value for value in rank.values()), min(MOST_GHOSTS, MOST_BOXES - len(names)))
    return sorted(ordered[:room]), set(ordered[room:])


def _ghost(name: Name, number: dict[Name, int], found: Delta) -> Ghost:
    if name in number:
        return Ghost(name, f"diagram {number[name]}", found.boxes[name].mark)
    return Ghost(name, found.home(name))


def _detailed(box: Box, detail: Detail) -> Box:
    rows = [row for row in box.rows if _is_shown(row, box.mark, detail)]
    first = sorted(range(len(rows)), key=lambda place: (not rows[place].note, not rows[place].keys, place))[:MOST_ROWS]
    shown = tuple(rows[place] for place in sorted(first))
    return replace(box, rows=shown, hidden=box.hidden + len(box.rows) - len(shown))


def _is_shown(row: Row, mark: Mark, detail: Detail) -> bool:
    if detail is Detail.NAMES:
        return False
    return bool(row.keys) or mark is Mark.CHANGED or (mark is Mark.ADDED and detail is Detail.COLUMNS)
