"""The schema as one HTML page to look around in: search, a filter by domain, and pictures where they can be drawn.

Everything is inside, and a Content-Security-Policy lets nothing in from elsewhere: the page needs no network, and sends
nothing anywhere. Names and comments are text, whatever they contain.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path

from dbtools.erd.assign import Chapter, chosen
from dbtools.erd.atlas import Atlas, Reference, atlas
from dbtools.erd.diagram import keys
from dbtools.erd.markdown import anchors, plain, visible
from dbtools.erd.picture import drawn, require_pictures
from dbtools.erd.settings import Pages
from dbtools.errors import MissingExtra
from dbtools.model.expression import Name
from dbtools.model.objects import Column, Index, Table, Unique
from dbtools.model.report import Report
from dbtools.model.schema import Schema
from dbtools.model.wording import counted

TITLE = "Database schema"
HEADER = ("Column", "Type", "Null", "Default", "Key", "References", "Comment")


@dataclass(frozen=True, slots=True)
class _Page:
    """What is shown, and where on the page."""

    book: Atlas
    chapters: tuple[Chapter, ...]
    anchor: dict[Name, str]

    def link(self, name: Name) -> str:
        """The table called *name*, linked where it is on the page; a partition leads to its table."""
        anchor = self.anchor.get(self.book.root.get(name, name))
        return f'<a href="#{escape(anchor)}">{_text(str(name))}</a>' if anchor else _text(str(name))


def html(schema: Schema, pages: Pages) -> tuple[Report, str]:
    """What was found, and the page of *schema*, or of the domains that *pages* names alone."""
    book, findings = atlas(schema, pages)
    chapters = chosen(book.chapters, pages.only)
    names = [table.name for made in chapters for table in made.tables]
    anchor = dict(zip(names, (f"t-{each}" for each in anchors(visible(str(name)) for name in names)), strict=True))
    page = _Page(book, chapters, anchor)
    pictures = _pictures(page)
    report = Report("erd", f"a page of {counted(len(names), 'table')}", findings)
    return report, "\n".join(_lines(page, pictures)) + "\n"


def _lines(page: _Page, pictures: dict[str, str]) -> Iterator[str]:
    style, script = (Path(__file__).with_name(f"html.{kind}").read_text("utf-8") for kind in ("css", "js"))
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'"
    references = [ref for name in page.anchor for ref in page.book.outgoing.get(name, ())]
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}; form-action \'none\'">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{TITLE}</title>\n<style>{style}</style>\n</head>\n<body>\n<header>\n<form>\n<h1>{TITLE}</h1>"
    yield '<label>Search <input id="search" type="search" placeholder="table, column, comment: press /"></label>'
    options = "".join(f'<option value="{_id(made)}">{_text(made.title)}</option>' for made in page.chapters)
    yield f'<label>Domain <select id="domain"><option value="">all</option>{options}</select></label>'
    yield f'<output id="count">{counted(len(page.anchor), "table")}</output>\n</form>\n</header>\n<main>'
    numbers = ((page.anchor, "table"), (page.chapters, "domain"), (references, "foreign key"))
    facts = (counted(len(each), word) for each, word in numbers)
    yield f'<p class="faint">{" · ".join(facts)}</p>'
    for made in page.chapters:
        yield from _section(made, page, pictures.get(made.slug, ""))
    yield f"</main>\n<script>{script}</script>\n</body>\n</html>"


def _section(made: Chapter, page: _Page, picture: str) -> Iterator[str]:
    yield f'<section id="{_id(made)}">\n<h2>{_text(made.title)}</h2>'
    owner = f"owner: {made.domain.owner}" if made.domain.owner else ""
    said = " · ".join(part for part in (counted(len(made.tables), "table"), owner) if part)
    yield f'<p class="faint">{_text(said)}</p>'
    if made.domain.description:
        yield f"<p>{_text(made.domain.description)}</p>"
    if picture:
        label = f"Diagram of {_text(made.title)}"
        yield "<details open>\n<summary>Diagram</summary>"
        yield f'<div class="wide picture" tabindex="0" role="region" aria-label="{label}">'
        yield f"{picture}\n</div>\n</details>"
    for table in made.tables:
        yield from _article(table, page)
    yield "</section>"


def _article(table: Table, page: _Page) -> Iterator[str]:
    yield f'<article id="{escape(page.anchor[table.name])}">\n<h3>{_text(str(table.name))}</h3>'
    if table.comment and plain(table.comment):
        yield f"<p>{_text(table.comment)}</p>"
    commented = any(column.comment and plain(column.comment) for column in table.columns)
    header = HEADER if commented else HEADER[:-1]
    yield '<div class="wide"><table>\n<thead><tr>' + "".join(f"<th>{title}</th>" for title in header) + "</tr></thead>"
    yield "<tbody>"
    marks = keys(table, page.book)
    outgoing = page.book.outgoing.get(table.name, ())
    for column in table.columns:
        cells = _cells(
            column, marks.get(column.name, ()), [ref for ref in outgoing if column.name in ref.key.columns], page
        )
        yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells[: len(header)]) + "</tr>"
    yield "</tbody>\n</table></div>"
    if facts := [*_facts(table, page)]:
        yield "<ul>" + "".join(f"<li>{fact}</li>" for fact in facts) + "</ul>"
    yield "</article>"


def _cells(column: Column, marks: tuple[str, ...], references: list[Reference], page: _Page) -> tuple[str, ...]:
    return (
        _text(column.name),
        _code(str(column.type)),
        "yes" if column.nullable else "",
        _default(column),
        ", ".join(marks),
        "<br>".join(page.link(reference.key.target) for reference in references),
        _text(column.comment) if column.comment and plain(column.comment) else "",
    )


def _default(column: Column) -> str:
    if column.generated:
        return _code(f"= {column.generated.expression.meaning}")
    return _text(column.identity) if column.identity else _code(column.default.meaning) if column.default else ""


def _facts(table: Table, page: _Page) -> Iterator[str]:
    if table.primary_key and len(table.primary_key.columns) > 1:
        yield f"Primary key: {_list(table.primary_key.columns)}"
    for found in table.constraints:
        if isinstance(found, Unique):
            yield f"Unique: {_list(found.columns)}"
    if table.indexes:
        yield "Indexes: " + "; ".join(map(_index, table.indexes))
    if partitions := page.book.partitions.get(table.name, ()):
        yield f"Partitions: {_list(str(each.name) for each in partitions)}"
    if incoming := page.book.incoming.get(table.name, ()):
        yield "Used by: " + ", ".join(f"{page.link(ref.child)} ({_list(ref.key.columns)})" for ref in incoming)
    for name in sorted({column.type.name for column in table.columns} & set(page.book.schema.enums)):
        yield f"{_code(str(name))}: {_list(page.book.schema.enums[name].labels)}"


def _index(index: Index) -> str:
    columns = _list(key.expression.meaning if key.expression else key.column for key in index.keys)
    return f"{_text(index.name)}{' unique' if index.unique else ''} ({columns})"


def _pictures(page: _Page) -> dict[str, str]:
    """The picture of every chapter by its slug; none where what draws is not installed."""
    try:
        require_pictures()
    except MissingExtra:
        return {}
    from dbtools.erd.dot import dot

    return {made.slug: _inside(drawn(dot(page.book, "", (made,)), "svg")) for made in page.chapters if made.tables}


def _inside(svg: bytes) -> str:
    """A picture as part of a page: without a prologue, and without identifiers that another has too."""
    text = svg.decode("utf-8")
    return re.sub(r'(<(?:g|a)\b[^>]*?) id="[^"]*"', r"\1", text[text.index("<svg") :]).strip()


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _id(made: Chapter) -> str:
    return escape(f"d-{made.slug}")


def _text(said: str) -> str:
    return escape(visible(said))


def _code(said: str) -> str:
    return f"<code>{_text(said)}</code>"


def _list(texts: Iterable[str]) -> str:
    return ", ".join(map(_code, texts))
