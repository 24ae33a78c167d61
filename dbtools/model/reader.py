"""What a source says, and who reads what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal, NamedTuple

from dbtools.model.finding import Location
from dbtools.model.objects import ColumnRef
from dbtools.model.schema import Schema

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

Insert = Literal["required", "optional", "refused"]
ReaderKind = Literal["code", "function", "stored function", "view", "policy", "trigger", "rule", "generated column"]


class Reader(NamedTuple):
    """Something that reads a column: a model, a view, a function, a named query.

    ``source`` names it as its author would (``Prisma model User``), ``how`` what it does with it: "may read" where that
    could not be understood. ``kind``: code runs outside of the database. ``via``: the view through which it reads.
    """

    column: ColumnRef
    source: str
    location: Location
    how: str = "reads"
    kind: ReaderKind = "code"
    via: str = ""

    @property
    def is_stored(self) -> bool:
        """Whether PostgreSQL keeps it parsed: it follows a rename, and stops a drop that does not say CASCADE."""
        return self.kind not in {"code", "function"}

    @property
    def is_sure(self) -> bool:
        """Whether it was understood, and reads."""
        return self.how not in {MAY_READ, TYPES}

    def __str__(self) -> str:
        through = f" through {self.via}" if self.via else ""
        where = self.location if self.location != DATABASE else self.location.path
        return f"{self.source}{through} ({where})"


MAY_READ = "may read"
TYPES = "types"  # it says what rows look like to code that may read them
DATABASE = Location("the database")  # where something stands that no file is known to say


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in a source that its reader could not evaluate.

    With ``ref`` and an ``aspect`` (``ASPECTS``) it is that one attribute of a column or table, and the rest was read.
    """

    location: Location
    what: str
    ref: ColumnRef | None = None
    aspect: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One source, read.

    ``kind``: prisma, migrations, sql, live, ... ``origins``: where each table and column was said.
    ``expressible``: the aspects that this language can say at all (``ASPECTS``); drift compares two
    sources on what both can say. ``unknown``: what could not be read, never guessed. ``readers``: what code
    written against this definition reads and writes. ``client_defaults``: what the client fills in itself, as it is
    written there, so that the column needs no default. ``inserts``: of a language that only says how rows look, what an
    insert has to do with a column.
    """

    kind: str
    where: str
    schema: Schema
    origins: Mapping[ColumnRef, Location] = field(default_factory=dict)
    expressible: frozenset[str] = frozenset()
    unknown: tuple[Unread, ...] = ()
    readers: tuple[Reader, ...] = ()
    client_defaults: Mapping[ColumnRef, str] = field(default_factory=dict)
    inserts: Mapping[ColumnRef, Insert] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind}:{self.where}"

    def origin(self, ref: ColumnRef) -> Location:
        """Where *ref*, or else its table, or else the source as a whole was said."""
        return self.origins.get(ref) or self.origins.get(ColumnRef(ref.table)) or Location(self.where)


ASPECTS = frozenset(
    {
        "type", "nullability", "list nullability", "default", "default expression", "identity", "generated",
        "primary key", "unique", "foreign key", "referential action", "index", "index method", "index order",
        "partial index", "covering index", "expression index", "check", "enum", "enum order", "comment", "view",
        "collation", "insert", "ts type",
    }
)  # fmt: skip
