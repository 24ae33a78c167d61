"""Where a report goes: stdout, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from shutil import get_terminal_size

from dbtools.cli import forsake_stdout
from dbtools.cli._files import write
from dbtools.errors import UsageError
from dbtools.model.report import File, Report
from dbtools.reports import Paper, RulePage, render

# What a runner of GitHub takes for a command wherever it stands in a log: text from files gives none.
_COMMAND = re.compile(r"(?m)(^\s*:(?=:)|##(?=\[))")
_BREAK = "\N{ZERO WIDTH SPACE}"


def emit(report: Report, form: str, output: Path | None, root: Path) -> None:
    """Writes *report*, whose paths are relative to *root*, to the file *output*, or to stdout when there is none."""
    to_stdout = output is None or str(output) == "-"
    paper = Paper(color=to_stdout and _takes_color(), width=_width(), folder=_folder(root), page=_page)
    text = render(report, form, paper)
    if to_stdout and form in ("text", "markdown") and os.environ.get("GITHUB_ACTIONS"):
        text = _COMMAND.sub(f"\\1{_BREAK}", text)
    write_out(text, output)


def write_out(text: str, output: Path | None) -> None:
    """Writes *text* to the file *output*, or to stdout when there is none."""
    try:
        if output is None or str(output) == "-":
            sys.stdout.write(text)
            sys.stdout.flush()
        elif output.exists() and not output.is_file() and not output.is_dir():
            output.write_text(text, "utf-8", errors="backslashreplace")  # /dev/stderr, a pipe: nothing to rename into
        else:
            write([File(str(output.absolute()), text)], output.parent)
    except BrokenPipeError:
        forsake_stdout()
    except OSError as error:
        hint = "see that there is room, and that it can be written to"
        raise UsageError(f"cannot write the report: {error.strerror}", hint=hint) from None


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
