"""Graphviz's language for a schema, written by eralchemy2.

What eralchemy2 does here is what it does right: it keeps tables, columns and relations, and writes
each of them as DOT. Its readers are not asked. They lose a column whose name looks like a pattern,
sort the columns, forget what types hold, guess cardinalities, and come out in another order every
time. The values are made from the atlas of the pages instead, so that pictures and pages agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from eralchemy2 import models
from eralchemy2.cst import DOT_GRAPH_BEGINNING

from dbtools.erd.assign import Chapter
from dbtools.erd.atlas import Atlas, Reference
from dbtools.erd.diagram import keys
from dbtools.erd.markdown import visible
from dbtools.model.expression import Name
from dbtools.model.objects import Table

# Beside eralchemy2's own: lines reach their boxes, labels have room, and dashes are for keys that are not enforced.
STYLE = """\
graph [fontname="Helvetica", fontsize=20, labelloc=t, nodesep=0.3, ranksep=1.2, bgcolor=white, pad=0.3];
node [shape=plain];
edge [fontname="Helvetica", fontsize=10, fontcolor=gray30, style=solid, labeldistance=2.2];"""
# Of 1,000 tables Graphviz would make the lines a little shorter for half a minute; so it takes seconds.
MANY = 200
NO_WIDTH = "&#8203;"
HURRY = "graph [nslimit=1, nslimit1=1];"


def dot(book: Atlas, title: str, chapters: Iterable[Chapter]) -> str:
    """The DOT text of *chapters*, with the tables of others that they refer to; *title* stands above them."""
    own = [table.name for made in chapters for table in made.tables]
    references = sorted(
        (ref for name in own for ref in book.outgoing.get(name, ())),
        key=lambda ref: (ref.parent, ref.child, ref.key.columns, ref.key.name),
    )
    strangers = sorted({ref.parent for ref in references} - set(own))
    labels = _labels((*((name, str(name)) for name in own), *((name, _elsewhere(name, book)) for name in strangers)))
    tables = [
        *(models.Table(labels[name], _columns(book.schema.tables[name], book)) for name in own),
        *(models.Table(labels[name], []) for name in strangers),
    ]
    lines = [
        DOT_GRAPH_BEGINNING.strip(),
        STYLE,
        *([HURRY] if len(tables) > MANY else []),
        *([f"graph [label=<{text(title)}>];"] if title else []),
        *(table.to_dot() for table in tables),
        *(_line(ref, labels) for ref in references),
        "}",
    ]
    return "\n".join(lines) + "\n"


def text(said: str) -> str:
    """*said* as it stands in DOT, quoted or as HTML, and is shown literally."""
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in visible(said))
    return escape(shown).replace("\\", f"&#92;{NO_WIDTH}")  # which keeps \\G from being the graph's name


def _columns(table: Table, book: Atlas) -> list[models.Column]:
    marks = keys(table, book)
    made = []
    for column in table.columns:
        mine = marks.get(column.name, ())
        kind = " · ".join((str(column.type), *([", ".join(mine)] if mine else [])))
        made.append(models.Column(text(column.name), text(kind), is_key="PK" in mine, is_null=column.nullable))
    return made


def _line(reference: Reference, labels: Mapping[Name, str]) -> str:
    """From parent to child, at each end how many of it there are for one of the other."""
    relation = models.Relation(  # type: ignore[no-untyped-call]
        left_col=labels[reference.parent],
        left_cardinality="?" if reference.optional else "1",
        right_col=labels[reference.child],
        right_cardinality="?" if reference.single else "*",
    )
    columns = f"label=<{text(', '.join(reference.key.columns))}>"
    style = "" if reference.key.enforced else ",style=dashed"
    return f"{relation.to_dot().removesuffix('];')},{columns}{style}];"


def _elsewhere(name: Name, book: Atlas) -> str:
    return f"{visible(str(name))} ↗ {book.home[name].title if name in book.home else 'not in this schema'}"


def _labels(names: Iterable[tuple[Name, str]]) -> dict[Name, str]:
    """What every table is called in the picture, which is also its identifier, so that no two are the same."""
    given: dict[Name, str] = {}
    taken: set[str] = set()
    for name, shown in names:
        label = text(shown)
        while label in taken:
            label += NO_WIDTH
        taken.add(label)
        given[name] = label
    return given
