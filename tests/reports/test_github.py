"""Workflow commands, as the runner reads them."""

import re

import pytest

from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.report import Report
from dbtools.reports import Paper, render

COMMAND = re.compile(r"^::(?P<name>\w+) (?P<properties>.*?)::(?P<data>.*)$")


def github(report, **paper):
    return render(report, "github", Paper(**paper)).splitlines()


def read(line):
    """A command as the runner takes it apart: at the second ``::``, at commas, at the first ``=``; then unescaped."""
    found = COMMAND.match(line)
    pairs = (pair.partition("=") for pair in found["properties"].split(","))
    return found["name"], {name: unescaped(value) for name, _, value in pairs}, unescaped(found["data"])


def unescaped(text):
    for written, meant in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(written, meant)
    return text


def test_a_finding_is_a_command_with_its_place(of_one_statement):
    scan, *_ = of_one_statement
    assert github(Report("lint", findings=(scan,))) == [
        (
            "::error file=migrations/5.sql,line=5,endLine=5,col=20,endColumn=43,title=a-scan::"
            "reads Lesson%0ANOT VALID%0Alocks Lesson ACCESS EXCLUSIVE"
        ),
        "dbtools lint: 1 error",
    ]


def test_over_several_lines_there_is_no_last_column(of_one_statement):
    from dataclasses import replace

    _, properties, _ = read(
        github(Report("lint", findings=(replace(of_one_statement[0], location=Location("a.sql", 4, 1)),)))[0]
    )
    assert properties == {"file": "a.sql", "line": "4", "endLine": "5", "col": "1", "title": "a-scan"}


def test_a_clean_report_is_one_line_and_no_command(empty):
    assert github(empty) == ["dbtools changes: nothing changed since main"]


def test_percent_colons_commas_and_lines_come_out_as_they_went_in():
    text = "100%, a:b\nc%0Ad ::error::"
    finding = Finding("rule", Severity.WARNING, text, Location("a,b:c%2C.sql", 2, 3))
    assert read(github(Report("lint", findings=(finding,)))[0]) == (
        "warning", {"file": "a,b:c%2C.sql", "line": "2", "col": "3", "title": "rule"}, text,
    )  # fmt: skip


def test_paths_begin_at_the_root_of_the_repository(warning):
    line, _ = github(Report("lint", findings=(warning,)), folder="apps/api")
    assert read(line)[1]["file"] == "apps/api/migrations/0005_drop.up.sql"


@pytest.mark.parametrize("path", ["<stdin>", ""])
def test_what_stands_in_no_file_has_no_place(path):
    line, _ = github(Report("lint", findings=(Finding("r", Severity.INFO, "m", Location(path)),)))
    assert line == "::notice title=r::m"


def test_ten_of_each_severity_are_shown_the_gravest_first_and_the_rest_is_counted(many):
    *commands, verdict = github(many)
    names = [read(line)[0] for line in commands]
    assert names == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert read(commands[0])[1]["title"] == "rule-000"
    assert read(commands[-1])[2] == (
        "324 errors, 324 warnings, 325 notes more than GitHub shows for one step: dbtools lint shows all"
    )
    assert verdict == "dbtools lint: 334 errors, 334 warnings, 334 notes"


def test_ten_of_each_need_no_notice_about_a_rest(many):
    findings = [each for each in many.findings if each.location.line <= 10]
    assert len(github(Report("lint", findings=tuple(findings)))) == 31


def test_what_could_not_finish_is_an_error(broken):
    assert github(broken) == [
        "::error title=dbtools rehearse::the server stopped",
        "dbtools review: could not finish",
    ]


def test_nothing_from_a_file_becomes_a_command(hostile):
    lines = github(hostile)
    assert len(lines) == 4
    assert [read(line)[0] for line in lines[:3]] == ["error", "error", "warning"]
    assert not lines[3].startswith("::")
    assert "##[" not in lines[3]


def test_a_very_long_message_is_cut():
    finding = Finding("r", Severity.INFO, "%" * 100_000, Location("a.sql"))
    line, _ = github(Report("lint", findings=(finding,)))
    assert len(line) < 13_000
