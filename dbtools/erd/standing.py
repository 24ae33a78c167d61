"""The pages that stand already: what to carry over, what to leave alone, what to remove."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from posixpath import join, normpath

from dbtools.erd.keep import Broken, Kept, is_generated, kept
from dbtools.model.finding import Finding, Location, Severity

_PAGE = re.compile(r"erd-[^/]+\.md")


@dataclass(frozen=True, slots=True)
class Standing:
    """By file name: hand-written blocks, pages that must not be touched, pages that nobody wants any more."""

    kept: Mapping[str, Kept]
    untouchable: frozenset[str]
    stale: tuple[str, ...]
    findings: tuple[Finding, ...]


def standing(out: str, existing: Mapping[str, str], wanted: Iterable[str]) -> Standing:
    """What the *existing* texts mean for the *wanted* files of the folder *out*."""
    texts = {normpath(path): text for path, text in existing.items()}
    files = set(wanted)
    pages = {file: texts[path] for file in files if (path := place(out, file)) in texts}
    gone = {
        file: text
        for path, text in texts.items()
        if path == place(out, file := path.rpartition("/")[2]) and _PAGE.fullmatch(file)
        if file not in files and is_generated(text)
    }
    found = {file: kept(text) for file, text in sorted({**pages, **gone}.items()) if is_generated(text)}
    foreign = [file for file, text in sorted(pages.items()) if text.strip() and not is_generated(text)]
    broken = [file for file, read in found.items() if read.broken]
    return Standing(
        kept={file: read for file, read in found.items() if file in files},
        untouchable=frozenset((*foreign, *broken)),
        stale=tuple(sorted(set(gone) - set(broken))),
        findings=(
            *(_not_generated(place(out, file)) for file in foreign),
            *(_broken(place(out, file), mark) for file in broken for mark in found[file].broken),
            *(_removed(place(out, file)) for file in sorted(gone) if file not in broken and found[file].text),
        ),
    )


def place(out: str, file: str) -> str:
    """The path of *file* in the folder *out*."""
    return normpath(join(out, file))


def _not_generated(path: str) -> Finding:
    return Finding(
        rule="page-not-generated",
        severity=Severity.ERROR,
        message=f"{path} was not written by dbtools, so it is left as it is",
        location=Location(path),
        hint="move it away, and its text into a keep block of the page that is written then",
    )


def _broken(path: str, mark: Broken) -> Finding:
    return Finding(
        rule="keep-block-broken",
        severity=Severity.ERROR,
        message=f"{mark.why}, so {path} is left as it is",
        location=Location(path, mark.line),
        hint="write <!-- dbtools:keep NAME --> and <!-- /dbtools:keep --> each on a line of its own, in pairs",
        anchor=mark.why,
    )


def _removed(path: str) -> Finding:
    return Finding(
        rule="keep-block-removed",
        severity=Severity.WARNING,
        message=f"{path} goes with its domain, and with it the hand-written text in its keep blocks",
        location=Location(path),
        hint="move that text to the page of another domain first",
    )
