"""GitLab's code quality report, against the shape that its manual documents."""

import json

import pytest
from jsonschema import Draft202012Validator

from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.report import Report
from dbtools.reports import Paper, render

# docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
SHAPE = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "not": {"pattern": r"^\./|\\"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {
                            "begin": {"type": "integer", "minimum": 1},
                            "end": {"type": "integer", "minimum": 1},
                        },
                        "additionalProperties": False,
                    },
                },
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    },
}


def gitlab(report, **paper):
    return json.loads(render(report, "gitlab", Paper(**paper)))


@pytest.mark.parametrize("shape", ["lint", "review", "broken", "empty", "hostile", "many"])
def test_every_report_has_the_documented_shape_and_unique_fingerprints(shape, request):
    issues = gitlab(request.getfixturevalue(shape))
    Draft202012Validator(SHAPE).validate(issues)
    marks = [issue["fingerprint"] for issue in issues]
    assert len(set(marks)) == len(marks)


def test_a_finding_is_an_issue(of_one_statement):
    scan, *_ = of_one_statement
    assert gitlab(Report("lint", findings=(scan,)), folder="apps/api") == [
        {
            "description": "reads Lesson",
            "check_name": "a-scan",
            "fingerprint": scan.fingerprint,
            "severity": "critical",
            "location": {"path": "apps/api/migrations/5.sql", "lines": {"begin": 5, "end": 5}},
        }
    ]


def test_a_clean_report_has_no_issue(empty):
    assert gitlab(empty) == []


def test_what_could_not_finish_is_a_blocker(broken):
    (issue,) = gitlab(broken)
    assert (issue["severity"], issue["description"]) == ("blocker", "dbtools rehearse: the server stopped")


def test_the_same_problem_has_the_same_fingerprint_after_lines_have_moved():
    def marks(line):
        finding = Finding("r", Severity.INFO, "m", Location("a.sql", line), anchor="DROP TABLE a")
        return [issue["fingerprint"] for issue in gitlab(Report("lint", findings=(finding, finding)))]

    assert marks(1) == marks(40)
