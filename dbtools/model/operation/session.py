"""The session and its transaction, and what is not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dbtools.model.expression import Name

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass


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
    savepoint: str = ""


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
