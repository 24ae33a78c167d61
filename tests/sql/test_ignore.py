"""Which statement a comment is about, and what is wrong with it."""

from datetime import date

import pytest

from dbtools.sql.ignore import ignores

DROP = "ALTER TABLE a DROP COLUMN x;"
SAID = "-- dbtools: ignore drop-column nobody read it"


def lines(text):
    (found,) = ignores("x.sql", text)
    assert not found.problem
    return found.first, found.last


@pytest.mark.parametrize(
    ("text", "about"),
    [
        (f"{SAID}\n{DROP}\n{DROP}", (2, 2)),
        (f"{DROP}\n{SAID}\n{DROP}", (3, 3)),
        (f"{DROP} {SAID}\n{DROP}", (1, 1)),
        (f"{DROP}\n{DROP} {SAID}\n", (2, 2)),
        (f"{SAID}\n-- more words\nALTER TABLE a\n  DROP COLUMN x;\n{DROP}", (3, 4)),
        (f"ALTER TABLE a\n  DROP COLUMN x, {SAID}\n  DROP COLUMN y;", (1, 3)),
        (f"ALTER TABLE a\n  DROP COLUMN x,\n  DROP COLUMN y; {SAID}", (1, 3)),
        (f"{SAID}\n\n{DROP}\n{DROP}", (1, 4)),
        (f"-- Title\n\n{SAID}\n{DROP}", (4, 4)),
        (f"{DROP}\n\n{SAID}\n\n{DROP}", (5, 5)),
        (f"{DROP}\n-- dbtools: ignore-file drop-column nobody read it", (1, 2)),
        (f"/* dbtools: ignore drop-column nobody\n   read it */\n{DROP}", (3, 3)),
        (f"/* dbtools: ignore drop-column nobody read it */ {DROP}", (1, 1)),
        (f"{DROP} /* dbtools: ignore drop-column nobody read it */ {DROP}", (1, 1)),
    ],
)
def test_a_comment_is_about_the_statement_it_stands_at(text, about):
    assert lines(text) == about


def test_a_comment_after_the_last_statement_is_about_nothing():
    (found,) = ignores("x.sql", f"{DROP}\n{SAID}")
    assert found.first > found.last


def test_a_comment_names_rules_a_reason_and_a_day():
    text = "-- dbtools: ignore drop-column, type-narrowing until=2027-01-31: agreed with the owners"
    (found,) = ignores("x.sql", f"{text}\n{DROP}")
    assert found.rules == ("drop-column", "type-narrowing")
    assert found.until == date(2027, 1, 31)
    assert found.reason == "agreed with the owners"
    assert (found.location.line, found.location.column) == (1, 1)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("ignore drop-column", "no reason"),
        ("ignore drop-column ---", "no reason"),
        ("ignore drop-column until=2027-01-31", "no reason"),
        ("ignore", "names no rule"),
        ("ingore drop-column because", "means nothing"),
        ("ignore drop-column until=31.1.2027 because", "is no date"),
    ],
)
def test_what_is_written_wrongly_says_why(said, problem):
    (found,) = ignores("x.sql", f"-- dbtools: {said}\n{DROP}")
    assert problem in found.problem


def test_what_looks_like_one_in_a_string_is_none():
    assert ignores("x.sql", "SELECT '-- dbtools: ignore drop-column because';") == ()
    assert ignores("x.sql", "-- dbtools: no-transaction\nSELECT 1;") == ()
    assert ignores("x.sql", "-- see dbtools: ignore is a word\nSELECT 1;") == ()


def test_a_file_that_the_scanner_refuses_still_has_its_comments():
    (found,) = ignores("x.sql", f"{SAID}\n{DROP}\nSELECT 'never closed")
    assert found.rules == ("drop-column",)
