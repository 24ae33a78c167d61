"""A Report for a job summary or a comment: the verdict and what to do first, details folded, never too long.

What comes from files is text here, whatever it looks like: no HTML, no link, no mention, no reference to an issue.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from dbtools.model.finding import Finding, Severity
from dbtools.model.report import Report, Section, TableSection, TextSection
from dbtools.reports import Paper
from dbtools.reports.source import quoted
from dbtools.reports.wording import Cause, advice, by_cause, counted, figures, plain, said, seen, verdict

_MARKS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "🔹"}
_MARKUP = re.compile(r"[\\`*\[\]|~$]|\b_|_\b|(?<!\w)_|_(?!\w)")
_REFERENCE = re.compile(r"((?<!&)[@#]|://|www\.|GH-)(?=\w)", re.IGNORECASE)
_LINE_START = re.compile(r"^(\d*)([-+#=.)])")
_EMPHASIS = re.compile(r"[\\`*\[\]|~]|\b_|_\b")
_BREAK = "\N{ZERO WIDTH SPACE}"
_LONGEST = 2_000
_RESERVE = 300
_MOST = 20  # findings of one statement


def render(report: Report, paper: Paper | None = None) -> str:
    """Headline, parts, findings, folded sections; what does not fit is left out from the end, and that is said.

    Pictures that take no more than half of the room stay, however much was found.
    """
    if report.title:
        return "\n\n".join(_page(report)) + "\n"
    head = "\n\n".join(_head(report))
    causes = by_cause(report.every_finding())
    findings = [_cause(cause) for cause in causes]
    sections = [(part, section) for part in _every_part(report) for section in part.sections]
    sections.sort(key=lambda found: not _is_picture(found[1]))  # what is seen at one glance is left out last
    details = [_details(*found, shown=not place and _is_picture(found[1])) for place, found in enumerate(sections)]
    room = (paper or Paper()).limit - _RESERVE - len(head.encode("utf-8", "replace"))
    pictures, left = _fitting(details[: sum(_is_picture(section) for _, section in sections)], room // 2)
    shown, room = _fitting(findings, room - room // 2 + left)
    others, _ = _fitting(details[len(pictures) :], room if len(shown) == len(findings) else 0)
    folded = [*pictures, *others]
    missing = sum(len(cause.findings) for cause in causes[len(shown) :])
    left_out = _left_out(report.command, missing, len(details) - len(folded))
    return "\n\n".join([head, *shown, *left_out, *folded]) + "\n"


def _page(report: Report) -> Iterator[str]:
    """Headings and what stands below them. The words are dbtools' own, so that a link may be one."""
    yield f"# {_own(report.title)}"
    yield _own(report.summary)
    for section in report.sections:
        if section.title:
            yield f"## {_own(section.title)}"
        lines = section.text.splitlines() if isinstance(section, TextSection) and not section.language else []
        yield "\n\n".join(map(_own, lines)) if lines else _body(section)


def _own(text: str) -> str:
    return _EMPHASIS.sub(r"\\\g<0>", html.escape(text, quote=False))


def _head(report: Report) -> Iterator[str]:
    yield f"### {_mark(report)} dbtools {_prose(report.command)}: {verdict(report)}"
    if report.summary:
        yield _prose(report.summary)
    if report.parts:
        rows = (_row((f"{_mark(part)} {part.command}", _result(part))) for part in report.parts)
        yield "\n".join(["| | |", "|-|-|", *rows])
    elif numbers := figures(report):
        yield _prose(numbers)


def _result(part: Report) -> str:
    return " · ".join(filter(None, (said(part), figures(part))))


def _mark(report: Report) -> str:
    worst = max((finding.severity for finding in report.every_finding()), default=Severity.INFO)
    if report.failed or worst is Severity.ERROR:
        return "❌"
    if worst is Severity.WARNING:
        return "⚠️"
    return "⚪" if report.status == "skipped" else "✅"


def _cause(cause: Cause) -> str:
    """One item of a list: where, what the file says there, and what was found; several findings as a list below it."""
    first, *others = cause.findings
    where = f"<code>{_inline(f'{cause.location.path}:{cause.location.line}')}</code>"
    if not others:
        item = _Item(f"- {_name(first)} {where}: {_prose(first.message)}", "  ")
        item.source(cause)
        item.advice(first.hint)
        item.words(seen(first), small=True)
        return item.text()
    item = _Item(f"- {_MARKS[first.severity]} {where}", "  ")
    item.source(cause)
    item.list(cause)
    return item.text()


def _name(finding: Finding) -> str:
    return f"{_MARKS[finding.severity]} {finding.severity} **{_prose(finding.rule)}**"


