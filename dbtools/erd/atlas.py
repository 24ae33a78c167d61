"""The schema as the pages see it: partitions folded into their table, every foreign key as a reference, all by page.

A foreign key that only a partition declares belongs to the table that is drawn for it. A target
that the schema does not hold is kept: it is drawn as a ghost, without a link.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from dbtools.erd.assign import Chapter, chapters
from dbtools.erd.marks import Mark
from dbtools.erd.settings import Pages
from dbtools.model.expression import Name
from dbtools.model.finding import Finding
from dbtools.model.objects import Column, ForeignKey, PrimaryKey, Table, Unique, View
from dbtools.model.schema import Schema

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Reference:
    """One foreign key between two tables that are drawn.

    ``single``: a parent has at most one such child. ``optional``: a child may have no parent.
    ``indexed``: an index serves the lookup of children. ``mark`` and ``note``: what a change made of it.
    """

    child: Name
    parent: Name
    key: ForeignKey
    single: bool
    optional: bool
    indexed: bool
    mark: Mark = Mark.SAME
    note: str = ""


@dataclass(frozen=True, slots=True)
class Atlas:
    """Everything that a page needs to know about the others.

    ``home``: the chapter of every drawn table; ``root``: the drawn table of every table.
    """

    schema: Schema
    chapters: tuple[Chapter, ...]
    home: Mapping[Name, Chapter]
    root: Mapping[Name, Name]
    partitions: Mapping[Name, tuple[Table, ...]]
    outgoing: Mapping[Name, tuple[Reference, ...]]
    incoming: Mapping[Name, tuple[Reference, ...]]
    readers: Mapping[Name, tuple[View, ...]]

    def leaves(self, reference: Reference) -> bool:
        """Whether child and parent live on different pages."""
        return self.home.get(reference.parent) is not self.home[reference.child]

    def references(self) -> tuple[Reference, ...]:
        """Every reference, by child."""
        return tuple(reference for name in self.home for reference in self.outgoing.get(name, ()))


def atlas(schema: Schema, pages: Pages) -> tuple[Atlas, tuple[Finding, ...]]:
    """The schema by pages, and what is wrong with the configured domains."""
    root = {name: _root(schema, name) for name in sorted(schema.tables)}
    partitions: dict[Name, list[Table]] = defaultdict(list)
    for name, top in root.items():
        if name != top:
            partitions[top].append(schema.tables[name])
    drawn = [schema.tables[name] for name, top in root.items() if name == top]
    made, findings = chapters(drawn, pages)
    references = [ref for table in drawn for ref in _references(table, partitions.get(table.name, ()), root, schema)]
    return Atlas(
        schema=schema,
        chapters=made,
        home={table.name: chapter for chapter in made for table in chapter.tables},
        root=root,
        partitions={name: tuple(tables) for name, tables in partitions.items()},
        outgoing=_grouped((reference.child, reference) for reference in references),
        incoming=_grouped((reference.parent, reference) for reference in references),
        readers=_grouped(_view_reads(schema, root)),
    ), findings


def _root(schema: Schema, name: Name) -> Name:
    seen = {name}
    while (of := schema.tables[name].partition_of) and of.parent in schema.tables and of.parent not in seen:
        name = of.parent
        seen.add(name)
    return name


def nullable(column: Column, schema: Schema) -> bool:
    """Whether *column* may be null: neither itself nor a domain that it is of says no."""
    kind, allowed = column.type, column.nullable
    while allowed and not kind.dimensions and (domain := schema.domains.get(kind.name)):
        kind, allowed = domain.base, domain.nullable
    return allowed


def _references(
    table: Table, partitions: Iterable[Table], root: Mapping[Name, Name], schema: Schema
) -> list[Reference]:
    """A partition repeats its table's foreign keys under names of its own; those are said once."""
    said = {_said(key) for key in table.foreign_keys}
    declared = [(table, key) for key in table.foreign_keys]
    for partition in partitions:
        for key in partition.foreign_keys:
            if _said(key) not in said:
                said.add(_said(key))
                declared.append((partition, key))
    return [
        Reference(
            child=table.name,
            parent=root.get(key.target, key.target),
            key=key,
            single=any(set(key.columns).issuperset(unique) for unique in where.keys),
            optional=_optional(key, where, schema),
            indexed=_indexed(where, set(key.columns)),
        )
        for where, key in declared
    ]


def _said(key: ForeignKey) -> tuple[tuple[str, ...], Name, tuple[str, ...]]:
    return key.columns, key.target, key.target_columns


def _optional(key: ForeignKey, table: Table, schema: Schema) -> bool:
    """One null is enough to refer to nothing; with MATCH FULL it takes one in every column."""
    free = [nullable(column, schema) for column in table.columns if column.name in key.columns]
    return bool(free) and (all(free) if key.full else any(free))


def _indexed(table: Table, columns: set[str]) -> bool:
    owned = (found.columns for found in table.constraints if isinstance(found, PrimaryKey | Unique))
    plain = (tuple(key.column for key in index.keys) for index in table.indexes if index.where is None and index.valid)
    return any(set(keys[: len(columns)]) == columns for keys in (*owned, *plain))


def _view_reads(schema: Schema, root: Mapping[Name, Name]) -> Iterable[tuple[Name, View]]:
    for name in sorted(schema.views):
        read = _tables_of(name, schema)
        yield from ((table, schema.views[name]) for table in sorted({root[found] for found in read if found in root}))


def _tables_of(name: Name, schema: Schema) -> set[Name]:
    """What the view called *name* reads, directly or through other views."""
    read: set[Name] = set()
    todo = [name]
    while todo:
        if view := schema.views.get(todo.pop()):
            found = {*view.mentions, *(ref.table for ref in view.reads or ())} - read
            read |= found
            todo += found
    return read


def _grouped(pairs: Iterable[tuple[Name, Item]]) -> dict[Name, tuple[Item, ...]]:
    groups: dict[Name, list[Item]] = defaultdict(list)
    for name, item in pairs:
        groups[name].append(item)
    return {name: tuple(items) for name, items in groups.items()}
