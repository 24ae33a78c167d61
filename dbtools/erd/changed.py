"""A picture of what a change does to the tables, for whoever reviews it: Change -> Report."""

from __future__ import annotations

from collections import Counter

from dbtools.change import Change
from dbtools.change.lines import Line, lines
from dbtools.change.renames import renames
from dbtools.erd.around import TITLE, Around, around
from dbtools.erd.delta import Delta, delta
from dbtools.erd.diagram import Box, Diagram
from dbtools.erd.marks import Mark
from dbtools.erd.mermaid import mermaid
from dbtools.erd.notes import shows
from dbtools.erd.settings import Pages
from dbtools.model.objects import Table
from dbtools.model.report import Report, Section, TableSection, TextSection
from dbtools.model.schema import Schema
from dbtools.model.wording import counted

LEGEND = {
    Mark.ADDED: "+ and a thick frame: added",
    Mark.CHANGED: "~ and a frame: changed",
    Mark.REMOVED: "- and a thick dashed frame: removed",
}
MOST_NAMES = 20


def changed(change: Change, pages: Pages, *, listed: bool = True) -> Report:
    """The changed tables with their neighbours; *listed*: what no diagram can show is a table below."""
    if change.empty:
        return Report("erd", f"{change.label}: nothing that the schema is made of has changed")
    renamed = renames(change)
    found = delta(renamed, change.head, pages)
    drawn = around(found, pages.max_tables)
    rest = _rest(renamed.base, change.head, found, drawn) if listed else ()
    sections: tuple[Section, ...] = _pictures(drawn)
    if found.boxes and not drawn.diagrams:
        many = f"{len(found.boxes)} tables changed, more than diagrams can show"
        where = "" if listed else "; dbtools changes lists them"
        sections += (TextSection(TITLE, f"{many}{where}."),)
    if listed and found.boxes and (drawn.names_only or not drawn.diagrams):
        sections += (_names(found),)
    sections += (TableSection("Changed beside the tables", ("", "what", "name", "detail"), rest),) if rest else ()
    return Report("erd", _summary(change, found), sections=sections, figures=_figures(found, drawn))


def _pictures(drawn: Around) -> tuple[TextSection, ...]:
    """The diagrams, each with its legend; below the last one what is not drawn at all."""
    last = len(drawn.diagrams) - 1
    return tuple(
        TextSection(each.title, mermaid(each), "mermaid", _legend(each) + (_undrawn(drawn) if place == last else ""))
        for place, each in enumerate(drawn.diagrams)
    )


def _legend(diagram: Diagram) -> str:
    said = [words for mark, words in LEGEND.items() if any(box.mark is mark for box in diagram.boxes)]
    said += ["thin dashed frame: not changed, or drawn elsewhere"] if diagram.ghosts or diagram.mirrored else []
    dotted = ["removed"] if any(line.mark is Mark.REMOVED for line in diagram.lines) else []
    dotted += ["not enforced"] if any(not line.key.enforced for line in diagram.lines) else []
    said += [f"dotted line: foreign key {' or '.join(dotted)}"] if dotted else []
    return f"{'; '.join(said)}."


def _undrawn(drawn: Around) -> str:
    names = [str(name) for name in drawn.undrawn]
    more = [*names[:MOST_NAMES], *([f"{len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else [])]
    return f" Not drawn, though linked to what changed: {', '.join(more)}." if more else ""


def _names(found: Delta) -> TableSection:
    """The changed tables without a picture of their columns."""
    rows = tuple(
        (box.mark.value, str(box.name), found.home(box.name), _counted(box, found)) for box in found.boxes.values()
    )
    return TableSection("Changed tables", ("", "table", "page", "what"), rows)


def _counted(box: Box, found: Delta) -> str:
    """How many columns and foreign keys came, changed or went, in words."""
    if box.mark is Mark.CHANGED:
        signs = Counter(row.note[:1] for row in box.rows if row.note)
        said = [f"{sign}{counted(number, 'column')}" for sign, number in sorted(signs.items())]
        return ", ".join([*said, *([box.note.lstrip(", ")] if box.note else [])])
    keys = sum(line.child == box.name for line in found.references)
    counts = ((len(box.rows), "column"), (keys, "foreign key"))
    return ", ".join(counted(number, word) for number, word in counts if number)


def _rest(base: Schema, head: Schema, found: Delta, drawn: Around) -> tuple[tuple[str, ...], ...]:
    """What `dbtools changes` says that no diagram shows."""
    shown = {(str(box.name), row.name) for each in drawn.diagrams for box in each.boxes for row in box.rows}
    folded = {str(name) for book in (found.before, found.after) for name, root in book.root.items() if name != root}
    kept = () if drawn.names_only or not drawn.diagrams else (name for name in base.tables if name in head.tables)
    tables = {str(name): (base.tables[name], head.tables[name]) for name in kept}
    said = list(lines(base, head))
    own = {line[1:] for line in said if line.owner not in folded}
    left = (line for line in said if line.owner not in folded or line[1:] not in own)
    return tuple(
        (line.sign, line.kind, line.place, line.detail)
        for line in left
        if line.owner in folded or not _is_drawn(line, shown, tables)
    )


def _is_drawn(line: Line, shown: set[tuple[str, str]], tables: dict[str, tuple[Table, Table]]) -> bool:
    if line.kind == "column":
        return (line.owner, line.name) in shown
    if line.kind != "constraint":
        return line.kind == "table" and bool(line.name)
    old, new = tables.get(line.owner, (None, None))
    part, other = (old, new) if line.sign == Mark.REMOVED.value else (new, old)
    found = part.constraint(line.name) if part else None
    return found is not None and other is not None and shows(found, other)


def _summary(change: Change, found: Delta) -> str:
    if not found.boxes:
        return f"{change.label}: no table changed"
    counts = Counter(box.mark for box in found.boxes.values())
    said = ", ".join(f"{counts[mark]} {mark.name.lower()}" for mark in LEGEND if counts[mark])
    return f"tables: {said}"


def _figures(found: Delta, drawn: Around) -> dict[str, int | float]:
    counts = {"changed tables": len(found.boxes), "diagrams": len(drawn.diagrams)}
    return {what: number for what, number in counts.items() if number}
