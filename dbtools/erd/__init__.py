"""Draws a schema as Markdown pages: one per domain with its diagrams and tables, and an index.

``erd`` is a pure function: it reads and writes no files, and equal schemas give equal bytes. What
people wrote into the pages survives. A page that cannot be rewritten safely is a finding and is
left as it is; the others are still made.
"""

from __future__ import annotations

from collections.abc import Mapping

from dbtools.erd.atlas import Atlas, atlas
from dbtools.erd.changed import changed
from dbtools.erd.index import INDEX, index
from dbtools.erd.keep import Kept
from dbtools.erd.links import crossing, links
from dbtools.erd.page import count, page
from dbtools.erd.settings import DomainPages, Pages
from dbtools.erd.standing import place, standing
from dbtools.model.report import File, Report, TableSection
from dbtools.model.schema import Schema

__all__ = ["DomainPages", "Pages", "changed", "erd"]


def erd(schema: Schema, pages: Pages, existing: Mapping[str, str]) -> Report:
    """The pages of *schema* as files; *existing* are the texts that stand in ``pages.out`` now, by path.

    Findings: ``table-without-domain``, ``table-in-two-domains``, ``domain-pattern-matches-nothing``,
    ``page-not-generated``, ``keep-block-broken``, ``keep-block-removed``. A page that was made for
    a domain which is no more is a file without content.
    """
    book, findings = atlas(schema, pages)
    stand = standing(pages.out, existing, (INDEX, *(made.file for made in book.chapters)))
    linked = links(book, stand.kept)

    def blocks(file: str) -> Mapping[str, str]:
        return stand.kept.get(file, Kept()).blocks

    made = {chapter.file: page(chapter, linked, blocks(chapter.file), pages.max_tables) for chapter in book.chapters}
    made[INDEX] = index(linked, blocks(INDEX))
    files = [File(place(pages.out, file), text) for file, text in made.items() if file not in stand.untouchable]
    files += [File(place(pages.out, file), None) for file in stand.stale]
    return Report(
        command="erd",
        summary=f"{count(len(book.home), 'table')} on {count(len(book.chapters), 'page')}",
        findings=(*findings, *stand.findings),
        sections=(_contents(book),),
        files=tuple(sorted(files, key=lambda file: file.path)),
        figures={
            "tables": len(book.home),
            "domains": len(pages.domains),
            "pages": len(made),
            "edges": len(book.references()),
        },
    )


def _contents(book: Atlas) -> TableSection:
    rows = []
    for chapter in book.chapters:
        out, into = crossing(chapter, book)
        rows.append((chapter.title, chapter.file, str(len(chapter.tables)), str(len(out)), str(len(into))))
    return TableSection("Pages", ("Domain", "Page", "Tables", "References out", "References in"), tuple(rows))
