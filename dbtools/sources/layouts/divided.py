"""Files that hold their way up and their way down, divided by comments: goose, dbmate, sql-migrate, node-pg-migrate.

The half that does not run is blanked, so that what runs stays on its lines and columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.migration import Migration, Script, TransactionMode
from dbtools.sources.layouts.layout import Layout, Part, Running, blank, ignored, name, problem, stem
from dbtools.sources.layouts.order import in_natural_order, twice, version


@dataclass(frozen=True, slots=True)
class Divider:
    """How a runner marks the two halves of a file.

    ``marker`` has the groups ``way`` (up or down) and ``options``. ``without``: how a half runs whose options, or whose
    file, match ``bare``. ``numbered``: whether only files whose name begins with digits are run.
    """

    runner: str
    sign: str
    marker: re.Pattern[str]
    bare: re.Pattern[str] | None = None
    without: TransactionMode = "statement"
    wraps: TransactionMode = "file"
    numbered: bool = True
    by_name: bool = False

    def marks(self, text: str) -> bool:
        """Whether *text* is written for this runner."""
        return any(found["way"].lower() == "up" for found in self.marker.finditer(text))


def _marker(before: str, after: str = "") -> re.Pattern[str]:
    line = rf"^[ \t]*--[ \t]*{before}(?P<way>up|down){after}\b(?P<options>[^\n]*)$"
    return re.compile(line, re.MULTILINE | re.IGNORECASE)


GOOSE = Divider(
    "goose", "+goose", _marker(r"\+goose[ \t]+"),
    re.compile(r"^[ \t]*--[ \t]*\+goose[ \t]+no[ \t]+transaction\b", re.MULTILINE | re.IGNORECASE),
)  # fmt: skip
SQL_MIGRATE = Divider(
    "sql-migrate", "+migrate", _marker(r"\+migrate[ \t]+"), re.compile("notransaction"), numbered=False
)
# dbmate sends a half outside of its transaction as one query.
DBMATE = Divider("dbmate", "migrate:", _marker("migrate:"), re.compile("transaction:false"), "query", by_name=True)
# It runs all that are pending in one transaction, unless it is told otherwise (docs/api.md, singleTransaction).
NODE = Divider("node-pg-migrate", " migration", _marker("", r"[ \t]+migration"), wraps="batch", numbered=False)
DIVIDERS = (GOOSE, SQL_MIGRATE, DBMATE, NODE)
STATEMENT_END = re.compile(r"^[ \t]*--[ \t]*\+(?:goose|migrate)[ \t]+StatementEnd\b", re.MULTILINE | re.IGNORECASE)


def divider_of(text: str) -> Divider | None:
    """Whose marks *text* carries."""
    lowered = text.lower()
    return next((each for each in DIVIDERS if each.sign in lowered and each.marks(text)), None)


def reader(divider: Divider) -> Callable[[Part, Running], Layout]:
    """What reads a folder of this runner."""

    def read(part: Part, running: Running) -> Layout:
        ours = [path for path in part.sql if not divider.numbered or version(path) is not None]
        ordered = sorted(ours, key=name) if divider.by_name else in_natural_order(ours)
        left = ignored(set(part.sql) - set(ours), divider.runner, "<number>_<name>.sql")
        problems = [*_unmarked(ordered, part, divider), *left]
        if divider.numbered:
            problems += twice(((path, version(path)) for path in ordered), divider.runner)
        migrations = tuple(divided(path, part.files[path], divider, running) for path in ordered)
        return Layout(divider.runner, migrations, tuple(problems))

    return read


def _unmarked(paths: Iterable[str], part: Part, divider: Divider) -> Iterator[Finding]:
    for path in paths:
        if not divider.marks(part.files[path]):
            message = f"{name(path)} does not say where its way up begins: {divider.runner} refuses it"
            hint = "put the marker that the other files have on a line of its own before the first statement"
            yield problem("up-marker-missing", Severity.ERROR, message, Location(path), hint)


def divided(path: str, text: str, divider: Divider, running: Running) -> Migration:
    """One file as a migration; without a marker all of it is the way up."""
    ended = STATEMENT_END.sub(lambda found: f";{' ' * (len(found[0]) - 1)}", text)
    marks = list(divider.marker.finditer(text))
    ups, downs = ([found for found in marks if found["way"].lower() == way] for way in ("up", "down"))
    down = Script(path, _only(ended, marks, "down")) if downs else None
    return Migration(
        stem(path),
        Script(path, _only(ended, marks, "up") if ups or downs else ended),
        down,
        running.mode(text, divider.wraps, _said(divider, text, ups)),
        reversible=True,
        down_transaction=running.mode(text, divider.wraps, _said(divider, text, downs)),
    )


def _said(divider: Divider, text: str, marks: list[re.Match[str]]) -> TransactionMode | None:
    """How one half runs where it says so; goose's word counts for both."""
    if divider.bare is None:
        return None
    where = [text] if divider is GOOSE else [found["options"] for found in marks]
    return divider.without if any(divider.bare.search(each) for each in where) else None


def _only(text: str, marks: list[re.Match[str]], way: str) -> str:
    """*text* with the other half blanked; what stands before the first marker belongs to the way up."""
    edges = [0, *(found.start() for found in marks), len(text)]
    ways = ["up", *(found["way"].lower() for found in marks)]
    halves = zip(pairwise(edges), ways, strict=True)
    return "".join(text[start:end] if each == way else blank(text[start:end]) for (start, end), each in halves)
