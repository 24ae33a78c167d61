"""Find what in new migrations breaks, blocks or loses data, without a server.

With PATHs those files are judged in their order, against the schema that the migrations of dbtools.yaml add up to
before them, if there are any; a folder is judged as a history of its own, each migration against the schema before
it; - is stdin. Without PATHs the new migrations of the change are judged.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dbtools.cli._call import Call
from dbtools.cli._command import report_command
from dbtools.cli._options import change_options
from dbtools.errors import UsageError

if TYPE_CHECKING:
    from dbtools.change import Change, Project
    from dbtools.model.report import Report


@report_command
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@change_options
@click.option("--pg-version", type=click.IntRange(15, 18), metavar="N", help="The major version that the team runs.")
@click.option("--select", multiple=True, metavar="RULE", help="Only this rule; may be repeated, ALL means every rule.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Not this rule; may be repeated.")
@click.option(
    "--transaction", type=click.Choice(["file", "query", "statement", "none"]), help="What runs in one transaction."
)
def command(  # noqa: PLR0913 - one argument per option
    call: Call,
    paths: tuple[str, ...],
    base: str | None,
    commit: str | None,
    *,
    staged: bool,
    everything: bool,
    pg_version: int | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    transaction: str | None,
) -> Report:
    from dataclasses import replace

    from dbtools.change import Scope
    from dbtools.cli._project import change_of, lint_settings, project_of
    from dbtools.lint import lint

    settings = lint_settings(call.config_or_none, version=pg_version, ignore=ignore)
    if select:
        settings = replace(settings, select=select)
    if paths:
        config = call.config_or_none
        project = project_of(config) if config is not None and "migrations" in config.sources else None
        return lint(_given(paths, call.root, transaction or "", project), settings)
    return lint(change_of(call, Scope(base, commit, staged, everything)), settings)


def _given(paths: tuple[str, ...], root: Path, transaction: str, project: Project | None) -> Change:
    from dbtools.change import gather_paths
    from dbtools.change.git import WorkingTree

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
    return gather_paths(scripts, folders, transaction, project)


def _shown(path: Path, root: Path) -> str:
    absolute = path.resolve()
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else absolute.as_posix()
