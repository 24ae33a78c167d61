"""The one source that a command reads the schema from: ``--source``, or else the truth of dbtools.yaml."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dbtools.change import Project
from dbtools.cli._project import RUN, URLS, project_of, source_of
from dbtools.errors import UsageError

if TYPE_CHECKING:
    from dbtools.cli._call import Call


def one_source(call: Call, source: str | None) -> Project:
    """A project of that source alone; one that is named, KIND:PATH or KIND, needs no dbtools.yaml."""
    config = call.config if source is None else call.config_or_none
    if config is None or not (config.sources or source is None):
        return _given(Project(call.root, {}, ""), str(source))
    project = project_of(config)
    known = replace(project, sources=config.sources)
    if source is not None and ":" in source:
        return _given(known, source)
    kind, where = source_of(source or config.truth, known)
    return _only(project, kind, config.sources[kind], f"sources.{kind} is {where}")


def _given(project: Project, source: str) -> Project:
    kind, where = source_of(source, project)
    place = where if kind in RUN else place_of(project.root, source, where)
    return _only(project, kind, (place,), source)


def _only(project: Project, kind: str, places: tuple[str, ...], written: str) -> Project:
    if kind == "live":
        return replace(project, sources={}, truth=kind, live=(database_of(written, places[0]),))
    if kind in RUN:
        return replace(project, sources={}, truth=kind, imported=places)
    return replace(project, sources={kind: places}, truth=kind)


def place_of(root: Path, written: str, where: str) -> str:
    """*where*, seen from the root, if something is there: from where the user stands, or else from the root itself."""
    path = Path(where).absolute()
    if path.exists():
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    if (root / where).exists():
        return where
    from difflib import get_close_matches

    beside = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    near = get_close_matches(path.name, beside, n=1)
    hint = (
        f"did you mean {(Path(where).parent / near[0]).as_posix()}?" if near else "name a file or folder that is there"
    )
    raise UsageError(f"{written}: there is no {where}", hint=hint)


def database_of(written: str, where: str) -> tuple[str, str]:
    """What to call a database, and its URL."""
    if where.startswith(URLS):
        from dbtools.pg.connect import redact

        return redact(where), where
    url = os.environ.get(where)
    if not url:
        hint = "live:VARIABLE names the environment variable that holds the URL of the database"
        raise UsageError(f"{written}: the variable is not set", hint=hint)
    return where, url
