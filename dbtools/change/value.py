"""A change: the schema before and after, the new migrations, and who reads what."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from dbtools.model.expression import Name, Type
from dbtools.model.finding import Finding
from dbtools.model.migration import Migration, Script
from dbtools.model.objects import ColumnRef
from dbtools.model.reader import Reader, Reading
from dbtools.model.schema import Schema
from dbtools.sources.queries import NamedQuery

if TYPE_CHECKING:
    from dataclasses import dataclass

    from dbtools.change.readers import Question
else:
    from dbtools.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """What runs outside of the database, at one commit."""

    readings: Sequence[Reading] = ()
    queries: tuple[NamedQuery, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """The schema before an operation, and that at the end of the change."""

    before: Schema
    final: Callable[[], Schema]


@dataclasses.dataclass(frozen=True)
class Change:
    """What a review is about.

    ``label`` says what is compared with what. ``base`` and ``head`` are the schema that the project's truth describes
    on either side; ``to`` is the head, or what finds it once somebody asks, which lint does not. ``history`` are the
    migrations before the change, ``new`` those it adds or edits. ``one_by_one``: each new migration is a change of its
    own, as when everything is reviewed as new. ``readings`` are the sources at the head, ``queries`` its named queries;
    ``before`` the code as it was, None where that is not known. ``problems`` are files that could not be read; the rest
    is still judged.
    """

    label: str
    base: Schema
    to: Schema | Callable[[], Schema]
    history: tuple[Migration, ...] = ()
    new: tuple[Migration, ...] = ()
    one_by_one: bool = False
    readings: Sequence[Reading] = ()
    queries: tuple[NamedQuery, ...] = ()
    before: Code | None = None
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

    def readers(self, table: Name, column: str = "", moment: Moment | None = None) -> tuple[Reader, ...]:
        """Who reads a column, or with an empty column anything of the table, at the head of the change.

        Without a *moment*, the change as a whole is one step.
        """
        from dbtools.change.readers import readers_of

        return readers_of(Code(self.readings, self.queries), self._question(table, column, moment))

    def former(self, table: Name, column: str = "", moment: Moment | None = None) -> tuple[Reader, ...]:
        """The code that read it until this change and does not any more: deployed it still is."""
        if self.before is None:
            return ()
        from dbtools.change.readers import code_readers

        question = self._question(table, column, moment)
        now = {reader.source for reader in code_readers(Code(self.readings, self.queries), question)}
        return tuple(reader for reader in code_readers(self.before, question) if reader.source not in now)

    def leaves_out(self, table: Name, column: str, moment: Moment | None = None) -> tuple[Reader, ...]:
        """The code at the head of the change that inserts rows without a value for the column."""
        from dbtools.change.writers import without_it

        return tuple(without_it(Code(self.readings, self.queries), self._question(table, column, moment)))

    def clashes(self, table: Name, column: str, kind: Type, moment: Moment | None = None) -> tuple[Reader, ...]:
        """The code at the head of the change that cannot go on when the column is of *kind*."""
        from dbtools.change.writers import clashing

        return tuple(clashing(Code(self.readings, self.queries), self._question(table, column, moment), kind))

    def says(self, table: Name, column: str, label: str, moment: Moment | None = None) -> tuple[Reader, ...]:
        """Who says a label of the column's enum: code at the head of the change, or what is deployed still."""
        from dbtools.change.writers import saying

        question = self._question(table, column, moment)
        now = tuple(saying(Code(self.readings, self.queries), question, label))
        told = {reader.source for reader in now}
        old = () if self.before is None else saying(self.before, question, label)
        return (*now, *(reader for reader in old if reader.source not in told))

    def _question(self, table: Name, column: str, moment: Moment | None) -> Question:
        from dbtools.change.places import defined_at
        from dbtools.change.readers import Question

        asked = ColumnRef(table, column)
        return Question(asked, moment or Moment(self.base, lambda: self.head), partial(defined_at, self._scripts))

    @cached_property
    def _scripts(self) -> tuple[Script, ...]:
        return tuple(migration.up for migration in reversed((*self.history, *self.new)))
