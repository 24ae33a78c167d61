"""A change: the schema before and after, the new migrations, and who reads what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from dbtools.change.readers import ANYTHING, readers_of
from dbtools.model.expression import Name
from dbtools.model.finding import Finding
from dbtools.model.migration import Migration
from dbtools.model.objects import ColumnRef
from dbtools.model.reader import Reader, Reading
from dbtools.model.schema import Schema
from dbtools.sources.queries import NamedQuery


@dataclass(frozen=True)
class Change:
    """What a review is about.

    ``label`` says what is compared with what. ``base`` and ``head`` are the schema that the project's truth describes
    on either side; ``to`` is the head, or what finds it once somebody asks, which lint does not. ``history`` are the
    migrations before the change, ``new`` those it adds or edits. ``one_by_one``: each new migration is a change of its
    own, as when everything is reviewed as new. ``readings`` are the sources at the head, ``queries`` its named
    queries. ``problems`` are files that could not be read; the rest is still judged.
    """

    label: str
    base: Schema
    to: Schema | Callable[[], Schema]
    history: tuple[Migration, ...] = ()
    new: tuple[Migration, ...] = ()
    one_by_one: bool = False
    readings: tuple[Reading, ...] = ()
    queries: tuple[NamedQuery, ...] = ()
    problems: tuple[Finding, ...] = ()
    touched: tuple[str, ...] = ()

    @cached_property
    def head(self) -> Schema:
        """The schema after the change."""
        return self.to if isinstance(self.to, Schema) else self.to()

    @property
    def empty(self) -> bool:
        """Whether nothing that this project's schema is made of has changed."""
        return not (self.new or self.touched or self.problems)

    @property
    def readers_known(self) -> bool:
        """Whether the project says who reads its database: a model definition, or a named query."""
        return bool(self.queries) or any(reading.readers for reading in self.readings)

    @cached_property
    def _readers(self) -> dict[ColumnRef, tuple[Reader, ...]]:
        return readers_of(self.base, self.readings, self.queries)

    def readers(self, table: Name, column: str = "") -> tuple[Reader, ...]:
        """Who reads a column, or with an empty column anything of the table, at the head of the change."""
        exactly = self._readers.get(ColumnRef(table, column), ())
        return (*exactly, *(self._readers.get(ColumnRef(table, ANYTHING), ()) if column else ()))
