"""Tables as a whole: made, dropped, renamed, altered, and joined as partitions."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from dbtools.model.expression import Name
from dbtools.model.objects import Fit, PartitionOf, Table

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

TableAction = Literal[
    "set logged", "set unlogged", "set options", "set tablespace", "set access method", "owner", "replica identity",
    "cluster on", "row security", "enable trigger", "disable trigger", "enable rule", "inherit", "no inherit",
    "of type",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class CreateTable:
    """CREATE TABLE; ``like`` the tables it copies, ``mentions`` those that the query of CREATE TABLE AS names.

    ``including``: LIKE says INCLUDING something, ``everything``: it says ALL.
    """

    table: Table
    if_not_exists: bool = False
    like: tuple[Name, ...] = ()
    query: str = ""
    mentions: tuple[Name, ...] = ()
    populated: bool = True
    including: bool = False
    everything: bool = False
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
