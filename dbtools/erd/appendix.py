"""What a page says after its tables: the views that read them, and the enums and domains that their columns are of."""

from __future__ import annotations

from dbtools.erd.assign import Chapter
from dbtools.erd.atlas import Atlas
from dbtools.erd.entry import index_text
from dbtools.erd.links import Links
from dbtools.erd.markdown import code, codes, inline, optional, table
from dbtools.model.expression import Name
from dbtools.model.objects import Domain, Enum, View
from dbtools.model.schema import Schema

VIEWS = ("View", "Kind", "Reads here", "Indexes", "Comment")
ENUMS = ("Enum", "Values, in order", "Comment")
DOMAINS = ("Type", "Stands for", "Null", "Default", "Checks")


def appendix(here: Chapter, links: Links) -> list[str]:
    """The lines after the tables of the page *here*."""
    types, schema = _types(here, links.atlas.schema), links.atlas.schema
    enums = [_enum(schema.enums[name]) for name in types if name in schema.enums]
    domains = [_domain(schema.domains[name]) for name in types if name in schema.domains]
    lines = _section("Views", VIEWS, _views(here, links))
    return [*lines, *_section("Enums", ENUMS, enums), *_section("Domain types", DOMAINS, domains)]


def unread(atlas: Atlas) -> list[str]:
    """The lines about the views that no page speaks of, since they read none of its tables."""
    told = {view.name for views in atlas.readers.values() for view in views}
    rows = [_view(view, []) for name, view in sorted(atlas.schema.views.items()) if name not in told]
    return _section("Views that read no table", VIEWS, rows)


def _section(title: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    return [f"## {title}", "", *table(header, rows), ""] if rows else []


def _views(here: Chapter, links: Links) -> list[tuple[str, ...]]:
    reads: dict[Name, tuple[View, list[str]]] = {}
    for shown in here.tables:
        for view in links.atlas.readers.get(shown.name, ()):
            reads.setdefault(view.name, (view, []))[1].append(links.table(shown.name, here))
    return [_view(view, tables) for _, (view, tables) in sorted(reads.items())]


def _view(view: View, tables: list[str]) -> tuple[str, ...]:
    kind = "materialized" if view.materialized else ""
    indexes = "; ".join(map(index_text, view.indexes))
    return inline(str(view.name)), kind, ", ".join(tables), indexes, optional(view.comment)


def _types(here: Chapter, schema: Schema) -> list[Name]:
    """The types of the columns, and those that domains among them stand for."""
    found: set[Name] = set()
    todo = [column.type.name for shown in here.tables for column in shown.columns]
    while todo:
        name = todo.pop()
        if name not in found and (domain := schema.domains.get(name)):
            todo.append(domain.base.name)
        found.add(name)
    return sorted(found)


def _enum(enum: Enum) -> tuple[str, ...]:
    return code(str(enum.name)), codes(enum.labels), optional(enum.comment)


def _domain(domain: Domain) -> tuple[str, ...]:
    return (
        code(str(domain.name)),
        code(str(domain.base)),
        "yes" if domain.nullable else "",
        code(domain.default.meaning) if domain.default else "",
        "; ".join(code(check.expression.meaning) for check in domain.checks),
    )
