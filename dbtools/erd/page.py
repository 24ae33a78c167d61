"""The page of one domain: its diagrams, its links to other domains, its tables, views and enums."""

from __future__ import annotations

from collections.abc import Mapping

from dbtools.erd.assign import Chapter
from dbtools.erd.atlas import Atlas, Reference
from dbtools.erd.diagram import Diagram
from dbtools.erd.entry import columns, entry
from dbtools.erd.keep import first_line, keep
from dbtools.erd.links import SECTIONS, Links
from dbtools.erd.markdown import code, codes, inline, optional, paragraph, table
from dbtools.erd.mermaid import mermaid
from dbtools.erd.split import diagrams
from dbtools.model.expression import Name
from dbtools.model.objects import Enum, View

LINKS_HEADER = ("", "Here", "Column", "There", "Domain", "On delete", "Index")


def page(here: Chapter, links: Links, blocks: Mapping[str, str], max_tables: int) -> str:
    """The whole text of the page *here*; *blocks* are its hand-written parts."""
    atlas = links.atlas
    drawing, linked, tables = SECTIONS
    lines = [first_line(f"domain={here.slug}"), f"# {inline(here.title)}", "", _facts(here, atlas), ""]
    lines += [about, ""] if (about := paragraph(here.domain.description)) else []
    lines += [*keep("intro", blocks), ""]
    if here.tables:
        lines += [f"## {drawing}", "", *_diagrams(here, atlas, max_tables)]
        lines += [f"## {linked}", "", *_links(here, links), ""]
        lines += [f"## {tables}", "", *(line for shown in here.tables for line in entry(shown, links, here))]
    lines += [*_views(here, links), *_enums(here, atlas), *keep("notes", blocks)]
    return "\n".join(lines) + "\n"


def crossing(here: Chapter, atlas: Atlas) -> tuple[list[Reference], list[Reference]]:
    """The references that leave the page *here*, and those that come from other pages."""
    names = [shown.name for shown in here.tables]
    out = [ref for name in names for ref in atlas.outgoing.get(name, ()) if atlas.leaves(ref)]
    return out, [ref for name in names for ref in atlas.incoming.get(name, ()) if atlas.leaves(ref)]


def count(number: int, one: str, many: str = "") -> str:
    """``1 table``, ``2 tables``."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def _facts(here: Chapter, atlas: Atlas) -> str:
    out, into = crossing(here, atlas)
    facts = [
        "[All domains](README.md)",
        count(len(here.tables), "table"),
        count(sum(len(shown.columns) for shown in here.tables), "column"),
        f"{count(len(out), 'reference')} out",
        f"{len(into)} in",
    ]
    return " · ".join([*facts, *([f"owner: {owner}"] if (owner := optional(here.domain.owner)) else [])])


def _diagrams(here: Chapter, atlas: Atlas, max_tables: int) -> list[str]:
    made = diagrams(here, atlas, max_tables)
    lines = []
    for diagram in made:
        if len(made) > 1:
            lines += [f"**Diagram {inline(diagram.title)}**", ""]
        lines += ["```mermaid", mermaid(diagram), "```", ""]
    drawn = {box.name for diagram in made for box in diagram.boxes}
    absent = [str(shown.name) for shown in here.tables if shown.name not in drawn]
    lines += [" ".join(_legend(made)), ""]
    return [
        *lines,
        *([f"Not drawn, since nothing on this page is linked to them: {codes(absent)}.", ""] if absent else []),
    ]


def _legend(made: tuple[Diagram, ...]) -> list[str]:
    said = ["Boxes show the columns that are part of a key"]
    if any(row.nullable for diagram in made for box in diagram.boxes for row in box.rows):
        said[0] += ', "null" where they may be empty'
    if any(diagram.ghosts or diagram.mirrored for diagram in made):
        said.append("dashed boxes are drawn in full elsewhere")
    if any(not line.key.enforced for diagram in made for line in diagram.lines):
        said.append("dotted lines are not enforced")
    return ["; ".join(said) + "."]


def _links(here: Chapter, links: Links) -> list[str]:
    out, into = crossing(here, links.atlas)
    if not out and not into:
        return ["None."]
    rows = [("out", ref, ref.child, ref.key.target) for ref in out]
    rows += [("in", ref, ref.key.target, ref.child) for ref in into]
    return table(
        LINKS_HEADER,
        (
            (
                direction,
                links.table(near, here),
                columns(ref.key),
                links.table(far, here),
                links.chapter_of(far),
                "" if ref.key.on_delete == "NO ACTION" else ref.key.on_delete.lower(),
                "yes" if ref.indexed else "no",
            )
            for direction, ref, near, far in rows
        ),
    )


def _views(here: Chapter, links: Links) -> list[str]:
    reads: dict[Name, tuple[View, list[str]]] = {}
    for shown in here.tables:
        for view in links.atlas.readers.get(shown.name, ()):
            reads.setdefault(view.name, (view, []))[1].append(links.table(shown.name, here))
    if not reads:
        return []
    rows = (
        (inline(str(name)), "materialized" if view.materialized else "", ", ".join(read), optional(view.comment))
        for name, (view, read) in sorted(reads.items())
    )
    return ["## Views", "", *table(("View", "", "Reads here", "Comment"), rows), ""]


def _enums(here: Chapter, atlas: Atlas) -> list[str]:
    used = {column.type.name for shown in here.tables for column in shown.columns}
    enums = [atlas.schema.enums[name] for name in sorted(used & set(atlas.schema.enums))]
    if not enums:
        return []
    return ["## Enums", "", *table(("Enum", "Values, in order"), map(_enum, enums)), ""]


def _enum(enum: Enum) -> tuple[str, str]:
    return code(str(enum.name)), codes(enum.labels)
