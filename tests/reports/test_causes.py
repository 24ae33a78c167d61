"""What was found in one statement stands together, the gravest harm first."""

import pytest

from dbtools.model.finding import Damage, Finding, Location, Severity
from dbtools.model.report import Report
from dbtools.reports import Paper, render
from dbtools.reports.wording import by_cause, by_weight, repository_path, told_apart


def test_text_shows_the_statement_once_with_all_that_was_found_in_it(of_one_statement):
    shown = render(Report("lint", "1 migration", of_one_statement), "text", Paper(width=60))
    assert (
        shown
        == """✗ lint: 1 migration

  migrations/5.sql:4:1
    4 │ ALTER TABLE "Lesson"
    5 │     DROP COLUMN body, ADD CHECK (score > 0);
      │                 ^^^^             ^^^^^
    error  a-loss
      loses body
      → keep it
    error  a-scan
      reads Lesson
      → NOT VALID
    info  a-note
      is slow
    locks Lesson ACCESS EXCLUSIVE

✗ 2 errors, 1 note
"""
    )


def test_of_a_single_finding_the_rule_stands_beside_the_place(of_one_statement):
    shown = render(Report("lint", findings=of_one_statement[:1]), "text")
    assert (
        """
  migrations/5.sql:5:20  error  a-scan
    4 │ ALTER TABLE "Lesson"
    5 │     DROP COLUMN body, ADD CHECK (score > 0);
      │                                  ^^^^^
    reads Lesson
    → NOT VALID
    locks Lesson ACCESS EXCLUSIVE
"""
        in shown
    )


def test_markdown_shows_the_statement_once_with_all_that_was_found_in_it(of_one_statement):
    assert """
- ❌ <code>migrations/5.sql:4</code>

  ```sql
  ALTER TABLE "Lesson"
      DROP COLUMN body, ADD CHECK (score > 0);
  ```

  - ❌ error **a-loss**: loses body
    <br>keep it
  - ❌ error **a-scan**: reads Lesson
    <br>NOT VALID
  - 🔹 info **a-note**: is slow

  <sub>locks Lesson ACCESS EXCLUSIVE</sub>
""" in render(Report("lint", findings=of_one_statement), "markdown")


def test_markdown_of_a_single_finding_has_its_advice_below_its_source(of_one_statement):
    assert """
- ❌ error **a-scan** <code>migrations/5.sql:5</code>: reads Lesson

  ```sql
  ALTER TABLE "Lesson"
      DROP COLUMN body, ADD CHECK (score > 0);
  ```

  NOT VALID
  <br><sub>locks Lesson ACCESS EXCLUSIVE</sub>
""" in render(Report("lint", findings=of_one_statement[:1]), "markdown")


def test_very_many_findings_of_one_statement_do_not_fill_a_comment(of_one_statement):
    shown = render(Report("lint", findings=of_one_statement * 100), "markdown")
    assert "  - and 280 more in this statement\n" in shown


def test_findings_that_rest_on_different_things_say_so_each(of_one_statement):
    from dataclasses import replace

    scan, loss, _ = of_one_statement
    shown = render(Report("lint", findings=(replace(scan, values={"rows": "7"}), loss)), "text")
    assert shown.count("locks Lesson ACCESS EXCLUSIVE") == 2
    assert "      locks Lesson ACCESS EXCLUSIVE · rows: 7\n" in shown


def test_what_is_no_statement_stands_alone():
    findings = [Finding("r", Severity.ERROR, text, Location("a.prisma")) for text in ("one", "two")]
    assert [len(cause.findings) for cause in by_cause(findings)] == [1, 1]


def test_of_one_severity_what_is_lost_comes_first_and_advice_last():
    found = [
        Finding("r", Severity.ERROR, str(damage), Location("a.sql", 9 if damage else 1), damage=damage)
        for damage in (None, *Damage)
    ]
    light = Finding("r", Severity.WARNING, "light", Location("a.sql"), damage=Damage.LOSES_DATA)
    assert [finding.message for finding in by_weight([light, *found])] == [
        "loses data", "fails", "breaks readers", "blocks reads", "blocks writes", "advice", "None", "light",
    ]  # fmt: skip


def test_the_order_does_not_depend_on_the_order_they_were_found_in(of_one_statement, many):
    for findings in (of_one_statement, many.findings):
        assert by_weight(findings) == by_weight(tuple(reversed(findings)))


def test_a_repeated_problem_keeps_its_fingerprint_and_is_told_apart(error, warning):
    marks = [mark for _, mark in told_apart([error, warning, error, error])]
    assert marks == [error.fingerprint, warning.fingerprint, f"{error.fingerprint}:2", f"{error.fingerprint}:3"]


@pytest.mark.parametrize(
    ("path", "folder", "shown"),
    [
        ("a/b.sql", "", "a/b.sql"),
        ("a/b.sql", "apps/api", "apps/api/a/b.sql"),
        ("./a.sql", "x", "x/a.sql"),
        ("a\\b.sql", "", "a/b.sql"),
        ("/tmp/a.sql", "apps", "/tmp/a.sql"),
        ("<stdin>", "apps", ""),
        ("", "", ""),
    ],
)
def test_a_path_is_told_from_the_root_of_the_repository(path, folder, shown):
    assert repository_path(path, folder) == shown
