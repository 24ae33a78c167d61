"""A finding with how long it lasts on the tables as they are in production; what nobody notices weighs less."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dbtools.model.expression import Name
from dbtools.model.finding import Finding, Severity
from dbtools.model.sizes import Sizes, bytes_in_words
from dbtools.rules import Rule
from dbtools.sql.walk import Step

LASTING = {"lock", "scan", "rewrite"}  # the proofs of harms that a small table hardly has


def sized(finding: Finding, rule: Rule, step: Step, sizes: Sizes) -> Finding:
    """*finding* with the estimate for its table, if its size is known; info where it is over before it is felt."""
    table = _table(finding.table, (*step.effects.scans, *step.effects.rewrites, *step.effects.locks))
    if rule.proof not in LASTING or table is None:
        return finding
    estimate = sizes.estimate(table, step.operation, step.effects)
    if estimate is None:
        return finding
    values = {**finding.values, "estimate": f"{estimate} at {bytes_in_words(sizes.tables[table].bytes)}"}
    severity = Severity.INFO if estimate.high < sizes.brief else finding.severity
    return replace(finding, values=values, severity=severity)


def _table(written: str, among: Iterable[Name]) -> Name | None:
    return next((name for name in among if str(name) == written), None)
