"""Indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dbtools.model.expression import Name
from dbtools.model.objects import Index

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass


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
