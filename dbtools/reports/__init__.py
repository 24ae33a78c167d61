"""A Report as text: one module per format, each with ``render(report, paper) -> str``.

Importing this package imports no format: ``render`` does, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from dbtools.model.finding import Severity
    from dbtools.model.report import Report

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "text": "dbtools.reports.text",
        "json": "dbtools.reports.json",
        "markdown": "dbtools.reports.markdown",
        "github": "dbtools.reports.github",
        "sarif": "dbtools.reports.sarif",
        "gitlab": "dbtools.reports.gitlab",
    }
)


class RulePage(NamedTuple):
    """What is known of a rule, for a format that tells it: in a sentence, in a paragraph, and as a page."""

    summary: str
    why: str = ""
    markdown: str = ""
    link: str = ""
    severity: Severity | None = None
    on: bool = True


class Paper(NamedTuple):
    """What a report is written on: whether it takes colour, its width in columns, how many bytes it holds.

    GitHub takes 65,536 characters in a comment and 1 MiB in a job summary; 60,000 bytes fit both. ``folder``: the one
    of the repository that paths are relative to. ``page``: what is known of a rule.
    """

    color: bool = False
    width: int = 100
    limit: int = 60_000
    folder: str = ""
    page: Callable[[str], RulePage | None] = lambda _: None


def render(report: Report, form: str, paper: Paper | None = None) -> str:
    """*report* in the format called *form*, ending with one line break."""
    return cast("str", import_module(FORMATS[form]).render(report, paper or Paper()))


def schema_path() -> Path:
    """The JSON Schema of the format ``json``."""
    return Path(__file__).with_name("report.schema.json")
