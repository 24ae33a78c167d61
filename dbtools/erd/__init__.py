"""Draws a schema as Markdown pages: one per domain with its diagrams and tables, one of all, and an index.

``erd`` is a pure function: it reads and writes no files, and equal schemas give equal bytes. What
people wrote into the pages survives. A page that cannot be rewritten safely is a finding and is
left as it is; the others are still made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from dbtools.erd.assign import Chapter, chosen
from dbtools.erd.atlas import Atlas, atlas
from dbtools.erd.changed import changed
from dbtools.erd.index import INDEX, index
from dbtools.erd.keep import Kept, kept_in
from dbtools.erd.links import Links, crossing, links
from dbtools.erd.markdown import inline
from dbtools.erd.page import page
from dbtools.erd.settings import DomainPages, Pages
from dbtools.erd.standing import Standing, place, standing
from dbtools.erd.suggest import suggest
from dbtools.erd.whole import WHOLE, whole
from dbtools.model.finding import Finding
from dbtools.model.report import File, Report, TableSection
from dbtools.model.schema import Schema
from dbtools.model.wording import counted

__all__ = ["DomainPages", "Pages", "changed", "erd", "suggest"]


def erd(schema: Schema, pages: Pages, existing: Mapping[str, str]) -> Report:
    """The pages of *schema* as files; *existing* are the texts that stand in ``pages.out`` now, by path.

    Findings: ``table-without-domain``, ``table-in-two-domains``, ``domain-pattern-matches-nothing``,
    ``domains-share-page``, ``page-not-generated``, ``keep-block-broken``, ``keep-block-moved``,
    ``page-without-domain``, ``unreadable-file``. A page that was made for a domain which is no more is a file
    without content.
    With ``pages.only``, the pages of these domains are all that is made, and nothing is removed.
    """
    book, findings = atlas(schema, pages)
    wanted = chosen(book.chapters, pages.only)
    stand = standing(pages.out, existing, _headings(book))
    linked = links(book, stand.kept)

    made = {chapter.file: _page(chapter, linked, pages, stand) for chapter in wanted}
    if not pages.only:
        made[INDEX] = kept_in(partial(index, linked), stand.kept.get(INDEX, Kept()))
        made[WHOLE] = kept_in(partial(whole, linked), stand.kept.get(WHOLE, Kept()))
    files = [
        File(place(pages.out, file), text.replace("\n", "\r\n") if file in stand.crlf else text)
        for file, text in made.items()
        if file not in stand.untouchable
    ]
    files += [File(place(pages.out, file), None) for file in stand.stale if not pages.only]
    return Report(
        command="erd",
        summary=f"{counted(sum(len(chapter.tables) for chapter in wanted), 'table')} on {counted(len(wanted), 'page')}",
        findings=(*findings, *_about(stand.findings, pages, wanted)),
        sections=(_contents(book, wanted),),
        files=tuple(sorted(files, key=lambda file: file.path)),
        figures={
            "tables": len(book.home),
            "domains": len(pages.domains),
            "pages": len(made),
            "edges": len(book.references()),
        },
    )


def _page(chapter: Chapter, linked: Links, pages: Pages, stand: Standing) -> str:
    def draw(blocks: Mapping[str, str]) -> str:
        return page(chapter, linked, blocks, pages.max_tables)

    return kept_in(draw, stand.kept.get(chapter.file, Kept()))


def _about(findings: Iterable[Finding], pages: Pages, wanted: tuple[Chapter, ...]) -> Iterator[Finding]:
    """What there is to say of the pages that are made."""
    made = {place(pages.out, chapter.file) for chapter in wanted}
    return (finding for finding in findings if not pages.only or finding.location.path in made)


def _headings(book: Atlas) -> dict[str, frozenset[str]]:
    """The headings of the tables on every page, by file."""
    found = {made.file: frozenset(inline(str(table.name)) for table in made.tables) for made in book.chapters}
    return {INDEX: frozenset(), WHOLE: frozenset(), **found}


def _contents(book: Atlas, wanted: tuple[Chapter, ...]) -> TableSection:
    rows = []
    for chapter in wanted:
        out, into = crossing(chapter, book)
        rows.append((chapter.title, chapter.file, str(len(chapter.tables)), str(len(out)), str(len(into))))
    return TableSection("Pages", ("Domain", "Page", "Tables", "References out", "References in"), tuple(rows))
