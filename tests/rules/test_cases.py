"""SQL files whose lines say what is found there, and nothing elsewhere.

Before the first line ``---`` stands the history, after it one migration or, between more such lines, several. A first
line ``-- PostgreSQL 15`` is the server they are meant for, ``-- select ALL`` turns every rule on, without a runner that
sets lock_timeout.
"""

import re
from pathlib import Path

import pytest

from dbtools.lint import Choice, LintSettings
from dbtools.model.finding import Severity
from tests.rules.judging import DIVIDER, judge, parts

EXPECT = re.compile(r"--\s*expect:\s*(.+?)\s*$")
CASES = sorted((Path(__file__).parent / "cases").glob("*.sql"))
ROOT = Path(__file__).parents[2]


def expected(new):
    found = []
    for number, text in enumerate(new.split(DIVIDER), start=1):
        for line, content in enumerate(text.splitlines(), start=1):
            if match := EXPECT.search(content):
                found += [(f"{number}.sql", line, rule) for rule in re.split(r",\s*", match[1])]
    return sorted(found)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_line_is_judged_as_it_says(path):
    sql = path.read_text(encoding="utf-8")
    version = re.match(r"-- PostgreSQL (\d+)", sql)
    settings = LintSettings(choice=Choice(("ALL",))) if sql.startswith("-- select ALL") else None
    findings = judge(sql, version=int(version[1]) if version else 18, settings=settings)
    assert sorted((each.location.path, each.location.line, each.rule) for each in findings) == expected(parts(sql)[1])


def test_the_cases_expect_every_rule():
    from dbtools.rules import migration_rules

    every = (*CASES, *sorted((Path(__file__).parent / "hazards").glob("*.sql")))
    said = {rule for path in every for _, _, rule in expected(path.read_text(encoding="utf-8"))}
    assert {rule.name for rule in migration_rules()} <= said


@pytest.mark.parametrize(
    ("name", "rule", "says"),
    [
        ("index_on_missing_course_id", "unknown-object", "courseId"),
        ("index_on_missing_is_published", "unknown-object", "did you mean published?"),
        ("now_in_index_predicate", "index-not-immutable", "now()"),
    ],
)
def test_what_cannot_run_after_the_reference_history_is_found(data, name, rule, says):
    history = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "migrations").glob("*.up.sql")))
    new = (data / "cannot_run" / f"{name}.sql").read_text(encoding="utf-8")
    findings = {finding.rule: finding for finding in judge(f"{history}{DIVIDER}{new}")}
    assert sorted(findings) == sorted({rule, "index-blocks-writes"})
    assert says in findings[rule].message + findings[rule].hint


def test_the_reference_history_is_clean_step_by_step():
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "migrations").glob("*.up.sql"))]
    for number, text in enumerate(texts):
        history = "\n".join(texts[:number])
        findings = judge(f"{history}{DIVIDER}{text}")
        assert [each for each in findings if each.severity > Severity.INFO] == [], number
