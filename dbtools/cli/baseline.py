"""Write down what lint, or drift, finds today, so that only what is new stops a change.

Commit the file and name it as lint.baseline in dbtools.yaml; with --drift, as drift.baseline. Once it exists it only
shrinks: what was mended is taken out, and nothing is put in without --add. A finding is known by its rule, its file
and the words of its statement, or what the sources say, so it stays known when lines move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dbtools.cli._call import Call
from dbtools.cli._command import writing_command

if TYPE_CHECKING:
    from dbtools.model.finding import Finding
    from dbtools.model.report import Report


@writing_command
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--file",
    metavar="FILE",
    help="The baseline.  [default: that of dbtools.yaml, or else dbtools-baseline.json, dbtools-drift.json]",
)
@click.option("--drift", "of_drift", is_flag=True, help="Of drift; each PATH is a source as there, KIND:PATH.")
@click.option("--add", is_flag=True, help="Put new findings in as well.")
def command(call: Call, paths: tuple[str, ...], file: str | None, *, of_drift: bool, add: bool) -> Report:
    from dbtools.baseline import DRIFT_FILE_NAME, FILE_NAME, baseline
    from dbtools.cli._project import baseline_of

    config = call.config_or_none
    if of_drift:
        path = file or (config.drift.baseline if config else "") or DRIFT_FILE_NAME
    else:
        path = file or (config.lint.baseline if config else "") or FILE_NAME
    found = _of_drift(call, paths) if of_drift else _of_lint(call, paths)
    known = baseline_of(call, path) if (call.root / path).is_file() else None
    return baseline(path, found, known, add=add)


def _of_lint(call: Call, paths: tuple[str, ...]) -> tuple[Finding, ...]:
    from dbtools.change import Scope
    from dbtools.cli._judged import judged
    from dbtools.cli._project import lint_settings
    from dbtools.lint import lint

    change = judged(call, paths, Scope(everything=not paths))
    return lint(change, lint_settings(call, baseline="")).findings


def _of_drift(call: Call, sources: tuple[str, ...]) -> tuple[Finding, ...]:
    """The differences; what was not read or not compared is none."""
    from dbtools.cli._drift import Asked, report

    return tuple(each for each in report(call, Asked(sources, baseline="")).findings if each.values)
