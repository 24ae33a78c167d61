"""Columns of a table."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from dbtools.model.expression import Expression, Name, Type, TypeChange
from dbtools.model.objects import Column, Constraint, Generated, Identity

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

ColumnAction = Literal["statistics", "options", "storage", "compression"]


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
