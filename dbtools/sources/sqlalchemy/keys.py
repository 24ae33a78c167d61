"""Primary keys, unique constraints, foreign keys, checks and exclusions of a table, with the names they get."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.identifiers import literal, quote
from dbtools.model.objects import (
    Check,
    Constraint,
    Exclusion,
    ForeignKey,
    PrimaryKey,
    ReferentialAction,
    Unique,
)
from dbtools.sources.sqlalchemy.columns import Said, head
from dbtools.sources.sqlalchemy.drafts import Draft, location_of
from dbtools.sources.sqlalchemy.naming import Named
from dbtools.sources.sqlalchemy.sqltext import Writer
from dbtools.sources.sqlalchemy.values import Class, Generic, Made, Part, Unreadable, Value, shown, text_of
from dbtools.sql.expressions import read_expression
from dbtools.sql.read import read

ACTIONS: dict[str, ReferentialAction] = {
    "NO ACTION": "NO ACTION", "RESTRICT": "RESTRICT", "CASCADE": "CASCADE", "SET NULL": "SET NULL",
    "SET DEFAULT": "SET DEFAULT",
}  # fmt: skip


class Target(NamedTuple):
    """What a foreign key refers to."""

    table: Name
    column: str


@dataclass(frozen=True, slots=True)
class KeyReader:
    """The constraints of one table; ``target_of`` finds what a foreign key's argument refers to."""

    draft: Draft
    writer: Writer
    target_of: Callable[[Draft, Value, str], Target]

    def constraints(self) -> Iterator[Constraint]:
        """All of them; what cannot be read is noted."""
        yield from self._try(self._primary_key, None, "primary key")
        for said in self.draft.columns.values():
            yield from self._of_column(said)
        for made in self.draft.args:
            read_one, aspect = _BY_HEAD.get(head(made), (None, ""))
            if read_one is not None:
                yield from self._try(read_one, made, aspect)

    def _of_column(self, said: Said) -> Iterator[Constraint]:
        if said.flag("unique") and not said.flag("index"):
            yield from self._noted(lambda: self._single(said), said, "unique")
        for made in said.foreign_keys:
            targets = made.args[:1] or (made.keyword("column"),)
            yield from self._noted(partial(self._foreign_key, made, (said.name,), targets), said, "foreign key")
        for made in said.items:
            if head(made) == "CheckConstraint":
                yield from self._try(KeyReader._check, made, "check")
        if said.found is not None and said.found.checked is not None:
            yield from self._noted(lambda: self._limited(said), said, "check")

    def _noted(self, make: Callable[[], Constraint], said: Said, aspect: str) -> Iterator[Constraint]:
        """What *make* gives; where that cannot be read, a note on the column."""
        try:
            yield make()
        except Unreadable as problem:
            self.draft.note(said.location, str(problem), aspect, said.name)

    def _single(self, said: Said) -> Unique:
        return Unique(self._name(None, "uq", (said.name,)), (said.name,))

    def _limited(self, said: Said) -> Check:
        """An enum that is kept as text."""
        assert said.found is not None  # noqa: S101 - asked by the caller
        assert said.found.checked is not None  # noqa: S101 - likewise
        name, labels = said.found.checked
        text = f"{quote(said.name)} IN ({', '.join(map(literal, labels))})"
        return Check(self._name(name, "ck", (said.name,)), read_expression(text))

    def _try(self, read_one: Callable[..., Constraint | None], made: Made | None, aspect: str) -> Iterator[Constraint]:
        try:
            found = read_one(self, made) if made is not None else self._primary_key()
        except Unreadable as problem:
            place = self.draft.location if made is None else location_of(made, self.draft.location)
            self.draft.note(place, str(problem), aspect)
        else:
            if found is not None:
                yield found

    def _name(self, given: Value, kind: str, columns: tuple[str, ...], target: Name | None = None, *more: str) -> str:
        draft = self.draft
        return draft.convention.name(given, Named(kind, draft.name, columns, target, more, draft.prefix))

    def _primary_key(self) -> PrimaryKey | None:
        made = next((each for each in self.draft.args if head(each) == "PrimaryKeyConstraint"), None)
        columns = tuple(said.name for said in self.draft.key) if made is None else self._columns(made)
        given = None if made is None else made.keyword("name")
        return PrimaryKey(self._name(given, "pk", columns), columns) if columns else None

    def _unique(self, made: Made) -> Unique:
        columns = self._columns(made)
        distinct = made.keyword("postgresql_nulls_not_distinct") is not True
        name = self._name(made.keyword("name"), "uq", columns)
        return Unique(name, columns, distinct, deferrable=bool(made.keyword("deferrable")))

    def _columns(self, made: Made) -> tuple[str, ...]:
        return tuple(self.draft.named(each) for each in made.args)

    def _check(self, made: Made) -> Check:
        written = made.argument(0, "sqltext")
        text = written.replace("\\:", ":") if isinstance(written, str) else self.writer.write(written)
        expression = read_expression(text)
        return Check(self._name(made.keyword("name"), "ck", expression.columns), expression)

    def _composite(self, made: Made) -> ForeignKey:
        columns, targets = made.argument(0, "columns"), made.argument(1, "refcolumns")
        if type(columns) is not tuple or type(targets) is not tuple or len(columns) != len(targets):
            raise Unreadable("the columns of a foreign key do not pair up")
        return self._foreign_key(made, tuple(self.draft.named(each) for each in columns), targets, position=2)

    def _foreign_key(
        self, made: Made, columns: tuple[str, ...], targets: tuple[Value, ...], position: int = 1
    ) -> ForeignKey:
        found = [self.target_of(self.draft, target, own) for target, own in zip(targets, columns, strict=True)]
        table, target_columns = found[0].table, tuple(each.column for each in found)
        given = made.keyword("name") if position == 1 else made.argument(position, "name")
        deferred = str(made.keyword("initially") or "").upper() == "DEFERRED"
        return ForeignKey(
            self._name(given, "fk", columns, table, *target_columns),
            columns,
            table,
            target_columns,
            on_delete=_action(made.keyword("ondelete")),
            on_update=_action(made.keyword("onupdate")),
            validated=made.keyword("postgresql_not_valid") is not True,
            deferrable=bool(made.keyword("deferrable")) or deferred,
            deferred=deferred,
        )

    def _exclusion(self, made: Made) -> Exclusion:
        elements = []
        for each in made.args:
            if type(each) is not tuple or len(each) != 2:  # noqa: PLR2004 - what, and with which operator
                raise Unreadable(f"{shown(each)} is no part of an exclusion")
            elements.append(f"{self._element(each[0])} WITH {text_of(each[1])}")
        using = text_of(made.keyword("using") or "gist")
        where = made.keyword("where")
        condition = "" if where is None else f" WHERE ({where if isinstance(where, str) else self.writer.write(where)})"
        columns = tuple(self._element(each[0]) for each in made.args)
        name = self._name(made.keyword("name"), "uq", columns) if made.keyword("name") is not None else ""
        text = f"CREATE TABLE t (EXCLUDE USING {using} ({', '.join(elements)}){condition})"
        for statement in read(text):
            for operation in statement.operations:
                if isinstance(operation, op.CreateTable):
                    (found,) = operation.table.constraints
                    assert isinstance(found, Exclusion)  # noqa: S101 - as it was written above
                    return Exclusion(name, found.text, found.columns)
        raise Unreadable(f"PostgreSQL cannot read {text}")

    def _element(self, value: Value) -> str:
        if isinstance(value, str):
            return quote(value) if value in self.draft.columns else value
        column = self.draft.column_of(value)
        written = self.writer.write(value)
        is_plain = column is not None or head(value) in {"column", "text", "literal_column"}
        return written if is_plain else f"({written})"


_BY_HEAD: dict[str, tuple[Callable[..., Constraint | None], str]] = {
    "UniqueConstraint": (KeyReader._unique, "unique"),  # noqa: SLF001 - its own methods
    "CheckConstraint": (KeyReader._check, "check"),  # noqa: SLF001
    "ForeignKeyConstraint": (KeyReader._composite, "foreign key"),  # noqa: SLF001
    "ExcludeConstraint": (KeyReader._exclusion, "check"),  # noqa: SLF001
}


def _action(written: Value) -> ReferentialAction:
    if written is None:
        return "NO ACTION"
    words = " ".join(text_of(written).upper().split())
    if words not in ACTIONS:
        raise Unreadable(f"{words} is no referential action")
    return ACTIONS[words]


def column_part(value: Value) -> tuple[Value, str] | None:
    """The table or class and the column of ``User.id``, ``users.c.id`` and ``User.__table__.c.id``."""
    match value:
        case Part(Class() as owner, name):
            return owner, name
        case Part(Part(of, "c" | "columns"), name) | Generic(Part(of, "c" | "columns"), (str(name),)):
            return of, name
    return None
