"""SARIF 2.1.0, against the schema of the standard."""

import json

import pytest
from jsonschema import Draft7Validator

from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.report import Report
from dbtools.reports import Paper, RulePage, render


@pytest.fixture
def sarif(data):
    """A report as SARIF that was validated; its only run."""
    schema = json.loads((data / "sarif/sarif-schema-2.1.0.json").read_text("utf-8"))

    def run(report, **paper):
        log = json.loads(render(report, "sarif", Paper(**paper)))
        Draft7Validator(schema).validate(log)
        (found,) = log["runs"]
        return found

    return run


@pytest.mark.parametrize("shape", ["lint", "review", "broken", "empty", "hostile", "many"])
def test_every_report_is_valid(sarif, shape, request):
    report = request.getfixturevalue(shape)
    run = sarif(report)
    assert len(run["results"]) == len(report.every_finding())
    marks = [result["partialFingerprints"]["dbtools/v1"] for result in run["results"]]
    assert len(set(marks)) == len(marks)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_the_schema_would_refuse_what_is_wrong(data, lint):
    schema = json.loads((data / "sarif/sarif-schema-2.1.0.json").read_text("utf-8"))
    log = json.loads(render(lint, "sarif"))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not Draft7Validator(schema).is_valid(log)


def test_a_result_has_its_level_place_and_words(sarif, of_one_statement):
    scan, *_ = of_one_statement
    (result,) = sarif(Report("lint", findings=(scan,)), folder="apps/my api")["results"]
    assert result["level"] == "error"
    assert result["message"]["text"] == "reads Lesson\nNOT VALID\nlocks Lesson ACCESS EXCLUSIVE"
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "apps/my%20api/migrations/5.sql", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 5, "startColumn": 20, "endLine": 5, "endColumn": 43},
            }
        }
    ]
    assert result["properties"] == {"evidence": "static", "damage": "blocks reads"}


def test_columns_count_characters_and_paths_begin_at_the_root(sarif, lint):
    run = sarif(lint)
    assert run["columnKind"] == "unicodeCodePoints"
    assert "%SRCROOT%" in run["originalUriBaseIds"]


@pytest.mark.parametrize("path", ["<stdin>", ""])
def test_what_stands_in_no_file_has_no_location(sarif, path):
    (result,) = sarif(Report("lint", findings=(Finding("r", Severity.INFO, "m", Location(path)),)))["results"]
    assert (result["level"], result["locations"]) == ("note", [])


def test_a_file_outside_of_the_repository_is_no_path_in_it(sarif):
    (result,) = sarif(Report("lint", findings=(Finding("r", Severity.INFO, "m", Location("/tmp/a b.sql")),)))["results"]
    where = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert where == {"uri": "file:///tmp/a%20b.sql"}


def test_a_rule_comes_with_its_page(sarif, warning):
    page = RulePage("It blocks.", "Because.", "# It\n\nblocks", "https://example.org/", Severity.WARNING, on=False)
    (rule,) = sarif(Report("lint", findings=(warning,)), page=lambda _: page)["tool"]["driver"]["rules"]
    assert rule == {
        "id": "index-blocks-writes",
        "shortDescription": {"text": "It blocks."},
        "fullDescription": {"text": "Because."},
        "help": {"text": "Because.", "markdown": "# It\n\nblocks"},
        "helpUri": "https://example.org/",
        "defaultConfiguration": {"enabled": False, "level": "warning"},
    }


def test_what_could_not_finish_was_no_success(sarif, broken, lint):
    (failed,) = sarif(broken)["invocations"]
    assert not failed["executionSuccessful"]
    assert failed["toolExecutionNotifications"][0]["message"]["text"] == "rehearse: the server stopped"
    assert sarif(lint)["invocations"][0]["executionSuccessful"]
