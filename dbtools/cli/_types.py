"""Which types are to be written: options, or else dbtools.yaml."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from dbtools.cli._project import types_of
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
