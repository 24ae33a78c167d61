"""Enums and domains; of other types only that they are dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dbtools.model.expression import Expression, Name
from dbtools.model.objects import Check, Domain, Enum

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass


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
