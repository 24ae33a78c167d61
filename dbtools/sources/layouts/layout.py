"""What a folder of migrations holds, once its runner is known: the values that every module here takes and gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.migration import Migration, TransactionMode

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

COMMENT = re.compile(r"\s*+--([^\n]*)")
NO_TRANSACTION = re.compile(r"\s*dbtools:\s*no-transaction\b", re.IGNORECASE)
SHOWN = 5  # names in one message


@dataclass(frozen=True, slots=True)
class Running:
    """What the project says about how its migrations run.

    ``transaction`` is empty where the layout decides; ``forced``: it also goes before what a file says of itself.
    ``partly``: files were named one by one, so that others of their folder are not here.
    ``placeholders`` are the values of what is written ``{{ .name }}``, ``${name}`` or ``:name``.
    """

    transaction: str = ""
    forced: bool = False
    partly: bool = False
    placeholders: Mapping[str, str] = field(default_factory=dict)

    def mode(self, text: str, layout: TransactionMode, said: TransactionMode | None = None) -> TransactionMode:
        """How a file runs: what was forced, else what it says of itself, else the configuration, else its layout."""
        if self.transaction and self.forced:
            return self.transaction  # type: ignore[return-value]  # the configuration allows these words only
        if is_marked(text):
            return "none"
        return said or self.transaction or layout  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Layout:
    """The migrations of one folder in the order that their ``runner`` takes.

    ``problems`` are about files that will not run as their author expects. ``complete``: whether the migrations say
    all that happens to the schema; one written in code may have done anything.
    """

    runner: str
    migrations: tuple[Migration, ...] = ()
    problems: tuple[Finding, ...] = ()
    complete: bool = True

    @property
    def empty(self) -> bool:
        """Whether there is no migration, and nothing that says why."""
        return not self.migrations and not self.problems


@dataclass(frozen=True, slots=True)
class Part:
    """Files that one runner runs, by path: its migrations and whatever else of it there is."""

    runner: str
    files: Mapping[str, str]
    root: str = ""

    @property
    def sql(self) -> list[str]:
        """The paths of the SQL files."""
        return [path for path in self.files if path.endswith(".sql")]


def is_marked(text: str) -> bool:
    """Whether one of a script's first comments says that it runs outside a transaction."""
    comment = COMMENT.match(text) if "no-transaction" in text.lower() else None
    while comment:
        if NO_TRANSACTION.match(comment[1]):
            return True
        comment = COMMENT.match(text, comment.end())
    return False


def folder(path: str) -> str:
    """The folder of *path*; "" at the top."""
    return path.rpartition("/")[0]


def name(path: str) -> str:
    """The last part of *path*."""
    return path.rpartition("/")[2]


def stem(path: str) -> str:
    """The last part of *path* without its last suffix."""
    last = name(path)
    first, _, suffix = last.rpartition(".")
    return first if first and suffix else last


def below(root: str, path: str) -> str:
    """*path* in the folder *root*."""
    return f"{root}/{path}" if root else path


def blank(text: str) -> str:
    """*text* with nothing in it, and every line and column where it was."""
    return "\n".join(" " * len(line) for line in text.split("\n"))


def some(names: Iterable[str]) -> str:
    """The first of *names*, and how many more there are."""
    every = list(names)
    rest = len(every) - SHOWN
    return ", ".join(every[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def problem(rule: str, severity: Severity, message: str, location: Location, hint: str) -> Finding:
    """A finding about how migrations are laid out."""
    return Finding(rule, severity, message, location, hint=hint, object=name(location.path), anchor=message)


def ignored(paths: Iterable[str], runner: str, wants: str) -> tuple[Finding, ...]:
    """One finding for the SQL files that *runner* passes over, since they are not called as it *wants*."""
    left = sorted(paths)
    if not left:
        return ()
    verb = "is" if len(left) == 1 else "are"
    message = f"{some(map(name, left))} {verb} not run by {runner}, which takes {wants}"
    hint = "if it is no migration, keep it elsewhere; else call it as the others are"
    return (problem("migration-ignored", Severity.INFO, message, Location(left[0]), hint),)


def orphans(paths: Iterable[str], journal: str, hint: str) -> tuple[Finding, ...]:
    """A finding for each file that *journal* does not name; one for all where they are many."""
    left = sorted(paths)
    if len(left) > SHOWN:
        message = f"{some(map(name, left))} are not in {journal}: they never run"
        return (problem("journal-orphan", Severity.WARNING, message, Location(left[0]), hint),)
    messages = ((path, f"{name(path)} is not in {journal}: it never runs") for path in left)
    return tuple(problem("journal-orphan", Severity.WARNING, said, Location(path), hint) for path, said in messages)