class _Item:
    """An item of a list while it is written, what stands below its first line indented."""

    def __init__(self, first: str, indent: str) -> None:
        self.lines = [first]
        self.indent = indent

    def text(self) -> str:
        return "\n".join(self.lines)

    def source(self, cause: Cause) -> None:
        if cause.excerpts:
            self.block(quoted(cause.excerpts))

    def advice(self, hint: str) -> None:
        prose, sql = advice(hint)
        self.words(prose)
        if sql:
            self.block(sql)

    def words(self, text: str, *, small: bool = False) -> None:
        """A line of its own, or, below a block, a paragraph."""
        if text:
            written = f"<sub>{_prose(text)}</sub>" if small else _prose(text)
            below = self.lines[-1].strip().startswith("```")
            self.lines += ["", f"{self.indent}{written}"] if below else [f"{self.indent}<br>{written}"]

    def block(self, text: str) -> None:
        lines = _fence(text[:_LONGEST], "sql").split("\n")
        self.lines += ["", *(f"{self.indent}{line}".rstrip() for line in lines)]

    def list(self, cause: Cause) -> None:
        """Every finding, what they share once; of very many the gravest."""
        noted = {seen(finding) for finding in cause.findings}
        advised: set[str] = set()
        self.lines.append("")
        for finding in cause.findings[:_MOST]:
            item = _Item(f"{self.indent}- {_name(finding)}: {_prose(finding.message)}", f"{self.indent}  ")
            item.advice("" if finding.hint in advised else finding.hint)
            item.words("" if len(noted) == 1 else seen(finding), small=True)
            advised.add(finding.hint)
            self.lines += item.lines
        if (left := len(cause.findings) - _MOST) > 0:
            self.lines.append(f"{self.indent}- and {left:,} more in this statement")
        if len(noted) == 1 and (shared := noted.pop()):
            self.lines += ["", f"{self.indent}<sub>{_prose(shared)}</sub>"]


def _every_part(report: Report) -> Iterator[Report]:
    yield report
    for part in report.parts:
        yield from _every_part(part)


def _is_picture(section: Section) -> bool:
    return isinstance(section, TextSection) and section.language == "mermaid"


def _details(part: Report, section: Section, *, shown: bool) -> str:
    title = _inline(f"{part.command}: {section.title}" if section.title else part.command)
    return f"<details{' open' * shown}><summary>{title}</summary>\n\n{_body(section)}\n\n</details>"


def _body(section: Section) -> str:
    if isinstance(section, TableSection):
        lines = [_row(section.header), "|" + "-|" * len(section.header), *map(_row, section.rows)]
        return "\n".join(lines) + (f"\n\n{_prose(section.summary)}" if section.summary else "")
    if section.language:
        block = _fence(plain(section.text).rstrip("\n"), section.language)
        return f"{block}\n\n{_prose(section.summary)}" if section.summary else block
    return "\n\n".join(_prose(paragraph) for paragraph in re.split(r"\n\s*\n", section.text))


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(map(_prose, cells)) + " |"


def _fence(text: str, language: str) -> str:
    """A block that no run of backticks in *text* can end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{re.sub('[^a-z0-9]', '', language.lower())}\n{plain(text)}\n{ticks}"


def _prose(text: str) -> str:
    """*text* on one line, meaning itself; clipped where it is long beyond reading."""
    escaped = _inline(text if len(text) <= _LONGEST else text[:_LONGEST] + " …")
    return _LINE_START.sub(lambda match: f"{match[1]}&#{ord(match[2])};", escaped)


def _inline(text: str) -> str:
    """*text* for Markdown, a table's cell and the inside of an HTML tag: entities mean the same in all three."""
    one_line = html.escape(" ".join(plain(text).split()), quote=False)
    escaped = _MARKUP.sub(lambda match: f"&#{ord(match[0])};", one_line)
    return _REFERENCE.sub(rf"\1{_BREAK}", escaped)


def _fitting(blocks: list[str], room: int) -> tuple[list[str], int]:
    """The first blocks that fit, and the room that is left."""
    for number, block in enumerate(blocks):
        size = len(block.encode("utf-8", "replace")) + 2
        if size > room:
            return blocks[:number], room
        room -= size
    return blocks, room


def _left_out(command: str, findings: int, sections: int) -> list[str]:
    """What did not fit, and where to see it."""
    missing = [counted(number, noun) for number, noun in ((findings, "findings"), (sections, "sections")) if number]
    if not missing:
        return []
    return [f"*{' and '.join(missing)} left out to fit here: <code>dbtools {_inline(command)}</code> shows all.*"]
