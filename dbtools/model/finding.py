"""One thing that a person should look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from hashlib import sha256
from typing import NamedTuple

from dbtools.model.effects import LockMode


class Severity(IntEnum):
    """How much a finding matters."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


class Evidence(Enum):
    """What a finding rests on: the text alone, the schema before the change, or a server that ran it."""

    STATIC = "static"
    STATEFUL = "stateful"
    REHEARSED = "rehearsed"

    def __str__(self) -> str:
        return self.value


class Location(NamedTuple):
    """Where to look; line and column are 1-based, a column counts characters."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's verdict about one place.

    ``table`` and ``object`` name what it is about, ``locks`` what is taken meanwhile, ``values``
    what each source says (drift) or what was measured.
    """

    rule: str
    severity: Severity
    message: str
    location: Location
    evidence: Evidence = Evidence.STATIC
    hint: str = ""
    table: str = ""
    object: str = ""
    locks: Mapping[str, LockMode] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    anchor: str = ""

    @property
    def fingerprint(self) -> str:
        """The same for the same problem after lines have moved: rule, file, object and the statement's own words."""
        parts = (self.rule, self.location.path, self.table, self.object, " ".join(self.anchor.split()))
        return sha256("\0".join(parts).encode()).hexdigest()[:16]
