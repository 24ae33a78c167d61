"""What a command hands to a format: findings, sections to show, files to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from dbtools.model.finding import Finding, Location, Severity

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass


@dataclass(frozen=True, slots=True)
class TableSection:
    """A titled table of text cells."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    summary: str = ""


@dataclass(frozen=True, slots=True)
class TextSection:
    """A titled paragraph, or, with a ``language``, a block (``mermaid``, ``sql``, ``diff``) above its ``summary``."""

    title: str
    text: str
    language: str = ""
    summary: str = ""


Section = TableSection | TextSection


@dataclass(frozen=True, slots=True)
class File:
    """A file that the command makes; ``cli/`` writes it whole, or compares it with ``--check``. None deletes it."""

    path: str
    content: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one command. ``parts`` are the reports that ``review`` joins.

    ``seen`` is what a server did at a place where it was also foretold: the evidence for findings there.
    ``figures`` are the numbers of the work done (``tables``, ``statements``), ``summary`` one line
    that says how it went. A report with a ``title`` is a page to be read: its sections are what was asked for, and it
    holds only words of dbtools' own.
    """

    command: str
    summary: str = ""
    findings: tuple[Finding, ...] = ()
    sections: tuple[Section, ...] = ()
    files: tuple[File, ...] = ()
    figures: Mapping[str, int | float] = field(default_factory=dict)
    parts: tuple[Report, ...] = ()
    seen: Mapping[Location, str] = field(default_factory=dict)
    status: Literal["done", "skipped", "failed"] = "done"
    title: str = ""

    def every_finding(self) -> tuple[Finding, ...]:
        """The findings of this report and of its parts."""
        return (*self.findings, *(finding for part in self.parts for finding in part.every_finding()))

    def every_file(self) -> tuple[File, ...]:
        """The files of this report and of its parts."""
        return (*self.files, *(file for part in self.parts for file in part.every_file()))

    @property
    def failed(self) -> bool:
        """Whether this report, or a part of it, could not do its work."""
        return self.status == "failed" or any(part.failed for part in self.parts)

    def reaches(self, severity: Severity) -> bool:
        """Whether a finding is at least as severe as *severity*."""
        return any(finding.severity >= severity for finding in self.every_finding())
