import json

import pytest
from jsonschema import Draft202012Validator, ValidationError, validate

from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.report import Report
from dbtools.reports import render, schema_path

SCHEMA = json.loads(schema_path().read_text("utf-8"))


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("shape", ["lint", "review", "broken", "empty"])
def test_every_shape_of_report_is_as_the_schema_says(shape, request):
    validate(json.loads(render(request.getfixturevalue(shape), "json")), SCHEMA)


@pytest.mark.parametrize("field", ["rule", "hint", "locks", "fingerprint"])
def test_the_schema_misses_no_field_of_a_finding(lint, field):
    report = json.loads(render(lint, "json"))
    del report["findings"][0][field]
    with pytest.raises(ValidationError):
        validate(report, SCHEMA)


def test_a_finding_has_every_field_null_or_empty_where_it_says_nothing():
    finding = Finding("r", Severity.INFO, "m", Location("ă.sql", 2, 3))
    (shown,) = json.loads(render(Report("lint", findings=(finding,)), "json"))["findings"]
    assert shown == {
        "rule": "r",
        "severity": "info",
        "evidence": "static",
        "message": "m",
        "hint": None,
        "plan": None,
        "location": {"path": "ă.sql", "line": 2, "column": 3},
        "table": None,
        "object": None,
        "locks": {},
        "values": {},
        "places": {},
        "fingerprint": finding.fingerprint,
        "damage": None,
        "excerpt": None,
    }


def test_parts_sections_and_files_are_all_there(review):
    shown = json.loads(render(review, "json"))
    assert list(shown)[:4] == ["version", "command", "status", "title"]
    assert [part["command"] for part in shown["parts"]] == ["changes", "lint", "erd", "rehearse"]
    assert [section["kind"] for section in shown["parts"][0]["sections"]] == ["text", "text"]
    assert shown["parts"][2]["files"] == [
        {"path": "docs/a.md", "deleted": False},
        {"path": "docs/b.md", "deleted": True},
    ]


def test_a_figure_that_is_no_number_is_null(review):
    assert '"ratio": null' in render(review, "json")
