"""One thing that a person should look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum, IntEnum
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from dbtools.model.effects import LockMode
from dbtools.model.plan import Plan

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

LONG = 5_000  # characters of a statement


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


class Damage(IntEnum):
    """What kind of harm a finding names, the least first: findings of one severity are shown in this order.

    What is lost stays lost; what fails is seen at once; code that breaks is mended by a deployment; what blocks is
    over when it is done, and who only reads is blocked by less.
    """

    ADVICE = 1
    BLOCKS_WRITES = 2
    BLOCKS_READS = 3
    BREAKS_READERS = 4
    FAILS = 5
    LOSES_DATA = 6

    def __str__(self) -> str:
        return self.name.replace("_", " ").lower()


class Location(NamedTuple):
    """Where to look; line and column are 1-based, a column counts characters."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Point(NamedTuple):
    """A 1-based line and column of a file; the column counts characters."""

    line: int
    column: int


class SourceLine(NamedTuple):
    """One line of a file, or, where it is too long to be carried around, what stands there from *column* on."""

    line: int
    text: str
    column: int = 1


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What the file says where a finding stands.

    ``statement``: where the statement begins; findings of one statement have one cause. ``end``: where the part of it
    that the location points at ends. ``mark``: from where to where the words stand that are meant. ``lines``: those
    that show it, in their order, not always next to each other. Both ends are exclusive.
    """

    statement: Point
    end: Point
    mark: tuple[Point, Point]
    lines: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's verdict about one place.

    ``table`` and ``object`` name what it is about, ``locks`` what is taken meanwhile, ``values``
    what each source says (drift) or what was measured, ``places`` where each says it. ``damage`` is None where nobody
    weighed the harm, ``excerpt`` where the place is no statement. ``hint`` is for people and spells out the ``plan``,
    which is the same as a value.
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
    damage: Damage | None = None
    excerpt: Excerpt | None = None
    plan: Plan | None = None
    places: Mapping[str, Location] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """The same for the same problem after lines have moved: rule, file, object and the statement's own words."""
        parts = (self.rule, self.location.path, self.table, self.object, _words(self.anchor))
        return sha256("\0".join(parts).encode()).hexdigest()[:16]


@lru_cache(maxsize=16)
def _words(anchor: str) -> str:
    """A statement without its line breaks; a long one, of which there may be a thousand findings, by its digest."""
    words = " ".join(anchor.split())
    return words if len(words) <= LONG else sha256(words.encode("utf-8", "replace")).hexdigest()
