"""By which rules lint judges, at which severity, and for which paths otherwise."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

from dbtools.baseline import Baseline
from dbtools.errors import UsageError
from dbtools.model.finding import Finding, Severity
from dbtools.model.predict.session import NEWEST
from dbtools.model.sizes import Sizes
from dbtools.rules import Rule, migration_rules

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Choice:
    """Rules by name: ``select`` (empty: those that are on) less ``ignore``; ``severity`` in place of a rule's own."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        """Every rule that it speaks of."""
        return (*self.select, *self.ignore, *self.severity)

    def then(self, other: Choice) -> Choice:
        """This, and what *other* says beside it or instead."""
        return Choice(other.select or self.select, self.ignore + other.ignore, {**self.severity, **other.severity})


@dataclasses.dataclass(frozen=True)
class LintSettings:
    """``version`` is the major version that the team runs. ``paths`` are patterns with what holds for their files.

    ``lock_timeout`` is what the runner sets for every migration, empty where it sets none. ``baseline`` is what is
    known, ``sizes`` how big the tables are in production. ``today`` decides which ignores are over.
    """

    version: int = NEWEST
    choice: Choice = field(default_factory=Choice)
    paths: tuple[tuple[str, Choice], ...] = ()
    lock_timeout: str = ""
    baseline: Baseline = field(default_factory=Baseline)
    sizes: Sizes = field(default_factory=Sizes)
    today: date = date.min

    @cached_property
    def _known(self) -> dict[tuple[bool, ...], tuple[Choice, tuple[Rule, ...]]]:
        return {}

    def _of(self, path: str) -> tuple[Choice, tuple[Rule, ...]]:
        """What holds for a file, found once for all files that the same patterns match."""
        matching = tuple(matches(pattern, path) for pattern, _ in self.paths)
        if matching not in self._known:
            choice = self.choice
            for (_, more), matched in zip(self.paths, matching, strict=True):
                choice = choice.then(more) if matched else choice
            self._known[matching] = choice, chosen(choice)
        return self._known[matching]

    def rules(self, path: str) -> tuple[Rule, ...]:
        """The rules that judge a file."""
        return self._of(path)[1]

    def names(self, path: str) -> frozenset[str]:
        """Their names."""
        return frozenset(rule.name for rule in self.rules(path))

    def weighed(self, finding: Finding) -> Finding:
        """*finding* at the severity that the settings give to its rule."""
        severity = self._of(finding.location.path)[0].severity.get(finding.rule)
        return finding if severity is None else replace(finding, severity=severity)

    def check(self) -> None:
        """UsageError where they name a rule that does not exist."""
        rules = {rule.name for rule in migration_rules()}
        for choice in (self.choice, *(choice for _, choice in self.paths)):
            for name in choice.names():
                if name not in rules and name != ALL:
                    from difflib import get_close_matches

                    near = get_close_matches(name, rules, n=1)
                    hint = f"did you mean {near[0]}?" if near else "the rules are " + ", ".join(sorted(rules))
                    raise UsageError(f"there is no rule {name}", hint=hint)


def chosen(choice: Choice) -> tuple[Rule, ...]:
    """The rules that *choice* leaves, by name."""
    if ALL in choice.ignore:
        return ()
    every = migration_rules()
    wanted = {rule.name for rule in every if rule.on} if not choice.select else set(choice.select)
    return tuple(rule for rule in every if (rule.name in wanted or ALL in wanted) and rule.name not in choice.ignore)


def matches(pattern: str, path: str) -> bool:
    """Whether *path* is what *pattern* means: ``*`` is any text, slashes too; a folder means all below it."""
    return fnmatchcase(path, pattern) or path.startswith(f"{pattern.rstrip('/')}/")
