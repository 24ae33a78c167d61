"""A table as far as it was said: its columns, and what else stands in it, before any of it is put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.objects import ColumnRef
from dbtools.model.reader import Unread
from dbtools.sources.sqlalchemy.columns import Said, head
from dbtools.sources.sqlalchemy.naming import Convention
from dbtools.sources.sqlalchemy.values import Class, Generic, Made, Pairs, Part, Unreadable, Value, shown, text_of


@dataclass(eq=False, slots=True)
class Draft:
    """A table. ``classes``: those that are mapped to it, with what they inherit; ``args``: its constraints and indexes.

    ``prefix``: its schema as it was given; ``home``: that of its MetaData.
    """

    name: Name
    location: Location
    source: str
    convention: Convention
    prefix: str = ""
    home: str = ""
    comment: str | None = None
    columns: dict[str, Said] = field(default_factory=dict)
    args: list[Made] = field(default_factory=list)
    classes: set[Class] = field(default_factory=set)
    unread: list[Unread] = field(default_factory=list)

    def note(self, location: Location, what: str, aspect: str, column: str = "") -> None:
        """One attribute of the table, or of a column of it, could not be read."""
        self.unread.append(Unread(location, what, ColumnRef(self.name, column), aspect))

    def column_of(self, value: Value) -> str | None:
        """The column of this table that *value* is: ``User.email``, ``users.c.email``."""
        match value:
            case Part(Class() as owner, attribute) if owner in self.classes:
                found = (said.name for said in self.columns.values() if said.attribute == attribute)
                return next(found, None)
            case Part(Part(_, "c" | "columns"), name) | Generic(Part(_, "c" | "columns"), (str(name),)):
                return name if name in self.columns else None
            case Made() if head(value) in {"Column", "mapped_column"}:
                found = (said.name for said in self.columns.values() if said.made == value)
                named = value.args[0] if value.args and value.args[0] in self.columns else None
                return next(found, named)
        return None

    def named(self, value: Value) -> str:
        """The column that *value* names or is; Unreadable where this table has none such."""
        if isinstance(value, str):
            if value in self.columns:
                return value
            raise Unreadable(f"{self.name} has no column {value}")
        found = self.column_of(value)
        if found is None:
            raise Unreadable(f"{shown(value)} is no column of {self.name}")
        return found

    @property
    def key(self) -> tuple[Said, ...]:
        """The columns of its primary key, in their order."""
        explicit = next((each for each in self.args if head(each) == "PrimaryKeyConstraint"), None)
        if explicit is not None:
            names = [self._known(each) for each in explicit.args]
            return tuple(self.columns[name] for name in names if name)
        return tuple(said for said in self.columns.values() if said.primary_key)

    def refer(self) -> None:
        """Tell the columns that a ForeignKeyConstraint names."""
        for made in self.args:
            if head(made) == "ForeignKeyConstraint":
                columns = made.argument(0, "columns")
                for each in columns if type(columns) is tuple else ():
                    if name := self._known(each):
                        self.columns[name].refers = True

    def _known(self, value: Value) -> str:
        try:
            return self.named(value)
        except Unreadable:
            return ""


def location_of(made: Value, otherwise: Location) -> Location:
    """Where *made* is written."""
    return Location(*made.place) if isinstance(made, Made) and made.place.path else otherwise


@dataclass(frozen=True, slots=True)
class MetaData:
    """A ``MetaData``: its schema, its naming convention."""

    schema: str
    convention: Convention

    @classmethod
    def of(cls, value: Value, changes: Mapping[str, Value]) -> MetaData:
        """The MetaData that *value* makes, with what is assigned to it afterwards."""
        made = value if isinstance(value, Made) else Made(None)
        keywords = (*made.keywords, *changes.items())
        schema = Made(None, made.args, keywords).argument(0, "schema")
        return cls("" if schema is None else text_of(schema), Convention(Made(None, (), keywords)))


def options_of(args: Value) -> tuple[tuple[Value, ...], Pairs]:
    """``__table_args__`` as constraints and options."""
    if isinstance(args, Pairs):
        return (), args
    if args is None:
        return (), Pairs()
    if type(args) is not tuple:
        raise Unreadable(f"{shown(args)} is no tuple that is known")
    if args and isinstance(args[-1], Pairs):
        return args[:-1], args[-1]
    return args, Pairs()
