"""Views, sequences, functions, schemas, extensions, and what is kept by its text."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from dbtools.model.expression import Name
from dbtools.model.objects import Function, Opaque, Sequence, View

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

Kind = Literal["table", "view", "materialized view", "index", "sequence", "type", "domain", "function"]


@dataclass(frozen=True, slots=True)
class CreateView:
    """CREATE [OR REPLACE] [MATERIALIZED] VIEW; ``fails`` with the SQLSTATE of its query, once that was looked at."""

    view: View
    replace: bool = False
    if_not_exists: bool = False
    populated: bool = True
    fails: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class DropView:
    """DROP [MATERIALIZED] VIEW; ``along`` are the views that the same statement drops after it."""

    name: Name
    if_exists: bool = False
    cascade: bool = False
    materialized: bool = False
    along: frozenset[Name] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class RefreshView:
    """REFRESH MATERIALIZED VIEW; without ``data`` it is emptied, and cannot be read until the next one."""

    name: Name
    concurrently: bool = False
    data: bool = True


@dataclass(frozen=True, slots=True)
class CreateSequence:
    """CREATE SEQUENCE."""

    sequence: Sequence
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterSequence:
    """ALTER SEQUENCE; ``owner`` when it now belongs to a column."""

    name: Name
    owner: tuple[Name, str] | None = None


@dataclass(frozen=True, slots=True)
class DropSequence:
    """DROP SEQUENCE."""

    name: Name
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class CreateFunction:
    """CREATE [OR REPLACE] FUNCTION or PROCEDURE."""

    function: Function
    replace: bool = False


@dataclass(frozen=True, slots=True)
class DropFunction:
    """DROP FUNCTION or PROCEDURE; no arguments given means the only one of that name."""

    name: Name
    arguments: tuple[str, ...] | None = None
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class CreateOpaque:
    """CREATE of what is kept by its text: trigger, policy, rule, composite type, statistics, publication, ..."""

    opaque: Opaque
    replace: bool = False


@dataclass(frozen=True, slots=True)
class AlterOpaque:
    """ALTER of what is kept by its text; ``to`` when it is renamed, ``retypes`` when an attribute gets another type."""

    kind: str
    name: Name
    table: Name | None = None
    to: str = ""
    cascade: bool = False
    retypes: bool = False
    column: str = ""


@dataclass(frozen=True, slots=True)
class DropOpaque:
    """DROP of what is kept by its text."""

    kind: str
    name: Name
    table: Name | None = None
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class Rename:
    """ALTER INDEX | VIEW | SEQUENCE | TYPE | DOMAIN | FUNCTION ... RENAME TO."""

    kind: Kind
    name: Name
    to: str


@dataclass(frozen=True, slots=True)
class SetNamespace:
    """ALTER ... SET SCHEMA."""

    kind: Kind
    name: Name
    to: str


@dataclass(frozen=True, slots=True)
class CreateNamespace:
    """CREATE SCHEMA."""

    name: str
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class RenameNamespace:
    """ALTER SCHEMA ... RENAME TO."""

    name: str
    to: str


@dataclass(frozen=True, slots=True)
class DropNamespace:
    """DROP SCHEMA."""

    name: str
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class CreateExtension:
    """CREATE EXTENSION."""

    name: str
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropExtension:
    """DROP EXTENSION."""

    name: str
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """COMMENT ON; ``column`` empty for the object itself."""

    kind: str
    name: Name
    text: str | None
    column: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """GRANT or REVOKE on tables."""

    tables: tuple[Name, ...]
