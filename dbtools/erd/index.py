"""The index page: all domains, how they depend on each other, all tables, and what needs attention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from dbtools.erd.appendix import unread
from dbtools.erd.assign import THE_REST
from dbtools.erd.keep import first_line, keep
from dbtools.erd.links import Links, chapter, crossing
from dbtools.erd.markdown import inline, optional, table
from dbtools.erd.mermaid import LABEL, quoted
from dbtools.erd.whole import TITLE, WHOLE
from dbtools.model.wording import counted

INDEX = "README.md"
MOST_DOMAINS = 40
MOST_ARROWS = 200


def index(links: Links, blocks: Mapping[str, str]) -> str:
    """The whole text of the index page; *blocks* are its hand-written parts."""
    lines = [first_line("index"), "# Database schema", "", _facts(links), "", *keep("intro", blocks), ""]
    lines += ["## Domains", "", *_domains(links), "", f"All of them in one picture: [{TITLE}]({WHOLE}).", ""]
    lines += [*_dependencies(links), "## All tables, A-Z", "", *_tables(links), ""]
    lines += unread(links.atlas)
    lines += ["## Needs attention", "", *_attention(links), "", *keep("notes", blocks)]
    return "\n".join(lines) + "\n"


def _facts(links: Links) -> str:
    references = links.atlas.references()
    between = sum(links.atlas.leaves(reference) for reference in references)
    facts = [counted(len(links.atlas.home), "table"), counted(len(links.atlas.chapters), "domain")]
    return " · ".join([*facts, f"{counted(len(references), 'foreign key')} ({between} between domains)"])


def _domains(links: Links) -> list[str]:
    rows = []
    for made in links.atlas.chapters:
        out, into = crossing(made, links.atlas)
        columns = sum(len(shown.columns) for shown in made.tables)
        numbers = (len(made.tables), columns, len(out), len(into))
        rows.append((chapter(made), *map(str, numbers), *map(optional, (made.domain.owner, made.domain.description))))
    return table(("Domain", "Tables", "Columns", "References out", "References in", "Owner", "What it holds"), rows)


def _dependencies(links: Links) -> list[str]:
    atlas = links.atlas
    place = {made.slug: f"d{number}" for number, made in enumerate(atlas.chapters)}
    arrows = Counter(
        (place[atlas.home[ref.child].slug], place[atlas.home[ref.parent].slug])
        for ref in atlas.references()
        if ref.parent in atlas.home and atlas.leaves(ref)
    )
    if not arrows or len(place) > MOST_DOMAINS or len(arrows) > MOST_ARROWS:
        return []
    labels = ((made.slug, f"{made.title} · {counted(len(made.tables), 'table')}") for made in atlas.chapters)
    nodes = (f"  {place[slug]}[{quoted(label, limit=LABEL)}]" for slug, label in labels)
    lines = (f"  {child} -->|{number}| {parent}" for (child, parent), number in sorted(arrows.items()))
    picture = ["```mermaid", "flowchart LR", *nodes, *lines, "```"]
    legend = "An arrow says how many foreign keys refer from one domain to the other."
    return ["## How the domains depend on each other", "", *picture, "", legend, ""]


def _tables(links: Links) -> list[str]:
    names = sorted(links.atlas.home, key=lambda name: (str(name).casefold(), name))
    rows = (
        (links.table(name), links.chapter_of(name), optional(links.atlas.schema.tables[name].comment)) for name in names
    )
    return table(("Table", "Domain", "What it holds"), rows)


def _attention(links: Links) -> list[str]:
    atlas = links.atlas
    alone = [links.table(t.name) for made in atlas.chapters if made.domain is THE_REST for t in made.tables]
    slow = [
        f"{links.table(reference.child)} ({', '.join(map(inline, reference.key.columns))})"
        for reference in atlas.references()
        if not reference.indexed
    ]
    silent = sum(not atlas.schema.tables[name].comment for name in atlas.home)
    return [
        f"- Tables in no domain: {', '.join(alone) or 'none'}",
        f"- Foreign keys without an index: {', '.join(slow) or 'none'}",
        f"- Tables without a comment: {silent} of {len(atlas.home)}",
    ]
