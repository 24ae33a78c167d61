"""Which types are to be written, and from what: options, or else dbtools.yaml."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dbtools.change import Project
from dbtools.cli._project import project_of, source_of, types_of
from dbtools.config import Config
from dbtools.errors import ConfigError, UsageError
from dbtools.types import Target, Writing

if TYPE_CHECKING:
    from dbtools.cli._call import Call

LANGUAGES = {".ts": "kysely", ".py": "python"}


def targets_for(call: Call, out: tuple[str, ...]) -> tuple[tuple[Target, ...], Writing]:
    """The files to write, relative to the root; UsageError or ConfigError where there is none."""
    config = call.config_or_none
    targets, writing = types_of(config) if config else ((), Writing())
    if out:
        return tuple(_target(call, path) for path in out), writing
    if not targets:
        hint = "write types: {kysely: src/db.ts} into dbtools.yaml, or name a file with --out"
        raise ConfigError("no file of types is named", hint=hint)
    return targets, writing


def _target(call: Call, path: str) -> Target:
    language = LANGUAGES.get(Path(path).suffix)
    if language is None:
        raise UsageError(f"{path}: in which language?", hint="name a .ts file for Kysely or a .py file for Python")
    shown = Path(os.path.relpath(call.cwd / path, call.root)).as_posix()
    return Target("kysely" if language == "kysely" else "python", shown)


def project_for(call: Call, source: str | None) -> Project:
    """The one source that the types are written from."""
    config = call.config_or_none
    if source is None:
        return _only(project_of(call.config), call.config.truth)
    return _only(_configured(config), source) if config else _alone(call, source)


def _configured(config: Config) -> Project:
    return project_of(config) if config.sources else Project(config.root, {}, "")


def _only(project: Project, source: str) -> Project:
    kind, where = source_of(source, project)
    if kind == "live":
        return replace(project, sources={}, truth=kind, live=(_live(where),))
    return replace(project, sources={kind: (where,)}, truth=kind)


def _alone(call: Call, source: str) -> Project:
    return _only(Project(call.root, {}, ""), source)


def _live(variable: str) -> tuple[str, str]:
    url = os.environ.get(variable)
    if not url:
        hint = "live:VARIABLE names the environment variable that holds the URL, never the URL itself"
        raise UsageError(f"{variable} is not set", hint=hint)
    return variable, url
