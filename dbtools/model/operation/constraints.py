"""Constraints of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbtools.model.expression import Name
from dbtools.model.objects import Constraint

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass


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
