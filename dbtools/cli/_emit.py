"""Where a report goes: stdout, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from pathlib import Path
from shutil import get_terminal_size

from dbtools.cli import forsake_stdout
from dbtools.cli._files import write_whole
from dbtools.errors import UsageError
from dbtools.model.report import Report
from dbtools.reports import Paper, RulePage, render

# What a runner of GitHub takes for a command wherever it stands in a log: text from files gives none.
_COMMAND = re.compile(r"(?m)(^\s*:(?=:)|##(?=\[))")
_BREAK = "\N{ZERO WIDTH SPACE}"


def emit(report: Report, form: str, output: Path | None, root: Path) -> None:
    """Writes *report*, whose paths are relative to *root*, to the file *output*, or to stdout when there is none."""
    to_stdout = output is None or str(output) == "-"
    paper = Paper(color=to_stdout and _takes_color(), width=_width(), folder=_folder(root), page=_page)
    text = render(report, form, paper)
    write_out(_harmless(text) if to_stdout and form in ("text", "markdown") else text, output)


def emit_drawn(content: str | bytes, report: Report, output: Path | None, *, quiet: bool) -> None:
    """Writes what stands in the place of *report*, and to stderr what that found: errors in any case."""
    from dbtools.model.finding import Severity

    if isinstance(content, str) and not sys.stdout.isatty():
        content = content.encode("utf-8", "backslashreplace")  # as it says itself, whatever this system prefers
    if not report.failed:
        write_out(content, output)
    told = tuple(each for each in report.findings if not quiet or each.severity is Severity.ERROR)
    if told:
        sys.stderr.write(_harmless(render(replace(report, findings=told), "text", Paper(width=_width()))))


def write_out(content: str | bytes, output: Path | None) -> None:
    """Writes *content* to the file *output*, or to stdout when there is none."""
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    try:
        if output is None or str(output) == "-":
            _to_stdout(content)
        elif output.exists() and not output.is_file() and not output.is_dir():
            output.write_bytes(raw)  # /dev/stderr, a pipe: nothing to rename into
        else:
            write_whole([(output.absolute(), raw)])
    except BrokenPipeError:
        forsake_stdout()
    except OSError as error:
        hint = "see that there is room, and that it can be written to"
        raise UsageError(f"cannot write the report: {error.strerror}", hint=hint) from None


def _to_stdout(content: str | bytes) -> None:
    if isinstance(content, str):
        sys.stdout.write(content)
    elif sys.stdout.isatty():
        raise UsageError("a terminal shows no picture", hint="name a file with --output, or pipe it on")
    else:
        sys.stdout.buffer.write(content)
    sys.stdout.flush()


def _harmless(text: str) -> str:
    """*text* in a log that a runner of GitHub reads."""
    return _COMMAND.sub(f"\\1{_BREAK}", text) if os.environ.get("GITHUB_ACTIONS") else text


def _folder(root: Path) -> str:
    """Where *root* is in its repository: what shows a report beside the code counts paths from there."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    return "" if top == root else root.relative_to(top).as_posix()


def _page(rule: str) -> RulePage | None:
    """What there is to say of a rule, read when a format tells it."""
    from dbtools.explain import rule_page

    return rule_page(rule)


def _takes_color() -> bool:
    """Whether stdout takes colour: the user's word first (no-color.org, bixense.com/clicolors), then the terminal's."""
    env = os.environ
    if env.get("NO_COLOR"):
        return False
    if any(env.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return sys.stdout.isatty() and env.get("CLICOLOR") != "0" and env.get("TERM") != "dumb"


def _width() -> int:
    """The terminal's, up to where lines still read well."""
    return max(40, min(get_terminal_size((100, 24)).columns, 120))
