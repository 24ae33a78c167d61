"""The findings that a project had when it began to use dbtools: a file for git that may only shrink.

Findings are known by their fingerprint, which holds when lines move and when blanks within a statement change.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from dbtools.errors import ConfigError
from dbtools.model.finding import Finding
from dbtools.model.report import File, Report

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

VERSION = 1
FILE_NAME = "dbtools-baseline.json"
DRIFT_FILE_NAME = "dbtools-drift.json"
HOW = "write it anew with dbtools baseline --add"


@dataclass(frozen=True, slots=True)
class Known:
    """One finding of the baseline; ``rule``, ``path`` and ``message`` are for people."""

    fingerprint: str
    rule: str
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is known; the same finding may stand in it several times."""

    known: tuple[Known, ...] = field(default=())

    @property
    def counts(self) -> Counter[str]:
        """How often each fingerprint is known."""
        return Counter(each.fingerprint for each in self.known)


def read(text: str, path: str) -> Baseline:
    """The baseline that *text*, the content of *path*, says; ConfigError where it says none."""
    try:
        said = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}:{error.lineno}: this is not JSON: {error.msg}", hint=HOW) from None
    if not isinstance(said, dict) or said.get("version") != VERSION or not isinstance(said.get("findings"), list):
        raise ConfigError(f"{path} is no baseline of this version of dbtools", hint=HOW)
    return Baseline(tuple(_known(each, path) for each in said["findings"]))


def _known(said: object, path: str) -> Known:
    names = ("fingerprint", "rule", "path", "message")
    if not isinstance(said, Mapping) or not all(isinstance(said.get(name), str) for name in names):
        raise ConfigError(f"{path}: a finding of a baseline has {', '.join(names)}", hint=HOW)
    return Known(*(said[name] for name in names))


def write(baseline: Baseline) -> str:
    """Its text: one line for each finding, in the order of the files, so that two branches merge."""
    ordered = sorted(baseline.known, key=lambda each: (each.path, each.rule, each.fingerprint))
    lines = ",\n".join("  " + json.dumps(_said(each), ensure_ascii=False) for each in ordered)
    return f'{{"version": {VERSION}, "findings": [\n{lines}\n]}}\n' if lines else _EMPTY


_EMPTY = f'{{"version": {VERSION}, "findings": []}}\n'


def _said(known: Known) -> dict[str, str]:
    return {"rule": known.rule, "path": known.path, "fingerprint": known.fingerprint, "message": known.message}


def baseline(path: str, findings: Iterable[Finding], before: Baseline | None, *, add: bool) -> Report:
    """The file at *path* for what is found now: all of it, or what of it was known *before*."""
    every = tuple(findings)
    new, known = split(every, before) if before is not None and not add else ((), every)
    kept = Baseline(tuple(Known(each.fingerprint, each.rule, each.location.path, each.message) for each in known))
    mended = 0 if before is None else (before.counts - kept.counts).total()
    summary = f"{path} knows {len(known)} of {len(every)} findings"
    if new:
        summary += f"; {len(new)} came later and are not put in without --add"
    figures = {"mended findings": mended} if mended else {}
    return Report("baseline", summary, files=(File(path, write(kept)),), figures=figures)


def split(findings: Iterable[Finding], baseline: Baseline) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """*findings* that are new, and those that the baseline knows; each of its entries stands for one."""
    remaining = baseline.counts
    new, known = [], []
    for finding in findings:
        if remaining[finding.fingerprint] > 0:
            remaining[finding.fingerprint] -= 1
            known.append(finding)
        else:
            new.append(finding)
    return tuple(new), tuple(known)
