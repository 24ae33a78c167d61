"""The pages that stand already: what to carry over, what to leave alone, what to remove."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from posixpath import join, normpath

from dbtools.erd.keep import Broken, Kept, is_generated, kept
from dbtools.model.finding import Finding, Location, Severity

_PAGE = re.compile(r"erd-[^/]+\.md")
_HEADING = re.compile(r"^### (.+?)\r?$", re.MULTILINE)
_NOT_UTF_8 = re.compile("[\udc80-\udcff]")  # what "surrogateescape" makes of such a byte


@dataclass(frozen=True, slots=True)
class Standing:
    """By file name: hand-written blocks, pages that must not be touched, pages that nobody wants any more.

    ``crlf``: those whose lines end as on Windows.
    """

    kept: Mapping[str, Kept]
    untouchable: frozenset[str]
    stale: tuple[str, ...]
    crlf: frozenset[str]
    findings: tuple[Finding, ...]


def standing(out: str, existing: Mapping[str, str], wanted: Mapping[str, AbstractSet[str]]) -> Standing:
    """What the *existing* texts mean for the *wanted* files of the folder *out*, each with the headings of its tables.

    A page that is not wanted, but holds hand-written text, is that of a domain which has another name now, if most of
    its tables are on a page that is not there yet: that gets the text. Else the page stays.
    """
    texts = _ours(out, existing, wanted.keys())
    garbled = {file: byte for file, text in texts.items() if (byte := _NOT_UTF_8.search(text))}
    found = {file: kept(text) for file, text in texts.items() if is_generated(text) and file not in garbled}
    foreign = [file for file, text in texts.items() if text.strip() and file not in {**found, **garbled}]
    broken = [file for file, read in found.items() if read.broken]
    gone = [file for file in texts if file not in wanted]
    written = {file: texts[file] for file in gone if file in found and not found[file].broken and found[file].text}
    moved = _moved(written, {file: tables for file, tables in wanted.items() if file not in texts})
    stranded = [file for file in written if file not in moved]
    return Standing(
        kept={file: read for file, read in found.items() if file in wanted}
        | {new: found[old] for old, new in moved.items()},
        untouchable=frozenset((*foreign, *broken, *garbled)),
        stale=tuple(file for file in gone if file not in {*broken, *garbled, *stranded}),
        crlf=frozenset(file for file, text in texts.items() if text.count("\r\n") == text.count("\n") > 0),
        findings=(
            *(_not_utf_8(place(out, file), texts[file], byte.start()) for file, byte in garbled.items()),
            *(_not_generated(place(out, file)) for file in foreign),
            *(_broken(place(out, file), mark) for file in broken for mark in found[file].broken),
            *(_moves(place(out, old), place(out, new)) for old, new in moved.items()),
            *(_stays(place(out, file)) for file in stranded),
        ),
    )


def _ours(out: str, existing: Mapping[str, str], wanted: AbstractSet[str]) -> dict[str, str]:
    """By file name, in its order: what stands where a page is *wanted*, and pages that we made before."""
    files = {path.rpartition("/")[2]: text for path, text in sorted(existing.items()) if _is_in(out, path)}
    return {
        file: text for file, text in files.items() if file in wanted or (_PAGE.fullmatch(file) and is_generated(text))
    }


def _is_in(out: str, path: str) -> bool:
    return normpath(path) == place(out, path.rpartition("/")[2])


def place(out: str, file: str) -> str:
    """The path of *file* in the folder *out*."""
    return normpath(join(out, file))


def _moved(old: Mapping[str, str], new: Mapping[str, AbstractSet[str]]) -> dict[str, str]:
    """For each page that goes, the new one which has most of its tables; every new one is taken once."""
    left, moved = dict(new), dict[str, str]()
    for file, text in old.items():
        tables = set(_HEADING.findall(text))
        successor = next((each for each in sorted(left) if 2 * len(tables & left[each]) > len(tables)), None)
        if successor:
            moved[file] = successor
            del left[successor]
    return moved


def _not_utf_8(path: str, text: str, at: int) -> Finding:
    return Finding(
        rule="unreadable-file",
        severity=Severity.ERROR,
        message=f"{path} is not UTF-8, so it is left as it is: byte {ord(text[at]) - 0xDC00:#04x}",
        location=Location(path, text.count("\n", 0, at) + 1),
        hint="save the file as UTF-8, then run dbtools erd again",
    )


def _not_generated(path: str) -> Finding:
    return Finding(
        rule="page-not-generated",
        severity=Severity.ERROR,
        message=f"{path} was not written by dbtools, so it is left as it is",
        location=Location(path),
        hint="move it away, and its text into a keep block of the page that is written then; "
        "a page of dbtools' own begins with the line <!-- dbtools:erd ... -->",
    )


def _broken(path: str, mark: Broken) -> Finding:
    return Finding(
        rule="keep-block-broken",
        severity=Severity.ERROR,
        message=f"{mark.why}, so {path} is left as it is",
        location=Location(path, mark.line),
        hint=mark.hint,
        anchor=mark.why,
    )


def _moves(old: str, new: str) -> Finding:
    return Finding(
        rule="keep-block-moved",
        severity=Severity.INFO,
        message=f"{new} has most of the tables of {old}, so the hand-written text of that page goes there",
        location=Location(old),
        hint="see that it fits there",
    )


def _stays(path: str) -> Finding:
    return Finding(
        rule="page-without-domain",
        severity=Severity.WARNING,
        message=f"{path} has no domain any more, and stays as it is since there is hand-written text in it",
        location=Location(path),
        hint="move that text to the page of another domain, then delete the file",
    )
