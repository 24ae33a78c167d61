"""The whole schema on one page: names and keys only, in as few diagrams as can be read and drawn.

Boxes show their key columns while there are few of them, then names alone. Where one diagram would
be too much, domains that follow each other share one, and a domain that is too big by itself is cut
as its own page is. Every reference is drawn once, in the diagram of its child.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from dbtools.erd.atlas import Atlas
from dbtools.erd.diagram import Box, Diagram, Ghost, box
from dbtools.erd.keep import first_line, keep
from dbtools.erd.links import Links, chapter
from dbtools.erd.markdown import codes, inline, table
from dbtools.erd.mermaid import LABEL, mermaid
from dbtools.erd.split import Part, fits, fitting, groups, part_of, within
from dbtools.model.expression import Name
from dbtools.model.wording import counted

WHOLE = "erd.md"
TITLE = "The whole schema"
# 30 boxes with their keys are as wide as four columns of GitHub. 300 names take a browser three seconds to lay out;
# stacked they are 5,000 pixels wide, side by side 40,000.
MOST_WITH_KEYS = 30
MOST_NAMES = 300
LONGEST = 2 * LABEL * "x"
ELSEWHERE = "diagram 99999"


def whole(links: Links, blocks: Mapping[str, str]) -> str:
    """The whole text of the page; *blocks* are its hand-written parts."""
    atlas = links.atlas
    made = overview(atlas)
    drawn = {shown.name for diagram in made for shown in diagram.boxes}
    alone = [str(name) for name in sorted(atlas.home) if name not in drawn]
    lines = [first_line("whole"), f"# {TITLE}", "", _facts(atlas), "", *keep("intro", blocks), ""]
    lines += ["## Diagram", "", *_blocks(made), _legend(made), ""] if made else []
    lines += [f"Not drawn, since no foreign key leads from or to them: {codes(alone)}.", ""] if alone else []
    lines += ["## Tables by domain", "", *_tables(links), "", *keep("notes", blocks)]
    return "\n".join(lines) + "\n"


def overview(atlas: Atlas) -> tuple[Diagram, ...]:
    """The diagrams of the whole schema; none where no table refers to another."""
    related = {end for ref in atlas.references() for end in (ref.child, ref.parent) if end in atlas.home}
    names = [name for name in atlas.home if name in related]
    if not names:
        return ()
    if len(names) <= MOST_WITH_KEYS and fits(one := _one(names, atlas, with_keys=True)):
        return (one,)
    if len(names) <= MOST_NAMES and fits(one := _one(names, atlas, with_keys=False)):
        return (one,)
    return tuple(_several(related, atlas))


def _one(names: Iterable[Name], atlas: Atlas, *, with_keys: bool) -> Diagram:
    boxes = tuple(_box(name, atlas, with_keys=with_keys) for name in names)
    return _diagram(TITLE, boxes, part_of(tuple(found.name for found in boxes), atlas), {})


def _several(related: set[Name], atlas: Atlas) -> Iterator[Diagram]:
    """Names only; what has its box in another diagram is a ghost that says in which."""

    def longest(part: Part) -> Diagram:
        return _diagram(LONGEST, _names(part), part, dict.fromkeys((ref.parent for ref in part.references), ELSEWHERE))

    parts = [fine for group in _groups(related, atlas) for fine in fitting(part_of(group, atlas), atlas, longest)]
    where = {
        found.name: f"diagram {number}"
        for number, part in reversed(list(enumerate(parts, start=1)))
        for found in part.tables
    }
    for number, part in enumerate(parts, start=1):
        domains = dict.fromkeys(atlas.home[found.name].title for found in part.tables)
        yield _diagram(f"{number} of {len(parts)}: {', '.join(domains)}", _names(part), part, where)


def _groups(related: set[Name], atlas: Atlas) -> Iterator[tuple[Name, ...]]:
    """The related tables, domain after domain, in groups that can be laid out in one diagram."""
    group: list[Name] = []
    for made in atlas.chapters:
        names = [found.name for found in made.tables if found.name in related]
        if len(group) + len(names) <= MOST_NAMES:
            group += names
            continue
        if group:
            yield tuple(group)
        *others, smallest = groups(names, within(made, atlas), MOST_NAMES)
        yield from others
        group = list(smallest)
    if group:
        yield tuple(group)


def _box(name: Name, atlas: Atlas, *, with_keys: bool) -> Box:
    return replace(box(atlas.schema.tables[name], atlas), hidden=0) if with_keys else Box(name, (), 0)


def _names(part: Part) -> tuple[Box, ...]:
    return tuple(Box(found.name, (), 0) for found in part.tables)


def _diagram(title: str, boxes: tuple[Box, ...], part: Part, where: Mapping[Name, str]) -> Diagram:
    strangers = sorted({ref.parent for ref in part.references} - {shown.name for shown in boxes})
    return Diagram(
        title=title,
        boxes=boxes,
        ghosts=tuple(Ghost(name, where.get(name, "not in this schema")) for name in strangers),
        lines=tuple(sorted(part.references, key=lambda ref: (ref.parent, ref.child, ref.key.columns, ref.key.name))),
        sideways=not any(shown.rows for shown in boxes),
    )


def _facts(atlas: Atlas) -> str:
    facts = [counted(len(atlas.home), "table"), counted(len(atlas.references()), "foreign key")]
    return " · ".join(["[All domains](README.md)", *facts])


def _blocks(made: tuple[Diagram, ...]) -> Iterator[str]:
    for diagram in made:
        if len(made) > 1:
            yield from (f"**Diagram {inline(diagram.title)}**", "")
        yield from ("```mermaid", mermaid(diagram), "```", "")


def _legend(made: tuple[Diagram, ...]) -> str:
    with_keys = any(shown.rows for diagram in made for shown in diagram.boxes)
    said = ["Boxes show the columns that are part of a key" if with_keys else "Boxes are tables by their names"]
    if any(row.nullable for diagram in made for shown in diagram.boxes for row in shown.rows):
        said[0] += ', "null" where they may be empty'
    if any(diagram.ghosts or diagram.mirrored for diagram in made):
        said.append("dashed boxes stand for a table that is elsewhere")
    if any(not line.key.enforced for diagram in made for line in diagram.lines):
        said.append("dotted lines are not enforced")
    return "; ".join([*said, "everything else about a table stands on the page of its domain"]) + "."


def _tables(links: Links) -> list[str]:
    rows = (
        (chapter(made), ", ".join(links.table(found.name) for found in made.tables)) for made in links.atlas.chapters
    )
    return table(("Domain", "Tables"), rows)
