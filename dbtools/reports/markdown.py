"""A Report for a job summary or a comment: the verdict and what to do first, details folded, never too long.

What comes from files is text here, whatever it looks like: no HTML, no link, no mention, no reference to an issue.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from dbtools.model.finding import Finding, Severity
from dbtools.model.report import Report, Section, TableSection
from dbtools.reports import Paper
from dbtools.reports.wording import advice, by_weight, counted, figures, plain, said, seen, verdict

_MARKS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "🔹"}
_MARKUP = re.compile(r"[\\`*\[\]|~$]|\b_|_\b|(?<!\w)_|_(?!\w)")
_REFERENCE = re.compile(r"((?<!&)[@#]|://|www\.|GH-)(?=\w)", re.IGNORECASE)
_LINE_START = re.compile(r"^(\d*)([-+#=.)])")
_BREAK = "\N{ZERO WIDTH SPACE}"
_LONGEST = 2_000
_RESERVE = 300


def render(report: Report, paper: Paper | None = None) -> str:
    """Headline, parts, findings, folded sections; what does not fit is left out from the end, and that is said."""
    head = "\n\n".join(_head(report))
    findings = [_finding(finding) for finding in by_weight(report.every_finding())]
    details = [_details(part, section) for part in _every_part(report) for section in part.sections]
    room = (paper or Paper()).limit - _RESERVE - len(head.encode("utf-8", "replace"))
    shown, room = _fitting(findings, room)
    folded, _ = _fitting(details, room if len(shown) == len(findings) else 0)
    left_out = _left_out(report.command, len(findings) - len(shown), len(details) - len(folded))
    return "\n\n".join([head, *shown, *left_out, *folded]) + "\n"


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


def _finding(finding: Finding) -> str:
    """One item of a list; its hint below it, SQL of more than one line as a block."""
    where = f"<code>{_inline(f'{finding.location.path}:{finding.location.line}')}</code>"
    mark = f"{_MARKS[finding.severity]} {finding.severity}"
    lines = [f"- {mark} **{_prose(finding.rule)}** {where}: {_prose(finding.message)}"]
    prose, sql = advice(finding.hint)
    if prose:
        lines.append(f"  <br>{_prose(prose)}")
    if sql:
        lines += ["", *(f"  {line}".rstrip() for line in _fence(sql[:_LONGEST], "sql").split("\n"))]
    if noted := seen(finding):
        lines += ["", f"  <sub>{_prose(noted)}</sub>"] if sql else [f"  <br><sub>{_prose(noted)}</sub>"]
    return "\n".join(lines)


def _every_part(report: Report) -> Iterator[Report]:
    yield report
    for part in report.parts:
        yield from _every_part(part)


def _details(part: Report, section: Section) -> str:
    title = _inline(f"{part.command}: {section.title}" if section.title else part.command)
    return f"<details><summary>{title}</summary>\n\n{_body(section)}\n\n</details>"


def _body(section: Section) -> str:
    if isinstance(section, TableSection):
        lines = [_row(section.header), "|" + "-|" * len(section.header), *map(_row, section.rows)]
        return "\n".join(lines) + (f"\n\n{_prose(section.summary)}" if section.summary else "")
    if section.language:
        return _fence(plain(section.text).rstrip("\n"), section.language)
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
