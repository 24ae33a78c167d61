"""One change to a schema, or one thing done to its rows.

SQL statements read into operations, and two schemas differ by operations, so one set of rules and
one model of PostgreSQL (``predict``) serve both. Every kind is one frozen class.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal, NamedTuple

from dbtools.model.effects import LockMode
from dbtools.model.expression import Expression, Name, Type, TypeChange
from dbtools.model.objects import (
    Check,
    Column,
    Constraint,
    Domain,
    Enum,
    Fit,
    Function,
    Generated,
    Identity,
    Index,
    Opaque,
    PartitionOf,
    Sequence,
    Table,
    View,
)

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

Kind = Literal["table", "view", "materialized view", "index", "sequence", "type", "domain", "function"]
TableAction = Literal[
    "set logged", "set unlogged", "set options", "set tablespace", "set access method", "owner", "replica identity",
    "cluster on", "row security", "enable trigger", "disable trigger", "enable rule", "inherit", "no inherit",
    "of type",
]  # fmt: skip
ColumnAction = Literal["statistics", "options", "storage", "compression"]


# Tables ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateTable:
    """CREATE TABLE; ``like`` the tables it copies, ``mentions`` those that the query of CREATE TABLE AS names."""

    table: Table
    if_not_exists: bool = False
    like: tuple[Name, ...] = ()
    query: str = ""
    mentions: tuple[Name, ...] = ()
    populated: bool = True
    including: bool = False
    fit: Fit | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class DropTable:
    """DROP TABLE; ``along`` are the tables that the same statement drops after it."""

    name: Name
    if_exists: bool = False
    cascade: bool = False
    along: frozenset[Name] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class RenameTable:
    """ALTER TABLE ... RENAME TO."""

    name: Name
    to: str


@dataclass(frozen=True, slots=True)
class SetNamespace:
    """ALTER ... SET SCHEMA."""

    kind: Kind
    name: Name
    to: str


@dataclass(frozen=True, slots=True)
class AlterTable:
    """A change to a table that leaves its columns and constraints as they are."""

    table: Name
    action: TableAction
    value: str = ""


@dataclass(frozen=True, slots=True)
class AttachPartition:
    """ALTER TABLE ... ATTACH PARTITION."""

    partition: Name
    of: PartitionOf
    fit: Fit | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class DetachPartition:
    """ALTER TABLE ... DETACH PARTITION."""

    table: Name
    partition: Name
    concurrently: bool = False


# Columns --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddColumn:
    """ALTER TABLE ... ADD COLUMN, with the constraints written on the column."""

    table: Name
    column: Column
    constraints: tuple[Constraint, ...] = ()
    if_not_exists: bool = False
    only: bool = False


@dataclass(frozen=True, slots=True)
class DropColumn:
    """ALTER TABLE ... DROP COLUMN."""

    table: Name
    column: str
    if_exists: bool = False
    cascade: bool = False
    only: bool = False


@dataclass(frozen=True, slots=True)
class RenameColumn:
    """ALTER TABLE ... RENAME COLUMN, also without the word COLUMN."""

    table: Name
    column: str
    to: str
    only: bool = False


@dataclass(frozen=True, slots=True)
class SetType:
    """ALTER COLUMN ... TYPE. ``change`` is None until the old type is known and both were compared."""

    table: Name
    column: str
    type: Type
    using: Expression | None = None
    collation: str | None = None
    old: Type | None = field(default=None, compare=False)
    change: TypeChange | None = field(default=None, compare=False)
    only: bool = False


@dataclass(frozen=True, slots=True)
class SetNullable:
    """ALTER COLUMN ... SET NOT NULL, or DROP NOT NULL."""

    table: Name
    column: str
    nullable: bool
    only: bool = False


@dataclass(frozen=True, slots=True)
class SetDefault:
    """ALTER COLUMN ... SET DEFAULT; None drops it."""

    table: Name
    column: str
    default: Expression | None


@dataclass(frozen=True, slots=True)
class SetIdentity:
    """ALTER COLUMN ... ADD or DROP IDENTITY; ``changes`` when it is SET GENERATED on a column that has one."""

    table: Name
    column: str
    identity: Identity
    changes: bool = False
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class SetGenerated:
    """ALTER COLUMN ... SET EXPRESSION; None is DROP EXPRESSION."""

    table: Name
    column: str
    generated: Generated | None
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterColumn:
    """A column setting that takes no part in what the column holds."""

    table: Name
    column: str
    action: ColumnAction


# Constraints ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddConstraint:
    """ALTER TABLE ... ADD CONSTRAINT; an empty name lets PostgreSQL choose. ``using_index`` adopts an index."""

    table: Name
    constraint: Constraint
    using_index: str = ""
    only: bool = False


@dataclass(frozen=True, slots=True)
class DropConstraint:
    """ALTER TABLE ... DROP CONSTRAINT."""

    table: Name
    name: str
    if_exists: bool = False
    cascade: bool = False
    only: bool = False


@dataclass(frozen=True, slots=True)
class ValidateConstraint:
    """ALTER TABLE ... VALIDATE CONSTRAINT."""

    table: Name
    name: str


@dataclass(frozen=True, slots=True)
class RenameConstraint:
    """ALTER TABLE ... RENAME CONSTRAINT."""

    table: Name
    name: str
    to: str


@dataclass(frozen=True, slots=True)
class AlterConstraint:
    """ALTER TABLE ... ALTER CONSTRAINT; None leaves as it is."""

    table: Name
    name: str
    deferrable: bool | None = None
    enforced: bool | None = None


# Indexes --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateIndex:
    """CREATE INDEX; an empty name lets PostgreSQL choose."""

    table: Name
    index: Index
    concurrently: bool = False
    if_not_exists: bool = False
    only: bool = False


@dataclass(frozen=True, slots=True)
class DropIndex:
    """DROP INDEX."""

    name: Name
    concurrently: bool = False
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class Reindex:
    """REINDEX INDEX | TABLE | SCHEMA | DATABASE."""

    kind: Literal["index", "table", "schema", "database", "system"]
    name: Name
    concurrently: bool = False


@dataclass(frozen=True, slots=True)
class AlterIndex:
    """ALTER INDEX ... SET, ATTACH PARTITION (``partition`` is the index attached), or SET STATISTICS."""

    name: Name
    partition: Name | None = None


# Types ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateEnum:
    """CREATE TYPE ... AS ENUM."""

    enum: Enum


@dataclass(frozen=True, slots=True)
class AddEnumValue:
    """ALTER TYPE ... ADD VALUE; ``beside`` with ``before`` says where, else last."""

    name: Name
    label: str
    beside: str = ""
    before: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class RenameEnumValue:
    """ALTER TYPE ... RENAME VALUE."""

    name: Name
    label: str
    to: str


@dataclass(frozen=True, slots=True)
class CreateDomain:
    """CREATE DOMAIN."""

    domain: Domain


@dataclass(frozen=True, slots=True)
class AddDomainCheck:
    """ALTER DOMAIN ... ADD CHECK."""

    name: Name
    check: Check


@dataclass(frozen=True, slots=True)
class AlterDomain:
    """ALTER DOMAIN ... VALIDATE, DROP CONSTRAINT, SET or DROP NOT NULL, SET or DROP DEFAULT."""

    name: Name
    action: Literal["validate", "drop constraint", "not null", "nullable", "default"]
    value: str = ""
    default: Expression | None = None
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropType:
    """DROP TYPE, DROP DOMAIN."""

    name: Name
    if_exists: bool = False
    cascade: bool = False


# Views, sequences, functions and the rest -----------------------------------------------------


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


# Rows -----------------------------------------------------------------------------------------


class Constant(NamedTuple):
    """A string in a query, and what PostgreSQL reads it as: a value of ``column``, or of the type ``type``.

    A ``position`` counts the columns of the table from 1, where INSERT names none. Without any of the three, what the
    string is read as takes more than its place in the text.
    """

    text: str
    column: str = ""
    type: str = ""
    position: int = 0

    @property
    def is_bare(self) -> bool:
        """Whether nothing says what it is read as."""
        return not (self.column or self.type or self.position)


@dataclass(frozen=True, slots=True)
class Insert:
    """INSERT or COPY FROM; ``reads`` are the relations its query names.

    ``rows``: how many it adds for certain. ``constants`` here and below: the strings that the statement says, filled
    in where the transaction has added labels to an enum.
    """

    table: Name
    columns: tuple[str, ...] = ()
    reads: tuple[Name, ...] = ()
    rows: int = field(default=0, compare=False)
    constants: tuple[Constant, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Update:
    """UPDATE, also the matched part of MERGE."""

    table: Name
    columns: tuple[str, ...] = ()
    where: Expression | None = None
    reads: tuple[Name, ...] = ()
    constants: tuple[Constant, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Delete:
    """DELETE."""

    table: Name
    where: Expression | None = None
    reads: tuple[Name, ...] = ()
    constants: tuple[Constant, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Truncate:
    """TRUNCATE."""

    tables: tuple[Name, ...]
    cascade: bool = False
    only: frozenset[Name] = frozenset()


@dataclass(frozen=True, slots=True)
class Select:
    """A query that changes nothing; ``locks`` when it says FOR UPDATE and the like."""

    reads: tuple[Name, ...] = ()
    locks: bool = False
    setval: tuple[Name, ...] = ()
    constants: tuple[Constant, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class LockTable:
    """LOCK TABLE."""

    tables: tuple[Name, ...]
    mode: LockMode
    only: frozenset[Name] = frozenset()


@dataclass(frozen=True, slots=True)
class Maintain:
    """VACUUM, ANALYZE, CLUSTER; no tables means all of them."""

    verb: Literal["vacuum", "vacuum full", "analyze", "cluster"]
    tables: tuple[Name, ...]
    index: str = ""


# The session, and what is not read ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetParameter:
    """SET, RESET (value None)."""

    name: str
    value: str | None
    local: bool = False


@dataclass(frozen=True, slots=True)
class Transaction:
    """BEGIN, COMMIT, ROLLBACK, savepoints."""

    verb: Literal["begin", "commit", "rollback", "savepoint", "release", "rollback to"]


@dataclass(frozen=True, slots=True)
class Other:
    """A statement that changes neither tables nor rows: roles, listeners, prepared statements, ..."""

    statement: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """What could not be read: ``touches`` what it may change, None when that may be anything."""

    text: str
    reason: str
    touches: tuple[Name, ...] | None = None


Operation = (
    CreateTable | DropTable | RenameTable | SetNamespace | AlterTable | AttachPartition | DetachPartition
    | AddColumn | DropColumn | RenameColumn | SetType | SetNullable | SetDefault | SetIdentity | SetGenerated
    | AlterColumn | AddConstraint | DropConstraint | ValidateConstraint | RenameConstraint | AlterConstraint
    | CreateIndex | DropIndex | Reindex | AlterIndex | CreateEnum | AddEnumValue | RenameEnumValue | CreateDomain
    | AddDomainCheck | AlterDomain | DropType | CreateView | DropView | RefreshView | CreateSequence | AlterSequence
    | DropSequence | CreateFunction | DropFunction | CreateOpaque | AlterOpaque | DropOpaque | Rename
    | CreateNamespace | RenameNamespace | DropNamespace | CreateExtension | DropExtension | Comment | Grant
    | Insert | Update | Delete | Truncate | Select | LockTable | Maintain | SetParameter | Transaction | Other | Unknown
)  # fmt: skip
