"""What a team asked not to be told, in comments of its migrations."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from operator import attrgetter

from dbtools.model.finding import Finding, Severity
from dbtools.model.ignore import Ignore

RulesOf = Callable[[str], frozenset[str]]


def quieted(
    findings: Iterable[Finding], ignores: Iterable[Ignore], rules_of: RulesOf, today: date
) -> tuple[tuple[Finding, ...], int]:
    """*findings* less what valid comments are about, with what is wrong with the comments; and how many they hide.

    ``rules_of`` gives the names of the rules that judged a path: only of these one knows that nothing was found.
    """
    comments = tuple(ignores)
    valid = _Comments(each for each in comments if not each.problem and not _is_over(each, today))
    over = _Comments(each for each in comments if each.until and not each.problem)
    used: set[tuple[Ignore, str]] = set()
    left, hidden = [], 0
    for finding in findings:
        hiding = valid.about(finding)
        used.update((each, finding.rule) for each in hiding)
        if hiding:
            hidden += 1
        else:
            left.append(_reminded(finding, over))
    return (*left, *(found for each in comments for found in _about(each, used, rules_of, today))), hidden


class _Comments:
    """Comments by the file and the rule that they are about: those from its first line on, the rest by their lines.

    The rest are about statements, which follow each other: behind one that ends before a line, none covers it.
    """

    def __init__(self, comments: Iterable[Ignore]) -> None:
        self.found: dict[tuple[str, str], tuple[list[Ignore], list[Ignore]]] = {}
        for each in sorted(comments, key=_FIRST):
            for rule in each.rules:
                first, rest = self.found.setdefault((each.location.path, rule), ([], []))
                (first if each.first == 1 else rest).append(each)

    def about(self, finding: Finding) -> list[Ignore]:
        """Those that cover the finding."""
        location = finding.location
        first, rest = self.found.get((location.path, finding.rule), ([], []))
        covering = [each for each in first if each.covers(location)]
        number = bisect_right(rest, location.line, key=_FIRST)
        while number and rest[number - 1].covers(location):
            number -= 1
            covering.append(rest[number])
        return covering


_FIRST = attrgetter("first")


def _is_over(ignore: Ignore, today: date) -> bool:
    return ignore.until is not None and ignore.until < today


def _reminded(finding: Finding, over: _Comments) -> Finding:
    """*finding*, saying of a comment that hid it until a day that has passed."""
    for each in over.about(finding):
        if each.until:
            return replace(finding, message=f"{finding.message} (it was ignored until {each.until}: {each.reason})")
    return finding


def _about(ignore: Ignore, used: set[tuple[Ignore, str]], rules_of: RulesOf, today: date) -> Iterator[Finding]:
    if ignore.problem:
        yield _finding("invalid-ignore", ignore, f"this comment hides nothing: {ignore.problem}", "")
        return
    if _is_over(ignore, today):
        message = f"this ignore ended on {ignore.until}: {ignore.reason}"
        yield _finding("expired-ignore", ignore, message, "mend what it hid, or set a later day")
        return
    judged = rules_of(ignore.location.path)
    for rule in ignore.rules:
        if (ignore, rule) in used:
            continue
        if rule in judged:
            yield _finding("unused-ignore", ignore, f"there is no {rule} here to ignore", "take the comment out")
        elif near := _near(rule, judged):
            yield _finding("invalid-ignore", ignore, f"there is no rule {rule}", f"did you mean {near[0]}?")


def _near(rule: str, judged: frozenset[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(rule, judged, n=1, cutoff=0.8)


def _finding(rule: str, ignore: Ignore, message: str, hint: str) -> Finding:
    return Finding(rule, Severity.WARNING, message, ignore.location, hint=hint, anchor=ignore.text)
