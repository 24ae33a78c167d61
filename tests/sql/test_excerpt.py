"""What a script says where a finding stands."""

import pytest

from dbtools.model.finding import Point, SourceLine
from dbtools.sql.excerpt import LONGEST, excerpt
from dbtools.sql.split import Place
from dbtools.sql.walk import statements
from tests.steps import steps


def shown(script, *names, statement=0, place=None):
    found = statements(script)[statement]
    return excerpt(script, found, place or found.error_place or found.place, names)


def marked(script, *names, **more):
    """The words that are meant, cut out of the script by their places."""
    (first, begin), (last, end) = shown(script, *names, **more).mark
    lines = script.removeprefix("\ufeff").split("\n")[first - 1 : last]
    lines[-1] = lines[-1][: end - 1]
    return "\n".join(lines)[begin - 1 :]


@pytest.mark.parametrize(
    ("script", "names", "meant"),
    [
        ("ALTER TABLE post DROP COLUMN title;", ("title", "post"), "title"),
        ('ALTER TABLE "Post" DROP COLUMN "Title"', ("Title", "Post"), '"Title"'),
        ("ALTER TABLE post DROP COLUMN TITLE;", ("title",), "TITLE"),
        ('DROP TABLE "a""b", c', ('a"b',), '"a""b"'),
        ("DROP TABLE a, b;", ("", "b"), "b"),
        ("UPDATE post SET a = 'post b'", ("b", "post"), "post"),
        ("DROP TABLE /* b */ a, b", ("b",), "b"),
        ('SELECT 1; DROP TABLE "表", b', ("b",), "b"),
        ("DROP TABLE a;", ("nothing",), "DROP TABLE a"),
        ("DROP TABLE a;", (), "DROP TABLE a"),
        ("SELEC 1;", (), "SELEC"),
        ("-- é\nDROP TABLE é, a", ("a",), "a"),
    ],
)
def test_meant_is_the_first_name_that_is_mentioned_or_else_all(script, names, meant):
    assert marked(script, *names, statement=len(statements(script)) - 1) == meant


def test_an_action_ends_before_the_next_one():
    script = "ALTER TABLE t\n  ADD COLUMN a int,\n  DROP COLUMN b ,\n  DROP COLUMN c;\n"
    found = statements(script)[0]
    ends = [excerpt(script, found, place).end for place in found.places]
    assert ends == [Point(2, 19), Point(3, 16), Point(4, 16)]


def test_what_a_block_executes_ends_with_its_own_semicolon():
    script = "DO $$\nBEGIN\n  IF true THEN\n    DROP TABLE audit;\n  END IF;\n  DROP TABLE other; END\n$$;"
    (found,) = statements(script)
    places = {place.line: place for place in found.places}
    first, second = excerpt(script, found, places[4], ("audit",)), excerpt(script, found, places[6], ("other",))
    assert (first.end, first.mark) == (Point(4, 21), (Point(4, 16), Point(4, 21)))
    assert (second.end, second.mark) == (Point(6, 19), (Point(6, 14), Point(6, 19)))


def test_the_statement_the_action_and_what_is_meant_are_shown():
    script = "SELECT 1;\nALTER TABLE t\n  ADD COLUMN a int,\n  ADD CONSTRAINT c\n  CHECK (\n    b > 0);\n"
    found = statements(script)[1]
    parts = excerpt(script, found, found.places[1], ("b",))
    assert parts.statement == Point(2, 1)
    assert parts.lines == (
        SourceLine(2, "ALTER TABLE t"), SourceLine(4, "  ADD CONSTRAINT c"), SourceLine(6, "    b > 0);"),
    )  # fmt: skip
    assert parts.mark == (Point(6, 5), Point(6, 6))


def test_places_hold_with_windows_lines_and_a_byte_order_mark():
    script = "\ufeffSELECT 1;\r\nDROP TABLE a,\r\n  b;\r\n"
    parts = shown(script, "b", statement=1)
    assert parts.lines == (SourceLine(2, "DROP TABLE a,"), SourceLine(3, "  b;"))
    assert parts.mark == (Point(3, 3), Point(3, 4))
    assert parts.end == Point(3, 4)


def test_of_a_long_line_what_is_around_the_words_is_carried():
    script = "".join(f"DROP TABLE a{number}; " for number in range(1000))
    parts = shown(script, "a500", statement=500)
    (line,) = parts.lines
    assert len(line.text) <= LONGEST
    begin = parts.mark[0].column - line.column
    assert line.text[begin : begin + 4] == "a500"


def test_a_script_without_statements_that_can_be_read_has_places_all_the_same():
    for script in ("'", "\0", "SELECT $$", "DROP TABLE a\0b;", "\ud800;"):
        for found in statements(script):
            parts = excerpt(script, found, found.error_place or found.place, ("a",))
            assert parts.mark[0] <= parts.mark[1]


def test_a_statement_of_four_times_the_parts_takes_four_times_the_steps():
    def showing(count):
        script = "ALTER TABLE t " + ",\n".join(f"DROP COLUMN a{number}" for number in range(count))
        (found,) = statements(script)

        def each():
            for number, place in enumerate(found.places):
                assert excerpt(script, found, place, (f"a{number}",)).mark[0].line == number + 1

        return steps(each)

    showing(10)  # what is imported on the way counts for neither
    few = showing(500)
    assert showing(2000) < 5 * few


def test_a_place_that_no_statement_has_is_its_own():
    found = statements("DROP TABLE a;")[0]
    assert excerpt("DROP TABLE a;", found, Place(1, 6)).mark == (Point(1, 6), Point(1, 13))
