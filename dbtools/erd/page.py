"""The page of one domain: its diagrams, its links to other domains, its tables, and what belongs to them."""

from __future__ import annotations

from collections.abc import Mapping

from dbtools.erd.appendix import appendix
from dbtools.erd.assign import Chapter
from dbtools.erd.atlas import Atlas, Reference
from dbtools.erd.diagram import Diagram
from dbtools.erd.entry import columns, entry
from dbtools.erd.keep import first_line, keep
from dbtools.erd.links import DIAGRAM, REFERENCES, TABLES, Links, crossing
from dbtools.erd.markdown import codes, inline, optional, paragraph, table
from dbtools.erd.mermaid import mermaid
from dbtools.erd.split import diagrams
from dbtools.model.expression import Name
from dbtools.model.wording import counted

OUT = ("Foreign key", "Refers to", "Domain", "On delete", "Indexed")
INTO = ("Refers to", "Foreign key", "Domain", "On delete", "Indexed")


def page(here: Chapter, links: Links, blocks: Mapping[str, str], max_tables: int) -> str:
    """The whole text of the page *here*; *blocks* are its hand-written parts."""
    atlas = links.atlas
    lines = [first_line(f"domain={here.slug}"), f"# {inline(here.title)}", "", _facts(here, atlas), ""]
    lines += [about, ""] if (about := paragraph(here.domain.description)) else []
    lines += [*keep("intro", blocks), ""]
    if here.tables:
        lines += [f"## {DIAGRAM}", "", *_diagrams(here, atlas, max_tables), *_links(here, links)]
        lines += [f"## {TABLES}", "", *(line for shown in here.tables for line in entry(shown, links, here))]
    lines += [*appendix(here, links), *keep("notes", blocks)]
    return "\n".join(lines) + "\n"


def _facts(here: Chapter, atlas: Atlas) -> str:
    out, into = crossing(here, atlas)
    facts = [
        "[All domains](README.md)",
        counted(len(here.tables), "table"),
        counted(sum(len(shown.columns) for shown in here.tables), "column"),
        f"{counted(len(out), 'reference')} out",
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
    ends = ["Line ends: ‖ exactly one, ○| at most one, ○< any number."]
    return ["; ".join(said) + ".", *(ends if any(diagram.lines for diagram in made) else [])]


def _links(here: Chapter, links: Links) -> list[str]:
    """What refers to other domains, then what refers here from there; nothing where neither is so."""
    out, into = crossing(here, links.atlas)
    rows_out = [
        (_foreign_key(ref, here, links), links.table(ref.key.target, here), *_link(ref, ref.key.target, links))
        for ref in out
    ]
    rows_in = [
        (links.table(ref.key.target, here), _foreign_key(ref, here, links), *_link(ref, ref.child, links))
        for ref in into
    ]
    lines = ["Out of this domain:", "", *table(OUT, rows_out), ""] if out else []
    lines += ["Into this domain:", "", *table(INTO, rows_in), ""] if into else []
    return [f"## {REFERENCES}", "", *lines] if lines else []


def _foreign_key(reference: Reference, here: Chapter, links: Links) -> str:
    return f"{links.table(reference.child, here)} ({columns(reference.key)})"


def _link(reference: Reference, far: Name, links: Links) -> tuple[str, str, str]:
    on_delete = reference.key.on_delete
    return (
        links.chapter_of(far),
        "" if on_delete == "NO ACTION" else on_delete.lower(),
        "yes" if reference.indexed else "no",
    )
