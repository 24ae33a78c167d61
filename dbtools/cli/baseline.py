"""Write down what lint finds today, so that only what is new stops a change.

Commit the file and name it as lint.baseline in dbtools.yaml. Once it exists it only shrinks: what was mended is taken
out, and nothing is put in without --add. A finding is known by its rule, its file and the words of its statement, so
it stays known when lines move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dbtools.cli._call import Call
from dbtools.cli._command import writing_command

if TYPE_CHECKING:
    from dbtools.model.report import Report


@writing_command
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--file",
    metavar="FILE",
    help="The baseline.  [default: lint.baseline of dbtools.yaml, or else dbtools-baseline.json]",
)
@click.option("--add", is_flag=True, help="Put new findings in as well.")
def command(call: Call, paths: tuple[str, ...], file: str | None, *, add: bool) -> Report:
    from dbtools.change import Scope
    from dbtools.cli._judged import judged
    from dbtools.cli._project import lint_settings
    from dbtools.lint import lint
    from dbtools.lint.baseline import FILE_NAME, baseline

    configured = call.config_or_none.lint.baseline if call.config_or_none else ""
    path = file or configured or FILE_NAME
    exists = (call.root / path).is_file()
    change = judged(call, paths, Scope(everything=not paths))
    found = lint(change, lint_settings(call, baseline="")).findings
    known = lint_settings(call, baseline=path).baseline if exists else None
    return baseline(path, found, known, add=add)
