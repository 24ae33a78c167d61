"""A chapter cut into diagrams that can still be read.

Tables that only each other know stay together; tables that everybody refers to are cut off first,
and appear as ghosts. Every reference is drawn in the diagram of its child. No diagram outgrows what
Mermaid accepts (50,000 characters), so in the end even one table may be shown in several.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from dbtools.erd.assign import Chapter
from dbtools.erd.atlas import Atlas, Reference
from dbtools.erd.diagram import Diagram, Ghost, box
from dbtools.erd.markdown import plain
from dbtools.erd.mermaid import LABEL, mermaid
from dbtools.model.expression import Name
from dbtools.model.objects import Table

MOST_CHARACTERS = 45_000
LONGEST = 2 * LABEL * "%"


class Part(NamedTuple):
    """The tables that get their box in one diagram, and the references that are drawn there."""

    tables: tuple[Table, ...]
    references: tuple[Reference, ...]


def diagrams(chapter: Chapter, atlas: Atlas, max_tables: int) -> tuple[Diagram, ...]:
    """The diagrams of one chapter, biggest first; together they show each of its foreign keys once."""
    tables = related(chapter, atlas)
    made = groups([table.name for table in tables], within(chapter, atlas), max(1, max_tables))

    def longest(part: Part) -> Diagram:
        return _drawn(LONGEST, part, atlas, lambda _: LONGEST)

    parts = [piece for group in made for piece in fitting(part_of(group, atlas), atlas, longest)]
    number = {table.name: place for place, part in reversed(list(enumerate(parts, start=1))) for table in part.tables}

    def where(name: Name) -> str:
        if name in number:
            return f"diagram {number[name]}"
        return atlas.home[name].title if name in atlas.home else "not in this schema"

    titles = [f"{place} of {len(parts)}: around {plain(str(_hub(part)))}" for place, part in enumerate(parts, start=1)]
    if len(parts) == 1:
        titles = [chapter.title]
    return tuple(_drawn(title, part, atlas, where) for title, part in zip(titles, parts, strict=True))


def related(chapter: Chapter, atlas: Atlas) -> tuple[Table, ...]:
    """The tables worth a box: those with a line on this page, or all of them where nobody has one."""
    ends = {
        name
        for table in chapter.tables
        for ref in atlas.outgoing.get(table.name, ())
        for name in (ref.child, ref.parent)
    }
    return tuple(table for table in chapter.tables if table.name in ends) or chapter.tables


def within(chapter: Chapter, atlas: Atlas) -> list[Reference]:
    """The references between two tables of *chapter*."""
    mine = (reference for table in chapter.tables for reference in atlas.outgoing.get(table.name, ()))
    return [reference for reference in mine if not atlas.leaves(reference) and reference.child != reference.parent]


def groups(names: list[Name], within: list[Reference], most: int) -> list[tuple[Name, ...]]:
    """Joined along the references, those to the least popular parents first, while there is room."""
    if len(names) <= most:
        return [tuple(names)] if names else []
    popularity = Counter(reference.parent for reference in within)
    group = {name: [name] for name in names}
    for reference in sorted(within, key=lambda ref: (popularity[ref.parent], ref.parent, ref.child)):
        one, other = group[reference.parent], group[reference.child]
        if one is not other and len(one) + len(other) <= most:
            one.extend(other)
            group.update(dict.fromkeys(other, one))
    return _packed(list({id(members): tuple(sorted(members)) for members in group.values()}.values()), most)


def _packed(groups: list[tuple[Name, ...]], most: int) -> list[tuple[Name, ...]]:
    """Fewer diagrams: groups that are left small share one."""
    packed: list[list[Name]] = []
    for group in sorted(groups, key=lambda names: (-len(names), names)):
        room = next((names for names in packed if len(names) + len(group) <= most), None)
        if room is None:
            packed.append(list(group))
        else:
            room.extend(group)
    return [tuple(sorted(names)) for names in packed]


def part_of(names: tuple[Name, ...], atlas: Atlas) -> Part:
    """The tables called *names*, with all that they refer to."""
    references = (reference for name in names for reference in atlas.outgoing.get(name, ()))
    return Part(tuple(atlas.schema.tables[name] for name in names), tuple(references))


def fitting(part: Part, atlas: Atlas, draft: Callable[[Part], Diagram]) -> list[Part]:
    """*part*, halved until Mermaid accepts each piece, which is never longer than its *draft*."""
    if fits(draft(part)):
        return [part]
    if len(part.tables) > 1:
        half = len(part.tables) // 2
        pieces = [part_of(tuple(t.name for t in side), atlas) for side in (part.tables[:half], part.tables[half:])]
    elif len(part.references) > 1:
        half = len(part.references) // 2
        pieces = [Part(part.tables, part.references[:half]), Part(part.tables, part.references[half:])]
    else:
        return [part]
    return [fine for piece in pieces for fine in fitting(piece, atlas, draft)]


def fits(diagram: Diagram) -> bool:
    """Whether Mermaid accepts it."""
    return len(mermaid(diagram).encode("utf-16-le")) // 2 < MOST_CHARACTERS


def _hub(part: Part) -> Name:
    """The table of *part* that most of its lines meet at."""
    own = {table.name for table in part.tables}
    ends = Counter(name for ref in part.references for name in (ref.parent, ref.child) if name in own)
    return min(own, key=lambda name: (-ends[name], name))


def _drawn(title: str, part: Part, atlas: Atlas, where: Callable[[Name], str]) -> Diagram:
    own = {table.name for table in part.tables}
    strangers = sorted({reference.parent for reference in part.references} - own)
    return Diagram(
        title=title,
        boxes=tuple(box(table, atlas) for table in part.tables),
        ghosts=tuple(Ghost(name, where(name)) for name in strangers),
        lines=tuple(sorted(part.references, key=lambda ref: (ref.parent, ref.child, ref.key.columns, ref.key.name))),
    )
