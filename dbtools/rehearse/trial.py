"""An experiment with one migration, on databases that are as before it: what it is given, and what it shows.

An experiment is a module with ``applies(scene) -> bool``, asked before the migration runs so that copies of the
database are only made where somebody needs them, and ``perform(scene, watched) -> Trial | None``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from dbtools.change.value import Code
from dbtools.model.expression import Name
from dbtools.model.finding import Evidence, Finding, Location, Severity
from dbtools.model.migration import Migration
from dbtools.model.schema import Schema
from dbtools.pg.guard import UNGUARDED, Guard
from dbtools.pg.losses import Tally
from dbtools.rehearse.settings import RehearseSettings
from dbtools.rehearse.state import State
from dbtools.rehearse.watch import Watched
from dbtools.sql.walk import Step


class Fact(NamedTuple):
    """Something the server did at one statement of a migration; ``line`` is 1-based."""

    line: int
    statement: str
    seen: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What an experiment showed: a few words for the overview, below ``title``, and the rest."""

    title: str
    result: str
    findings: tuple[Finding, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """One migration and where it is about to run.

    ``before`` is the schema that the server's catalog shows, with rows in its tables; ``steps`` foretell the
    migration. ``copy`` makes a database that is as this one is now, and drops it when its block ends; its URL is that
    of the account that runs migrations, which is no superuser, and ``admin`` makes of it the URL of one. ``guard`` is
    what their scripts are sent with, to ``run``, ``send``, ``watch`` and ``observe``. ``rows`` is what
    the tables hold, column by column for those in ``closely``, whose values one of the two ways may change. ``after``
    is what the way up made of it all; known once it has run, where there is a way down or an experiment to compare.
    ``code`` is what meets a schema that was not written for it while the change is deployed; None where that is not
    known.
    """

    migration: Migration
    before: Schema
    steps: tuple[Step, ...]
    settings: RehearseSettings
    copy: Callable[[], AbstractContextManager[str]] = field(compare=False)
    closely: frozenset[Name] = frozenset()
    rows: Mapping[Name, Tally] = field(default_factory=dict)
    after: State | None = None
    code: Code | None = field(default=None, compare=False)
    guard: Guard = field(default=UNGUARDED, compare=False)
    admin: Callable[[str], str] = field(default=str, compare=False)


class Experiment(Protocol):
    """A module that holds one. ``COPIES``: how many databases it makes at most, 0 where it does not know."""

    COPIES: int

    def applies(self, scene: Scene) -> bool:
        """Whether it could show anything of this migration, going by what is foretold."""

    def perform(self, scene: Scene, watched: tuple[Watched, ...]) -> Trial | None:
        """What it showed; the migration has run once before, as *watched*."""


def rehearsed(rule: str, severity: Severity, message: str, location: Location, hint: str) -> Finding:
    """A finding that rests on what a server did."""
    return Finding(rule, severity, message, location, Evidence.REHEARSED, hint)
