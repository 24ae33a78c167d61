"""Sqitch: ``sqitch.plan`` names the changes and their order, ``deploy/`` and ``revert/`` hold their scripts.

psql runs them and commits each statement by itself: the BEGIN and COMMIT of a transaction stand in the scripts. A
change that the plan names again was reworked: its first script is the one called ``<name>@<tag>.sql``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.migration import Migration, Script
from dbtools.sources.layouts import engines
from dbtools.sources.layouts.layout import Layout, Part, Running, below, folder, name, orphans, problem, stem
from dbtools.sources.layouts.order import in_natural_order
from dbtools.sources.layouts.signs import PLAN, SETTINGS

SECTION = re.compile(r'\s*\[\s*([\w.-]+)(?:\s+"([^"]*)")?\s*\]')
SETTING = re.compile(r"\s*([\w.-]+)\s*=\s*(.*?)\s*(?:[#;].*)?$")
CHANGE = re.compile(r"\s*(?P<sign>[+-]?)\s*(?P<name>[^\s@\[#+-][^\s@\[#]*)(?=\s|\[|#|\Z)")
TAG = re.compile(r"\s*@(?P<tag>[^\s#]+)")


@dataclass(frozen=True, slots=True)
class Planned:
    """A change of the plan: what its script may be called, without the suffix, and the line that names it."""

    name: str
    scripts: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Settings:
    """Where sqitch.conf says the scripts are, relative to the folder that holds it."""

    engine: str = "pg"
    top: str = ""
    deploy: str = "deploy"
    revert: str = "revert"
    extension: str = "sql"


def settings(text: str) -> Settings:
    """What sqitch.conf says, as far as it decides which files run."""
    found: dict[str, str] = {}
    section = ""
    for line in text.splitlines():
        if heading := SECTION.match(line):
            section = ".".join(filter(None, heading.groups())).lower()
        elif setting := SETTING.match(line):
            found[f"{section}.{setting[1].lower()}"] = setting[2].strip('"')
    engine = found.get("core.engine", "pg")

    def of(key: str, default: str) -> str:
        return found.get(f"engine.{engine}.{key}", found.get(f"core.{key}", default)).strip("/").removeprefix("./")

    top = of("top_dir", "")
    top = "" if top == "." else top
    return Settings(
        engine, top, of("deploy_dir", below(top, "deploy")), of("revert_dir", below(top, "revert")),
        of("extension", "sql"),
    )  # fmt: skip


def planned(text: str) -> list[Planned]:
    """The changes of a plan in order.

    A change that is named again later was reworked: its first script is called after one of the tags between the two,
    whichever there is.
    """
    named: list[tuple[str, int]] = []
    tags: list[tuple[str, int]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if tag := TAG.match(line):
            tags.append((tag["tag"], len(named)))
        elif (change := CHANGE.match(line)) and change["sign"] != "-" and not line.lstrip().startswith("%"):
            named.append((change["name"], number))
    again: dict[str, int] = {}
    found = []
    for at in reversed(range(len(named))):
        title, line_number = named[at]
        until = again.get(title)
        between = [tag for tag, before in tags if until is not None and at < before <= until]
        found.append(Planned(title, tuple(f"{title}@{tag}" for tag in between) or (title,), line_number))
        again[title] = at
    return found[::-1]


def read(part: Part, running: Running) -> Layout:
    """What the plan names; without one, the scripts in natural order."""
    configured = settings(part.files.get(below(part.root, SETTINGS), ""))
    if configured.engine not in engines.POSTGRESQL:
        return engines.skipped(configured.engine, part.sql, below(part.root, SETTINGS))
    plans = sorted(path for path in part.files if name(path) == PLAN)
    meant = below(part.root, below(configured.top, PLAN))
    plan = meant if meant in plans else next(iter(plans), "")
    deploy, revert = (_folder(part, each, folder(plan)) for each in (configured.deploy, configured.revert))
    scripts = [path for path in part.sql if path.startswith(f"{deploy}/")]
    problems: list[Finding] = []
    if plan:
        changes = planned(part.files[plan])
    else:
        problems.append(_planless(min(scripts, default=below(part.root, SETTINGS))))
        changes = [Planned(title, (title,), 1) for path in in_natural_order(scripts) if (title := _title(path, deploy))]
    migrations = []
    for change in changes:
        scripts_of = [f"{deploy}/{script}.{configured.extension}" for script in change.scripts]
        up = next((path for path in scripts_of if path in part.files), None)
        if up is None:
            problems.append(_missing(change, scripts_of[-1], plan))
        else:
            migrations.append(_migration(up, f"{revert}{up.removeprefix(deploy)}", part, running))
    ran = {each.up.path for each in migrations}
    hint = "add it to the plan with sqitch add, or delete it"
    problems.extend(orphans((path for path in scripts if path not in ran), plan, hint))
    return Layout("sqitch", tuple(migrations), tuple(problems), complete=len(migrations) == len(changes))


def _title(path: str, deploy: str) -> str:
    return path.removeprefix(f"{deploy}/").rpartition(".")[0]


def _folder(part: Part, configured: str, beside: str) -> str:
    """A folder of scripts: where sqitch.conf says, else beside the plan."""
    where = below(part.root, configured)
    return where if any(path.startswith(f"{where}/") for path in part.files) else below(beside, name(configured))


def _planless(path: str) -> Finding:
    message = f"there is no {PLAN} beside these scripts: they are read in natural order"
    hint = f"commit {PLAN}, without which Sqitch runs nothing"
    return problem("journal-missing", Severity.WARNING, message, Location(path), hint)


def _migration(up: str, down: str, part: Part, running: Running) -> Migration:
    text, back = part.files[up], part.files.get(down)
    return Migration(
        stem(up),
        Script(up, text),
        None if back is None else Script(down, back),
        running.mode(text, "statement"),
        reversible=True,
        down_transaction=running.mode(back or "", "statement"),
    )


def _missing(change: Planned, path: str, plan: str) -> Finding:
    message = f"the plan names {change.name}, but there is no {path}: sqitch deploy fails"
    hint = f"commit {name(path)}, or take {change.name} out of the plan"
    return problem("journal-missing-file", Severity.ERROR, message, Location(plan, change.line), hint)
