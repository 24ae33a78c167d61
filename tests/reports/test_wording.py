import pytest

from dbtools.model.report import Report
from dbtools.reports.wording import counted, verdict


@pytest.mark.parametrize(
    ("number", "noun", "words"),
    [
        (1, "tables", "1 table"),
        (0, "tables", "0 tables"),
        (1, "queries", "1 query"),
        (1, "indexes", "1 index"),
        (1, "classes of rows", "1 class of rows"),
        (1, "loss", "1 loss"),
        (1, "data", "1 data"),
        (12_345, "rows", "12,345 rows"),
        (3.217, "seconds", "3.2 seconds"),
    ],
)
def test_a_number_agrees_with_its_noun(number, noun, words):
    assert counted(number, noun) == words


def test_what_was_found_before_it_broke_is_told(error):
    assert verdict(Report("lint", findings=(error,), status="failed")) == "could not finish, 1 error so far"
