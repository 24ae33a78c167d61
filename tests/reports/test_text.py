import re

import pytest

from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.report import Report, TableSection, TextSection
from dbtools.reports import Paper, render


def text(report, **paper):
    return render(report, "text", Paper(**paper))


def test_a_report_with_nothing_in_it_is_one_line(empty):
    assert text(empty) == "✓ changes: nothing changed since main\n"


def test_a_report_without_a_summary_says_the_verdict():
    assert text(Report("drift")) == "✓ drift: nothing to report\n"


def test_the_gravest_finding_comes_first_and_the_total_last(lint):
    lines = text(lint).splitlines()
    severities = [line.split("  ")[2] for line in lines if re.match(r"  \S+:\d+:\d+  ", line)]
    assert severities == ["error", "warning", "info"]
    assert lines[-1] == "✗ 1 error, 1 warning, 1 note"


def test_a_finding_shows_where_what_why_and_what_to_do(lint):
    assert """
  migrations/0005_drop.up.sql:3:1  error  column-dropped
    drops Person.secret, still read
    → Stop reading it first, then drop it:
      ALTER TABLE "Person"
        DROP COLUMN "secret";
    rehearsed · locks Person ACCESS EXCLUSIVE · rows: 1,204
""" in text(lint)


def test_a_review_has_a_heading_and_figures_for_each_part(review):
    shown = text(review)
    assert "✓ changes: 1 table changed\n" in shown
    assert "✗ lint: 3 things in 4 statements\n  1 index\n" in shown
    assert "○ rehearse: skipped: no server\n" in shown
    assert shown.endswith("✗ 1 error, 1 warning, 1 note · head against main · 3.2 seconds\n")


def test_what_could_not_finish_is_no_success(broken):
    assert "✗ rehearse: the server stopped\n" in text(broken)
    assert text(broken).endswith("✗ could not finish\n")


def test_columns_line_up_and_numbers_are_flush_right(lint):
    table = text(lint).split("Statements\n")[1].splitlines()[:4]
    assert table == [
        "    Statement      Lock      ms",
        "    ALTER TABLE a  SHARE     12",
        "    DROP TABLE b          1,204",
        "    two",
    ]


def test_wide_and_combining_characters_keep_columns_in_line():
    names = ("表名", "Tie\N{COMBINING CIRCUMFLEX ACCENT}n", "abcd")
    shown = text(Report("x", sections=(TableSection("", ("name", "k"), tuple((name, "k") for name in names)),)))
    assert "    表名  k\n" in shown
    assert f"    {names[1]}  k\n" in shown


def test_a_long_last_cell_continues_below_itself():
    cell = "a statement that is rather long " * 4
    lines = text(Report("x", sections=(TableSection("t", ("n", "sql"), (("1", cell),)),)), width=60).splitlines()
    assert all(len(line) <= 60 for line in lines)
    assert [line[:7].strip() for line in lines[4:]] == ["1", "", ""]


def test_rows_that_are_too_short_do_not_break_a_table():
    assert "    a\n" in text(Report("x", sections=(TableSection("t", ("h", "i"), (("a",), ())),)))
    assert text(Report("x", sections=(TableSection("t", (), ()),))).endswith("report\n\n  t\n\n")


def test_lines_fit_the_paper_but_sql_stays_as_it_is_to_be_copied():
    hint = "-- in a later migration:\nSELECT one, two, three\n  FROM somewhere WHERE it IS NOT NULL AND more;"
    finding = Finding("r", Severity.INFO, "word " * 40, Location("a.sql"), hint=hint)
    lines = text(Report("lint", findings=(finding,)), width=40).splitlines()
    assert "    → in a later migration:" in lines
    sql = ["      SELECT one, two, three", "        FROM somewhere WHERE it IS NOT NULL AND more;"]
    assert lines[lines.index(sql[0]) :][:2] == sql
    assert all(len(line) <= 40 for line in lines if line not in sql)


def test_without_colour_there_is_no_escape_and_with_colour_the_same_words(review):
    coloured = text(review, color=True)
    assert "\x1b[31;1merror\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text(review)


def test_a_diff_is_coloured_by_line():
    shown = text(Report("erd", sections=(TextSection("d", "+a\n-b\n c", "diff"),)), color=True)
    assert "\x1b[32m    +a\x1b[0m\n" in shown
    assert "\n     c\n" in shown


@pytest.mark.parametrize("evil", ["\x1b[2J", "\x9b31m", "\r\x00", "\N{RIGHT-TO-LEFT OVERRIDE}"])
def test_names_from_files_cannot_steer_the_terminal(evil):
    section = TableSection(evil, (evil,), ((evil,),), evil)
    finding = Finding(f"r{evil}", Severity.ERROR, evil, Location(evil), hint=evil, values={evil: evil})
    report = Report("lint", evil, (finding,), (section, TextSection(evil, evil, "sql")), figures={evil: 1})
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text(report))


def test_a_long_plan_is_cut_and_says_who_has_the_rest():
    sql = "\n".join(f"SELECT {number};" for number in range(30))
    finding = Finding("a-rule", Severity.ERROR, "is slow", Location("a.sql"), hint=f"do this:\n{sql}")
    lines = render(Report("lint", "x", (finding,)), "text", Paper(width=120)).splitlines()
    assert sum("SELECT" in line for line in lines) == 11
    assert any("19 more lines" in line and "lint --fix" in line for line in lines)


def test_what_a_source_says_stands_beside_its_place_or_below_it():
    said = {"prisma": "text", "query latest": "42703 " + "word " * 12}
    places = {source: Location("a/file.sql", 7) for source in said}
    finding = Finding("r", Severity.ERROR, "m", Location("x.sql"), values=said, places=places)
    wide = text(Report("drift", findings=(finding,)), width=140).splitlines()
    assert "    prisma        text" in "\n".join(wide)
    assert wide[wide.index("    m") + 1].endswith("  a/file.sql:7")
    narrow = text(Report("drift", findings=(finding,)), width=60).splitlines()
    first = narrow.index("    prisma        a/file.sql:7")
    assert narrow[first + 1 : first + 3] == ["      text", "    query latest  a/file.sql:7"]
    assert max(map(len, narrow)) <= 60
