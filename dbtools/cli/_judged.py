"""What lint is asked about: files given by name, or the change that the project's sources make."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dbtools.change import Change, Given, Scope, gather, gather_paths
from dbtools.change.git import WorkingTree
from dbtools.change.given import neighbours, on, state_of
from dbtools.cli._project import URLS, project_of
from dbtools.errors import UsageError
from dbtools.sources.layouts import Running

if TYPE_CHECKING:
    from dataclasses import dataclass

    from dbtools.cli._call import Call
    from dbtools.model.reader import Reading
else:
    from dbtools.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms SQL is judged, where the command line says so: what shares a transaction, and the schema before."""

    transaction: str = ""
    schema: str = ""


def judged(call: Call, paths: tuple[str, ...], scope: Scope, terms: Terms | None = None) -> Change:
    """The change that lint is asked about: the files given, or else what *scope* names."""
    terms = terms or Terms()
    config = call.config_or_none if paths else call.config
    project = project_of(config) if config is not None and (config.sources or not paths) else None
    running = project.running if project is not None else Running()
    if terms.transaction:
        running = replace(running, transaction=terms.transaction, forced=True)
    state = _state(terms.schema, call.root, running) if terms.schema else None
    if paths or project is None:
        if scope.base or scope.commit or scope.staged or scope.everything:
            raise UsageError("files are given, and so is which change to judge", hint="leave one of the two out")
        return gather_paths(replace(_given(paths, call.root), state=state, since=scope.since), running, project)
    return on(state, gather(replace(project, transaction=running.transaction, forced=running.forced), scope))


def _state(written: str, root: Path, running: Running) -> Reading:
    """The schema at a path or in a live database, whose address is shown without its password."""
    if written.startswith(URLS):
        from dbtools.pg.connect import redact
        from dbtools.sources import live

        return live.read(written, redact(written))
    path = Path(written)
    if not path.exists():
        raise UsageError(f"there is no {written}", hint="name a file or folder of SQL, or the URL of a database")
    return state_of(root, _shown(path, root), running)


def _given(paths: tuple[str, ...], root: Path) -> Given:
    scripts: dict[str, bytes] = {}
    folders: dict[str, dict[str, bytes]] = {}
    for written in paths:
        path = Path(written)
        if written == "-":
            scripts["<stdin>"] = sys.stdin.buffer.read()
        elif path.is_dir():
            folders[written] = WorkingTree(root).files(_shown(path, root))
        elif path.is_file():
            scripts.update(WorkingTree(root).files(_shown(path, root)))
        else:
            raise UsageError(f"there is no {written}", hint="name a file or folder of SQL, or - for stdin")
    return Given(scripts, folders, neighbours(root, scripts))


def _shown(path: Path, root: Path) -> str:
    absolute = path.resolve()
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else absolute.as_posix()
