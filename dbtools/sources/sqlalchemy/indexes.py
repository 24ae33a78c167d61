"""Indexes: ``index=True``, ``Index(...)`` in a table and beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from dbtools.model import operation as op
from dbtools.model.identifiers import quote, quote_all
from dbtools.model.objects import Index, IndexKey
from dbtools.sources.sqlalchemy.columns import head
from dbtools.sources.sqlalchemy.drafts import Draft, location_of
from dbtools.sources.sqlalchemy.naming import Named
from dbtools.sources.sqlalchemy.sqltext import ORDERS, TEXTS, Writer
from dbtools.sources.sqlalchemy.values import Made, Pairs, Part, Unreadable, Value, text_of
from dbtools.sql.read import read


class IndexReader(NamedTuple):
    """The indexes of one table."""

    draft: Draft
    writer: Writer

    def indexes(self) -> Iterator[Index]:
        """All of them; what cannot be read is noted."""
        for said in self.draft.columns.values():
            if said.flag("index"):
                try:
                    name = self._name(None, (said.name,))
                except Unreadable as problem:
                    self.draft.note(said.location, str(problem), "index")
                else:
                    yield Index(name, (IndexKey(said.name),), unique=said.flag("unique"))
        for made in self.draft.args:
            if head(made) == "Index":
                try:
                    yield self._index(made)
                except Unreadable as problem:
                    self.draft.note(location_of(made, self.draft.location), str(problem), "index")

    def _name(self, given: Value, columns: tuple[str, ...]) -> str:
        draft = self.draft
        return draft.convention.name(given, Named("ix", draft.name, columns, prefix=draft.prefix))

    def _index(self, made: Made) -> Index:
        given, *elements = made.args or (made.keyword("name"),)
        ops = made.keyword("postgresql_ops")
        texts = [self._element(each, ops if isinstance(ops, Pairs) else Pairs()) for each in elements]
        columns = tuple(name for each in elements for name in self._columns(each))
        method = text_of(made.keyword("postgresql_using") or "btree")
        parts = [
            f"CREATE {'UNIQUE ' if made.keyword('unique') is True else ''}INDEX i ON t USING {quote(method)}",
            f"({', '.join(texts)})",
        ]
        include = made.keyword("postgresql_include")
        if include:
            parts.append(f"INCLUDE ({quote_all(self.draft.named(each) for each in include)})")
        if made.keyword("postgresql_nulls_not_distinct") is True:
            parts.append("NULLS NOT DISTINCT")
        where = made.keyword("postgresql_where")
        if where is not None:
            parts.append(f"WHERE {where if isinstance(where, str) else self.writer.write(where)}")
        return replace(_read(" ".join(parts)), name=self._name(given, columns))

    def _element(self, value: Value, ops: Pairs) -> str:
        column = self.draft.named(value) if isinstance(value, str) else self.draft.column_of(value)
        if column is not None:
            return f"{quote(column)}{_opclass(ops, column)}"
        label = text_of(value.args[0]) if isinstance(value, Made) and _name_of(value) == "label" else ""
        written = self.writer.write(value)
        if head(value) in TEXTS or _name_of(value) in ORDERS:
            return written
        return f"({written}){_opclass(ops, label)}"

    def _columns(self, value: Value) -> Iterator[str]:
        """The columns that an element names, for the name of the index."""
        if isinstance(value, str):
            yield self.draft.named(value)
            return
        found = self.draft.column_of(value)
        if found is not None:
            yield found
        elif isinstance(value, Made):
            inside = value.callee.of if isinstance(value.callee, Part) else None
            for each in (inside, *value.args):
                if each is not None and not isinstance(each, str):
                    yield from self._columns(each)


def _name_of(value: Value) -> str:
    return getattr(value.callee, "name", "") if isinstance(value, Made) else ""


def _opclass(ops: Pairs, key: str) -> str:
    found = ops.get(key) if key else None
    return "" if found is None else f" {text_of(found)}"


def _read(text: str) -> Index:
    for statement in read(text):
        for operation in statement.operations:
            if isinstance(operation, op.CreateIndex):
                return operation.index
    raise Unreadable(f"PostgreSQL cannot read {text}")
