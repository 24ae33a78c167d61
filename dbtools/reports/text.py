"""A Report for people at a terminal: the verdict, what was found with what to do, what was seen, the total."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from dbtools.model.finding import Finding, Severity
from dbtools.model.report import Report, Section, TableSection, TextSection
from dbtools.reports import Paper
from dbtools.reports.source import rows, width
from dbtools.reports.wording import Cause, advice, by_cause, figures, plain, said, seen, verdict

_STYLES = {"red": "31;1", "yellow": "33;1", "cyan": "36", "green": "32", "bold": "1", "dim": "2"}
_SEVERITY_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_SEVERITY_MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.INFO: "·"}
_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}
_NUMBER = re.compile(r"[-+±]?[\d,]+(\.\d+)?( ?\S{1,2})?|")
_LEAST_WIDTH = 24
_LONGEST_SQL = 12  # lines of a hint: a plan may have fifty
_GUTTER = " │ "


def render(report: Report, paper: Paper | None = None) -> str:
    """Lines no wider than the paper where words allow it; one line when there is nothing to show."""
    return "\n".join(_Writer(paper or Paper(), joined=bool(report.parts)).whole(report)) + "\n"


class _Writer:
    """Writes on one paper; every method gives the lines of what it is named after."""

    def __init__(self, paper: Paper, *, joined: bool = False) -> None:
        self.paper = paper
        self.joined = joined

    def whole(self, report: Report) -> Iterator[str]:
        if report.title:
            yield from self.page(report)
            return
        for part in report.parts:
            yield from self.part(part, with_figures=True)
            yield ""
        if not report.parts:
            yield from self.part(report, with_figures=bool(report.findings or report.sections))
            if report.findings:
                yield ""
        else:
            yield from self.body(report)
        if report.parts or report.findings:
            yield self.total(report)

    def page(self, report: Report) -> Iterator[str]:
        yield self.styled(plain(report.title), "bold")
        yield from self.wrapped(report.summary, "  ")
        yield from self.body(report)

    def part(self, report: Report, *, with_figures: bool) -> Iterator[str]:
        yield f"{self.mark(report)} {self.styled(plain(report.command), 'bold')}: {plain(said(report))}"
        if with_figures and (numbers := figures(report)):
            yield self.styled(f"  {plain(numbers)}", "dim")
        yield from self.body(report)
        for part in report.parts:
            yield from self.part(part, with_figures=with_figures)

    def body(self, report: Report) -> Iterator[str]:
        for cause in by_cause(report.findings):
            yield ""
            yield from self.cause(cause)
        for section in report.sections:
            yield ""
            yield from self.section(section)

    def total(self, report: Report) -> str:
        joined = (report.summary, figures(report)) if report.parts else ()
        noted = "".join(f" · {plain(one)}" for one in joined if one)
        return f"{self.mark(report)} {self.styled(verdict(report), 'bold')}{noted}"

    def mark(self, report: Report) -> str:
        if report.failed:
            return self.styled("✗", "red")
        worst = max((finding.severity for finding in report.every_finding()), default=None)
        if worst is not None:
            return self.styled(_SEVERITY_MARKS[worst], _SEVERITY_STYLES[worst])
        return self.styled("○", "dim") if report.status == "skipped" else self.styled("✓", "green")

    def cause(self, cause: Cause) -> Iterator[str]:
        """Where and what it says there, once; below it every finding. What several of them share comes once."""
        several = len(cause.findings) > 1
        path, line, column = cause.location
        where = self.styled(f"{plain(path)}:{line}:{column}", "bold")
        yield f"  {where}" if several else f"  {where}  {self.name(cause.findings[0])}"
        yield from self.source(cause)
        lead = " " * (6 if several else 4)
        noted = ["" if _is_comparison(finding) else seen(finding, placed=False) for finding in cause.findings]
        shared = len(set(noted)) == 1
        apart = len({excerpt.mark[0].line for excerpt in cause.excerpts}) > 1
        advised: set[str] = set()
        for finding, note in zip(cause.findings, noted, strict=True):
            if several:
                there = f"  line {finding.excerpt.mark[0].line}" if apart and finding.excerpt else ""
                yield f"    {self.name(finding)}{self.styled(there, 'dim')}"
            yield from self.wrapped(finding.message, lead)
            yield from self.places(finding, lead)
            if finding.hint not in advised:
                yield from self.advice(finding.hint, lead)
            advised.add(finding.hint)
            if not shared:
                yield from self.wrapped(note, lead, style="dim")
        if shared:
            yield from self.wrapped(noted[0], "    ", style="dim")

    def places(self, finding: Finding, lead: str) -> Iterator[str]:
        """Who says what, and where: a line for each source, or two where it does not fit."""
        cells = [
            (plain(source), plain(finding.values.get(source, "")), plain(str(place)))
            for source, place in finding.places.items()
        ]
        names, said, there = (max((width(cell[number]) for cell in cells), default=0) for number in range(3))
        fits = len(lead) + names + said + there + 4 <= self.paper.width
        for source, value, place in cells:
            gaps = " " * (names - width(source)), " " * (said - width(value))
            if fits:
                yield f"{lead}{source}{gaps[0]}  {value}{gaps[1]}  {self.styled(place, 'dim')}"
            else:
                yield f"{lead}{source}{gaps[0]}  {self.styled(place, 'dim')}"
                yield from self.wrapped(value, f"{lead}  ")

    def name(self, finding: Finding) -> str:
        return f"{self.styled(str(finding.severity), _SEVERITY_STYLES[finding.severity])}  {plain(finding.rule)}"

    def source(self, cause: Cause) -> Iterator[str]:
        every = list(rows(cause.excerpts, self.paper.width - len(_GUTTER) - 4))
        digits = max((len(row.number) for row in every), default=0)
        for row in every:
            gutter = self.styled(f"    {row.number:>{digits}}{_GUTTER}".rstrip(), "dim")
            style = _SEVERITY_STYLES[cause.findings[0].severity] if row.carets else ""
            yield f"{gutter} {self.styled(row.text, style)}".rstrip()

    def advice(self, hint: str, lead: str) -> Iterator[str]:
        prose, sql = advice(hint)
        if prose:
            yield from self.wrapped(prose, f"{lead}→ ", style="cyan")
        lines = plain(sql).splitlines()
        shown = lines if len(lines) <= _LONGEST_SQL else lines[: _LONGEST_SQL - 1]
        for number, line in enumerate(shown):  # never wrapped: it is there to be copied
            yield self.styled(f"{lead}{'→ ' if not (prose or number) else '  '}{line}".rstrip(), "cyan")
        if len(shown) < len(lines):
            rest = len(lines) - len(shown)
            more = f"… {rest} more lines: --format markdown shows all, dbtools lint --fix writes them"
            yield from self.wrapped(more, f"{lead}  ", style="dim")

    def section(self, section: Section) -> Iterator[str]:
        if section.title:
            yield f"  {self.styled(plain(section.title), 'bold')}"
        if isinstance(section, TextSection):
            yield from self.block(section)
            return
        yield from self.table(section)
        yield from self.wrapped(section.summary, "    ", style="dim")

    def block(self, section: TextSection) -> Iterator[str]:
        if not section.language:
            yield from self.wrapped(section.text, "    ")
            return
        if section.language == "mermaid" and self.joined:  # nobody reads its source between findings
            yield self.styled("    a diagram, which --format markdown shows", "dim")
            return
        lead = "" if section.language == "yaml" else "    "  # it is there to be pasted
        for line in plain(section.text).splitlines():
            style = _DIFF_STYLES.get(line[:1], "") if section.language == "diff" else ""
            yield self.styled(f"{lead}{line}".rstrip(), style)
        yield from self.wrapped(section.summary, "    ", style="dim")

    def table(self, table: TableSection) -> Iterator[str]:
        texts = [[plain(" ".join(cell.split())) for cell in row] for row in (table.header, *table.rows)]
        columns = max(1, *map(len, texts))
        cells = [[*row, *[""] * (columns - len(row))] for row in texts]
        widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
        right = [all(_NUMBER.fullmatch(cell) for cell in column[1:]) for column in zip(*cells, strict=True)]
        for number, row in enumerate(cells):
            for line in self.row(row, widths, right):
                yield self.styled(line, "" if number else "dim")

    def row(self, cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> Iterator[str]:
        *front, last = map(_padded, cells, widths, right)
        lead = "  ".join(["  ", *front, ""]) if front else "    "
        room = max(self.paper.width - width(lead), _LEAST_WIDTH)
        first, *others = _wrap(last, room) if width(last.rstrip()) > room else [last]
        yield (lead + first).rstrip()
        for line in others:
            yield " " * width(lead) + line

    def wrapped(self, text: str, lead: str, *, style: str = "") -> Iterator[str]:
        room = max(self.paper.width - len(lead), _LEAST_WIDTH)
        lines = [piece for line in plain(text).splitlines() for piece in _wrap(line, room)]
        for number, line in enumerate(lines):
            yield self.styled(((" " * len(lead) if number else lead) + line).rstrip(), style)

    def styled(self, text: str, style: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.paper.color and style and text else text


def _wrap(line: str, room: int) -> list[str]:
    """*line* in pieces that fit; the following ones keep its indentation."""
    indent = " " * (len(line) - len(line.lstrip()))
    pieces = textwrap.wrap(line, room, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return pieces or [""]


def _padded(cell: str, columns: int, right: bool) -> str:  # noqa: FBT001 - mapped over columns
    blank = " " * (columns - width(cell))
    return blank + cell if right else cell + blank


def _is_comparison(finding: Finding) -> bool:
    """Whether who says what is all there is to it."""
    return bool(finding.places) and finding.damage is None
