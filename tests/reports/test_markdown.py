import re

import pytest

from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.report import Report, TableSection, TextSection
from dbtools.reports import Paper, render


def markdown(report, **paper):
    return render(report, "markdown", Paper(**paper))


def one(message, **more):
    return markdown(Report("lint", findings=(Finding("r", Severity.INFO, message, Location("a.sql"), **more),)))


def test_the_first_line_is_the_verdict(lint, review, broken, empty):
    heads = [markdown(report).splitlines()[0] for report in (lint, review, broken, empty)]
    assert heads == [
        "### ❌ dbtools lint: 1 error, 1 warning, 1 note",
        "### ❌ dbtools review: 1 error, 1 warning, 1 note",
        "### ❌ dbtools review: could not finish",
        "### ✅ dbtools changes: nothing to report",
    ]


def test_a_warning_and_a_skipped_report_have_their_own_mark(warning):
    assert markdown(Report("lint", findings=(warning,))).startswith("### ⚠️ ")
    assert markdown(Report("rehearse", status="skipped")).startswith("### ⚪ dbtools rehearse: skipped")


def test_parts_are_a_table_of_results(review):
    assert """| | |
|-|-|
| ✅ changes | 1 table changed |
| ❌ lint | 3 things in 4 statements · 1 index |
| ✅ erd | nothing to report |
| ⚪ rehearse | skipped: no server |
""" in markdown(review)


def test_the_safe_sql_of_a_hint_is_a_block_inside_its_finding(lint):
    assert """- ❌ error **column-dropped** <code>migrations/0005_drop.up.sql:3</code>: drops Person.secret, still read
  <br>Stop reading it first, then drop it:

  ```sql
  ALTER TABLE "Person"
    DROP COLUMN "secret";
  ```

  <sub>rehearsed · locks Person ACCESS EXCLUSIVE · rows: 1,204</sub>
""" in markdown(lint)  # fmt: skip


def test_sections_are_folded_with_blank_lines_around_their_blocks(review):
    shown = markdown(review)
    assert "<details open><summary>changes: Diagram</summary>\n\n```mermaid\nerDiagram\n" in shown
    assert "\n```\n\n</details>\n" in shown
    assert "| ALTER TABLE a | SHARE | 12 |" in shown
    assert "Some words.\n\nMore words." in shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("</details>", "&lt;/details&gt;"),
        ("a|b", "a&#124;b"),
        ("`x` *y* [z](u)", "&#96;x&#96; &#42;y&#42; &#91;z&#93;(u)"),
        ("a\nb", "a b"),
        ("created_at", "created_at"),
        ("_x_", "&#95;x&#95;"),
        ("@team", "@\u200bteam"),
        ("see #12, GH-3", "see #\u200b12, GH-\u200b3"),
        ("https://x.y www.x.y", "https://\u200bx.y www.\u200bx.y"),
        ("me@x.y", "me@\u200bx.y"),
    ],
)
def test_words_from_files_mean_themselves(said, shown):
    assert f": {shown}\n" in one(said)


@pytest.mark.parametrize(
    ("said", "shown"), [("# a", "&#35; a"), ("- a", "&#45; a"), ("1. a", "1&#46; a"), ("2 a", "2 a")]
)
def test_a_paragraph_does_not_become_a_list_or_a_heading(said, shown):
    assert f"\n\n{shown}\n" in markdown(Report("x", said))


def test_a_block_ends_where_its_text_does():
    shown = markdown(Report("x", sections=(TextSection("t", "a\n````\n</details>", "sql\n# x"),)))
    assert "`````sqlx\na\n````\n</details>\n`````\n" in shown


def test_a_hint_of_several_lines_without_a_lead_is_a_block_whole():
    assert "  ```sql\n  SELECT 1;\n  SELECT 2;\n  ```" in one("m", hint="SELECT 1;\nSELECT 2;")


def test_sections_go_first_when_there_is_too_much_and_that_is_said(error):
    long = TableSection("t", ("a",), tuple((f"row {number}",) for number in range(500)))
    shown = markdown(Report("lint", findings=(error,), sections=(long, long)), limit=9_000)
    assert "column-dropped" in shown
    assert shown.count("<details>") == 1
    assert "*1 section left out to fit here: <code>dbtools lint</code> shows all.*" in shown


@pytest.mark.parametrize("limit", [2_000, 20_000, 60_000])
def test_a_report_never_takes_more_bytes_than_there_are(limit):
    findings = tuple(
        Finding("rule", Severity.WARNING, "| Tiếng Việt 表 " * 900, Location(f"{number:04}.sql"))
        for number in range(limit // 100)
    )
    shown = markdown(Report("lint", "s" * 9_000, findings), limit=limit + 3_000)
    assert len(shown.encode()) <= limit + 3_000
    left_out = re.search(r"\*(\d+) findings left out", shown)
    assert int(left_out[1]) + shown.count("**rule**") == limit // 100
