"""A diagram as a value: boxes, ghosts and lines, before any drawing language.

Boxes show the columns that take part in a key; the tables of a page show all of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from dbtools.erd.atlas import Atlas, Reference, nullable
from dbtools.erd.marks import Mark
from dbtools.model.expression import Name, Type
from dbtools.model.objects import Table

MOST_ROWS = 30
STAR = 5
LOOSE = 4
LONG_CHAIN = 5
SHORT_CHAIN = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One column in a box; ``keys`` of PK, FK and UK; ``note``: what a change made of it."""

    type: Type
    name: str
    keys: tuple[str, ...]
    nullable: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A table of this diagram, with the number of its columns that are not shown.

    ``mark`` and ``note``: what a change made of it, as far as no row shows that.
    """

    name: Name
    rows: tuple[Row, ...]
    hidden: int
    mark: Mark = Mark.SAME
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ghost:
    """A table that has its box elsewhere, and where that is; empty where there is no need to say."""

    name: Name
    where: str
    mark: Mark = Mark.SAME


@dataclass(frozen=True, slots=True)
class Diagram:
    """What one picture shows; ``sideways``: from left to right, whatever stands in it."""

    title: str
    boxes: tuple[Box, ...]
    ghosts: tuple[Ghost, ...]
    lines: tuple[Reference, ...]
    sideways: bool = False

    @property
    def names(self) -> tuple[Name, ...]:
        """Every table that is to be seen."""
        return (*(box.name for box in self.boxes), *(ghost.name for ghost in self.ghosts))

    @property
    def mirrored(self) -> tuple[Name, ...]:
        """The tables with several references to themselves: most renderers show one loop only and drop the others."""
        loops = Counter(line.child for line in self.lines if line.child == line.parent)
        return tuple(sorted(name for name, number in loops.items() if number > 1))

    @property
    def is_star(self) -> bool:
        """Whether one table has many children, which are better stacked than put side by side; not with long chains."""
        pairs = self._pairs()
        children = Counter(parent for parent, _ in pairs)
        return max(children.values(), default=0) >= STAR and not _has_chain(pairs, LONG_CHAIN)

    @property
    def is_loose(self) -> bool:
        """Whether it is many small parts without a line between them, which are better stacked, too."""
        return len(self._parts()) >= LOOSE and not _has_chain(self._pairs(), SHORT_CHAIN)

    def _pairs(self) -> set[tuple[Name, Name]]:
        return {(line.parent, line.child) for line in self.lines if line.parent != line.child}

    def _parts(self) -> list[set[Name]]:
        """The tables by those that lines join."""
        part = {name: {name} for name in self.names}
        for parent, child in self._pairs():
            larger, smaller = sorted((part[parent], part[child]), key=len, reverse=True)
            if larger is not smaller:
                larger |= smaller
                part.update(dict.fromkeys(smaller, larger))
        return list({id(names): names for names in part.values()}.values())


def _has_chain(pairs: set[tuple[Name, Name]], length: int) -> bool:
    """Whether *length* tables follow each other, parent to child."""
    reached = {parent for parent, _ in pairs}
    for _ in range(length - 1):
        reached = {child for parent, child in pairs if parent in reached}
    return bool(reached)


def box(table: Table, atlas: Atlas) -> Box:
    """The box of *table*: its key columns in their order."""
    marks = keys(table, atlas)
    rows = tuple(
        Row(column.type, column.name, marks[column.name], nullable(column, atlas.schema))
        for column in table.columns
        if column.name in marks
    )[:MOST_ROWS]
    return Box(table.name, rows, len(table.columns) - len(rows))


def keys(table: Table, atlas: Atlas) -> dict[str, tuple[str, ...]]:
    """The marks of every column that is part of a primary or foreign key, or unique on its own."""
    primary = table.primary_key.columns if table.primary_key else ()
    foreign = {column for reference in atlas.outgoing.get(table.name, ()) for column in reference.key.columns}
    marked = {"PK": primary, "FK": foreign, "UK": alone(table)}
    found = {
        column.name: tuple(mark for mark, columns in marked.items() if column.name in columns)
        for column in table.columns
    }
    return {name: marks for name, marks in found.items() if marks}


def alone(table: Table) -> set[str]:
    """The columns that are unique on their own, but for the primary key."""
    primary = table.primary_key.columns if table.primary_key else ()
    return {columns[0] for columns in table.keys if len(columns) == 1 and columns != primary}
