"""What holds for every format, whatever the report."""

import re

import pytest

from dbtools.reports import FORMATS, Paper, render
from tests.steps import steps

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("shape", ["lint", "review", "broken", "empty", "hostile", "many"])
def test_a_report_is_text_that_ends_with_one_line_break(form, shape, request):
    shown = render(request.getfixturevalue(shape), form)
    assert shown.endswith("\n")
    assert not shown.endswith("\n\n\n")
    assert render(request.getfixturevalue(shape), form) == shown


@pytest.mark.parametrize("form", FORMATS)
def test_no_character_steers_a_terminal(form, hostile):
    assert not STEERING.search(render(hostile, form).replace("\t", ""))


@pytest.mark.parametrize("form", FORMATS)
def test_four_times_the_findings_take_four_times_the_steps(form, many):
    from dataclasses import replace

    render(many, form, Paper())  # what is imported on the way counts for neither
    few, more = (replace(many, findings=many.findings[:100] * times) for times in (1, 4))
    assert steps(lambda: render(more, form, Paper())) < 5 * steps(lambda: render(few, form, Paper()))
