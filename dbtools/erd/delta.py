"""What a change made of the tables: per table its mark and rows, and every foreign key with its own mark.

Both schemas are seen as the pages see them, so that a partition counts as its table. What only has
another name is the same thing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from dbtools.change.renames import Renames
from dbtools.erd.atlas import Atlas, Reference, atlas
from dbtools.erd.diagram import Box, Row, keys
from dbtools.erd.marks import Mark
from dbtools.erd.notes import column_note, keys_note, reference_note, table_note
from dbtools.erd.settings import Pages
from dbtools.model.expression import Name
from dbtools.model.objects import Table
from dbtools.model.schema import Schema


@dataclass(frozen=True, slots=True)
class Delta:
    """The changed tables by name, with all their columns that are part of a key or changed, and where to find others.

    ``references`` are those of either schema that touch a changed table, by child and parent.
    """

    boxes: Mapping[Name, Box]
    references: tuple[Reference, ...]
    before: Atlas
    after: Atlas

    def home(self, name: Name) -> str:
        """The title of the page of a table, where there are several."""
        for book in (self.after, self.before):
            if name in book.home:
                return book.home[name].title if len(book.chapters) > 1 else ""
        return "not in this schema"


def delta(renamed: Renames, head: Schema, pages: Pages) -> Delta:
    """What leads from the schema before, under the names of *head*, to *head*."""
    before, after = atlas(renamed.base, pages)[0], atlas(head, pages)[0]
    differing: dict[Name, set[Name]] = defaultdict(set)
    for name in _differing(renamed, head):
        differing[_drawn(name, before, after)].add(name)
    boxes = {
        name: _box(_Family(name, frozenset(differing[name])), renamed, before, after) for name in sorted(differing)
    }
    touching = [line for line in _compared(before, after) if line.child in boxes or line.parent in boxes]
    return Delta(boxes, tuple(sorted(touching, key=_order)), before, after)


def _order(line: Reference) -> tuple[Name, Name, tuple[str, ...], str, str]:
    return line.parent, line.child, line.key.columns, line.mark.value, line.key.name


def _differing(renamed: Renames, head: Schema) -> Iterator[Name]:
    old, new = renamed.base.tables, head.tables
    moved = {*renamed.tables, *(table for table, _ in renamed.columns)}
    yield from (name for name in {*old, *new} if name in moved or old.get(name) != new.get(name))


def _drawn(name: Name, before: Atlas, after: Atlas) -> Name:
    """The table that is drawn for *name*; what is a partition of it now was perhaps none before."""
    return after.root.get(name) or after.root.get(root := before.root.get(name, name), root)


@dataclass(frozen=True, slots=True)
class _Family:
    """A table that is drawn in both schemas, and those drawn as one with it that are not what they were."""

    name: Name
    differing: frozenset[Name]

    def partitions(self, before: Atlas, after: Atlas) -> Counter[Mark]:
        """What became of its partitions; where it has changed itself, they follow it in most."""
        own = {mark for mark in Mark if mark is not Mark.CHANGED or self.name not in self.differing}
        marks = (self._mark(name, before, after) for name in sorted(self.differing - {self.name}))
        return Counter(mark for mark in marks if mark in own)

    def _mark(self, name: Name, before: Atlas, after: Atlas) -> Mark:
        if before.root.get(name) != self.name:
            return Mark.ADDED
        return Mark.CHANGED if after.root.get(name) == self.name else Mark.REMOVED


def _mark(old: Table | None, new: Table | None) -> Mark:
    return Mark.ADDED if old is None else Mark.REMOVED if new is None else Mark.CHANGED


def _box(family: _Family, renamed: Renames, before: Atlas, after: Atlas) -> Box:
    old, new = (book.schema.tables.get(family.name) for book in (before, after))
    if old is not None and new is not None:
        rows = tuple(row for row in _rows(old, new, renamed, (before, after)) if row.keys or row.note)
        gone = sum(new.column(column.name) is None for column in old.columns)
        was = str(renamed.tables.get(family.name, ""))
        note = table_note(old, new, was, family.partitions(before, after))
        return Box(family.name, rows, len(new.columns) + gone - len(rows), Mark.CHANGED, note)
    table, book = (new, after) if new is not None else (old, before)
    return Box(family.name, tuple(_plain(table, book)) if table else (), 0, _mark(old, new))


def _plain(table: Table, book: Atlas) -> Iterator[Row]:
    marks = keys(table, book)
    for column in table.columns:
        yield Row(column.type, column.name, marks.get(column.name, ()), column.nullable)


def _rows(old: Table, new: Table, renamed: Renames, books: tuple[Atlas, Atlas]) -> Iterator[Row]:
    """Every column of either, those that are gone last."""
    marks, now = keys(old, books[0]), keys(new, books[1])
    for column in new.columns:
        there = old.column(column.name)
        note = Mark.ADDED.sign("added")
        if there is not None:
            was = renamed.columns.get((new.name, column.name), "")
            said = [column_note(there, column, was), *keys_note(marks.get(column.name, ()), now.get(column.name, ()))]
            note = "; ".join(filter(None, said))
        nullable = column.nullable and (there is None or there.nullable)  # else the note says so
        yield Row(column.type, column.name, now.get(column.name, ()), nullable, note)
    for column in old.columns:
        if new.column(column.name) is None:
            keyed, note = marks.get(column.name, ()), Mark.REMOVED.sign("removed")
            yield Row(column.type, column.name, keyed, nullable=False, note=note)


def _compared(before: Atlas, after: Atlas) -> Iterator[Reference]:
    """The foreign keys of either schema, each with its mark."""
    old, new = (_by_meaning(book, before, after) for book in (before, after))
    for meaning, line in new.items():
        was = old.get(meaning)
        note = reference_note(was.key, line.key) if was is not None else ""
        yield replace(line, mark=Mark.ADDED if was is None else Mark.CHANGED if note else Mark.SAME, note=note)
    yield from (replace(line, mark=Mark.REMOVED) for meaning, line in old.items() if meaning not in new)


def _by_meaning(book: Atlas, before: Atlas, after: Atlas) -> dict[tuple[object, ...], Reference]:
    """The references of *book* between tables that are drawn, by what they say; those that say the same are counted."""
    found: dict[tuple[object, ...], Reference] = {}
    seen: Counter[tuple[object, ...]] = Counter()
    for line in book.references():
        key = line.key
        said = (line.child, key.columns, key.target, key.target_columns)
        child, parent = (_drawn(end, before, after) for end in (line.child, line.parent))
        found[child, *said[1:], seen[said]] = replace(line, child=child, parent=parent)
        seen[said] += 1
    return found
