"""How a command is declared: a function that returns a Report, with the options that all of them share.

    @report_command
    @click.argument("paths", nargs=-1)
    def command(call: Call, paths: tuple[str, ...]) -> Report: ...

The module's docstring is the command's help. The function neither prints nor exits; what it raises
on purpose is a DbtoolsError, and the hall knows what to do with that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from dbtools.cache import NO_CACHE
from dbtools.cli import CLEAN, FAILED, FOUND
from dbtools.cli._call import Call
from dbtools.errors import UsageError
from dbtools.reports import FORMATS

if TYPE_CHECKING:
    from dbtools.model.report import Report

SEVERITIES = ("error", "warning", "info", "never")

_SHARED = (
    click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Where to, instead of stdout."),
    click.option("--fail-on", type=click.Choice(SEVERITIES),
                 help="Exit with 1 from this severity on.  [default: fail_on of dbtools.yaml, or else error]"),
    click.option("--config", type=click.Path(path_type=Path), metavar="FILE",
                 help="The settings.  [default: the nearest dbtools.yaml of the repository]"),
    click.option("--no-cache", is_flag=True, help="Neither use nor keep what earlier runs found out."),
    click.option("-v", "--verbose", is_flag=True, help="Say every step on stderr."),
    click.option("-q", "--quiet", is_flag=True, help="Say nothing on stderr but errors."),
)  # fmt: skip
_OUTPUT, *_, _VERBOSE, _QUIET = _SHARED
_CHECK = click.option("--check", is_flag=True, help="Write nothing; what would change is a finding.")


class Shared(NamedTuple):
    """What the caller said about the report."""

    form: str
    output: Path | None
    fail_on: str | None
    config: Path | None
    no_cache: bool
    verbose: bool
    quiet: bool


class Drawn(NamedTuple):
    """What a command makes in a form of its own, in the place of its report; what that found is told on stderr."""

    report: Report
    content: str | bytes


class Command(click.Command):
    """A command whose help keeps apart what it does and how it reports."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Two lists of options instead of one."""
        lists: dict[str, list[tuple[str, str]]] = {"Options": [], "Report": []}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record and record[1]:
                lists["Report" if param.name in (*Shared._fields, "check", "help") else "Options"].append(record)
        for title, records in lists.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def report_command(function: Callable[..., Report | Drawn], drawn: tuple[str, ...] = ()) -> click.Command:
    """A command that shows what *function* returns; in the forms *drawn* that is its own text or picture."""

    @wraps(function)
    def reporting(**values: Any) -> int:
        from dbtools.cli._emit import emit, emit_drawn

        shared = Shared(**{name: values.pop(name) for name in Shared._fields})
        if shared.no_cache:
            os.environ[NO_CACHE] = "1"  # for whoever folds a history, and for the programs that we start
        call = Call(shared.config, form=shared.form, verbose=shared.verbose, quiet=shared.quiet)
        fail_on = shared.fail_on or (call.config_or_none.fail_on if call.config_or_none else "error")
        try:
            made = function(call, **values)
        except BrokenPipeError as error:  # of a program that it runs; the hall takes others for stdout's
            raise RuntimeError("a pipe to another program broke") from error
        finally:
            call.close()
        if isinstance(made, Drawn):
            emit_drawn(made.content, made.report, shared.output, quiet=shared.quiet)
            return _exit_code(made.report, fail_on)
        emit(made, shared.form, shared.output, call.root)
        return _exit_code(made, fail_on)

    for option in (*reversed(_SHARED), _format((*FORMATS, *drawn))):
        reporting = option(reporting)
    return click.command(cls=Command, help=sys.modules[function.__module__].__doc__)(reporting)


def _format(forms: tuple[str, ...]) -> Callable[[Any], Any]:
    choice = click.Choice(forms)
    return click.option(
        "--format", "form", type=choice, default="text", show_default=True, help="How the report is written."
    )


def document_command(function: Callable[..., str]) -> click.Command:
    """A command that makes a text of its own form, rather than a report, for stdout or ``--output``."""

    @wraps(function)
    def documenting(*, output: Path | None, verbose: bool, quiet: bool, **values: Any) -> int:
        from dbtools.cli._emit import write_out

        call = Call(None, verbose=verbose, quiet=quiet)
        try:
            text = function(call, **values)
        finally:
            call.close()
        write_out(text, output)
        return CLEAN

    for option in (_QUIET, _VERBOSE, _OUTPUT):
        documenting = option(documenting)
    return click.command(cls=Command, help=sys.modules[function.__module__].__doc__)(documenting)


def writing_command(function: Callable[..., Report | Drawn], drawn: tuple[str, ...] = ()) -> click.Command:
    """A command that also writes the files of the report, or, with ``--check``, finds those that differ.

    In the forms *drawn* it leaves those files alone.
    """

    @wraps(function)
    def writing(call: Call, *, check: bool, **values: Any) -> Report | Drawn:
        from dbtools.cli._files import checked, outdated, write

        if check and call.form in drawn:
            raise UsageError("--check compares the files of the report", hint=f"leave out --format {call.form}")
        report = function(call, **values)
        if isinstance(report, Drawn):
            return report
        files = () if report.failed else outdated(report.every_file(), call.root)
        if check:
            return checked(report, files, call.root)
        write(files, call.root)
        for file in files:
            call.note(f"{'removed' if file.content is None else 'wrote'} {file.path}")
        return report

    return report_command(_CHECK(writing), drawn)


def drawing_command(*drawn: str) -> Callable[[Callable[..., Report | Drawn]], click.Command]:
    """A writing command that also knows the forms *drawn*, for which it returns what it has Drawn."""
    return partial(writing_command, drawn=drawn)


def _exit_code(report: Report, fail_on: str) -> int:
    """What could not be finished weighs more than what was found: its silence means nothing."""
    from dbtools.model.finding import Severity

    if report.failed:
        return FAILED
    return FOUND if fail_on != "never" and report.reaches(Severity[fail_on.upper()]) else CLEAN
