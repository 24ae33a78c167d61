"""Lines with carets, as wide as the paper, whatever the characters."""

import pytest

from dbtools.model.finding import Excerpt, Point, SourceLine
from dbtools.reports.source import quoted, rows, width


def excerpt(text, begin, end, *, line=1, column=1):
    mark = (Point(line, begin), Point(line, end))
    return Excerpt(Point(line, 1), Point(line, end), mark, (SourceLine(line, text, column),))


def lines(*excerpts, room=80):
    return [f"{row.number}|{row.text}" for row in rows(excerpts, room)]


def test_carets_stand_under_the_words():
    assert lines(excerpt("DROP TABLE a;", 12, 13, line=7)) == ["7|DROP TABLE a;", "|           ^"]


def test_several_findings_share_a_line():
    assert lines(excerpt("DROP TABLE a, b;", 12, 13), excerpt("DROP TABLE a, b;", 15, 16)) == [
        "1|DROP TABLE a, b;",
        "|           ^  ^",
    ]


@pytest.mark.parametrize(
    ("text", "mark", "shown"),
    [
        ("\tDROP a;", (7, 8), ["1|    DROP a;", "|         ^"]),
        ("ab\tc d", (4, 5), ["1|ab  c d", "|    ^"]),
        ('DROP "表名", b', (6, 10), ['1|DROP "表名", b', "|     ^^^^^^"]),
        ('"表" b', (5, 6), ['1|"表" b', "|     ^"]),
        ("e\u0301 b", (4, 5), ["1|e\u0301 b", "|  ^"]),
        ("\U0001f469\u200d b", (4, 5), ["1|\U0001f469\u200d b", "|   ^"]),
        ("\x1b[2J b", (6, 7), ["1|\N{REPLACEMENT CHARACTER}[2J b", "|     ^"]),
        ("a\u202eb c", (5, 6), ["1|a\N{REPLACEMENT CHARACTER}b c", "|    ^"]),
        ("a", (2, 3), ["1|a", "| ^"]),
        ("", (1, 2), ["1|", "|^"]),
    ],
)
def test_carets_line_up_whatever_stands_before_them(text, mark, shown):
    assert lines(excerpt(text, *mark)) == shown


@pytest.mark.parametrize("room", [30, 60, 100])
@pytest.mark.parametrize("at", [1, 40, 150, 239])
@pytest.mark.parametrize("character", ["x", "表", "\t"])
def test_a_long_line_is_cut_around_the_words_and_says_so(room, at, character):
    text = character * (at - 1) + "WORD" + character * (239 - at)
    shown, carets = lines(excerpt(text, at, at + 4), room=room)
    assert all(width(line) <= room + 2 for line in (shown, carets))
    before = carets.index("^") - 1
    assert "WORD" in shown
    assert width(shown.partition("|")[2].partition("WORD")[0]) == before
    assert "…" in shown


def test_what_goes_on_in_further_lines_is_marked_on_its_first():
    many = Excerpt(Point(1, 1), Point(3, 3), (Point(1, 6), Point(3, 3)), (SourceLine(1, "DROP TABLE"),))
    assert lines(many) == ["1|DROP TABLE", "|     ^^^^^"]


def test_lines_apart_have_a_gap_between():
    apart = Excerpt(
        Point(1, 1), Point(9, 4), (Point(9, 1), Point(9, 2)), (SourceLine(1, "ALTER TABLE t"), SourceLine(9, "b")),
    )  # fmt: skip
    assert lines(apart) == ["1|ALTER TABLE t", "…|", "9|b", "|^"]
    assert quoted([apart]) == "ALTER TABLE t\n…\nb"


def test_what_is_left_of_a_long_line_is_marked_as_such():
    assert lines(excerpt("b c", 101, 102, column=101)) == ["1|…b c", "| ^"]
    assert quoted([excerpt("b c", 101, 102, column=101)]) == "…b c"
