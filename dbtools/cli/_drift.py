"""Sources given on the command line or in dbtools.yaml, read and compared."""

from __future__ import annotations

import os
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dbtools.change import Project, Scope, gather
from dbtools.cli._one_source import database_of, place_of
from dbtools.cli._project import RUN, baseline_of, project_of, source_of
from dbtools.drift import DriftSettings, drift
from dbtools.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from dbtools.cli._call import Call
    from dbtools.config import Config
    from dbtools.model.question import Question
    from dbtools.model.report import Report
    from dbtools.model.schema import Schema

FEWEST = 2  # a source agrees with itself
HOW = "dbtools drift prisma:schema.prisma sql:schema.sql"


@dataclass(frozen=True, slots=True)
class Asked:
    """What to compare, as the command line says it; ``baseline`` is None for that of dbtools.yaml, "" for none."""

    sources: tuple[str, ...] = ()
    truth: str = ""
    scratch: bool = False
    baseline: str | None = None


def report(call: Call, asked: Asked) -> Report:
    """The drift of the sources that are *asked* for, else of those that dbtools.yaml names."""
    config = call.config_or_none if asked.sources else call.config
    projects = _written(call, asked.sources, config) if asked.sources else [_configured(call.config)]
    changes = [gather(project, Scope(everything=True)) for project in projects]
    readings = [reading for change in changes for reading in change.readings]
    problems = [problem for change in changes for problem in change.problems]
    names = {name for each in readings for name in (each.kind, each.where, str(each))}
    if asked.truth and readings and asked.truth not in names:
        hint = f"name one of {', '.join(map(str, readings))}"
        raise UsageError(f"--truth is {asked.truth}, which is none of the sources", hint=hint)
    truth = asked.truth or ("" if asked.sources else call.config.truth)
    known = (config.drift.baseline if config else "") if asked.baseline is None else asked.baseline
    ask = _on_scratch if asked.scratch else None
    found = drift(readings, DriftSettings(truth, ask, baseline_of(call, known)))
    unreadable = len(readings) < FEWEST and any(each.rule == "unreadable-source" for each in problems)
    return replace(found, findings=(*problems, *found.findings), status="failed" if unreadable else found.status)


def _configured(config: Config) -> Project:
    project = project_of(config, live=True)
    if sum(map(len, project.sources.values())) + len(project.live) + len(project.imported) < FEWEST:
        hint = f"add another to sources, or give them: {HOW}"
        raise ConfigError(f"{config.path.name} names one source, which has nothing to be compared with", hint=hint)
    return project


def _written(call: Call, written: tuple[str, ...], config: Config | None) -> list[Project]:
    """Each source as a project of its own, so that two folders of migrations are two histories."""
    configured = project_of(config) if config is not None and config.sources else None
    seen: set[tuple[str, str]] = set()
    projects = []
    for each in written:
        kind, where = source_of(each, configured)
        start = replace(configured or Project(call.root, {}, ""), root=call.root, sources={}, queries=())
        start = replace(start, live=(), imported=())
        place = where if kind in RUN else place_of(call.root, each, where)
        if (kind, os.path.normpath(place)) in seen:
            raise UsageError(f"{each} is given twice", hint="a source agrees with itself: leave one of the two out")
        seen.add((kind, os.path.normpath(place)))
        if kind == "live":
            projects.append(replace(start, live=(database_of(each, where),)))
        elif kind in RUN:
            projects.append(replace(start, imported=(where,)))
        else:
            projects.append(replace(start, sources={kind: (place,)}))
    if len(projects) < FEWEST:
        raise UsageError(f"{written[0]} alone has nothing to be compared with", hint=f"name another: {HOW}")
    return projects


def _on_scratch(schema: Schema, questions: AbstractSet[Question]) -> Mapping[Question, str]:
    """What a throw-away server makes of *questions*."""
    from dbtools.pg.account import account
    from dbtools.pg.parsed import parsed
    from dbtools.pg.server import server

    with server() as scratch, account(scratch) as found, scratch.database(owner=found.role) as url:
        return parsed(found.url(url), schema, questions)  # what is constant is worked out, by the schema's functions
