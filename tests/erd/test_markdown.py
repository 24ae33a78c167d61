from __future__ import annotations

import pytest

from dbtools.erd.markdown import anchors, code, inline, paragraph


def test_anchors_are_those_that_github_gives():
    headings = ["Course", "Course", "course-1", "audit.Log", "_x_ y", "học phí", "🎓 x", "a  b", "Ünïcode & more", "²"]
    assert list(anchors(headings)) == [
        "course", "course-1", "course-1-1", "auditlog", "_x_-y", "học-phí", "-x", "a-b", "ünïcode--more", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("user_id", "user_id"),
        ("_x_", "&#95;x&#95;"),
        ("a | b", "a &#124; b"),
        ("<b>&amp;", "&#60;b&#62;&#38;amp;"),
        ("a\r\n\tb\u202e", "a b"),
        (" ", "(blank)"),
    ],
)
def test_names_and_comments_stay_text(text, expected):
    assert inline(text) == expected


@pytest.mark.parametrize("text", ["- a", "+ a", "=== ", "1. a", "12) a", "* a", "# a", "> a", "    a", "```", "| a"])
def test_no_comment_starts_a_list_or_a_block(text):
    assert paragraph(text)[0] not in "-+=*#>` |"
    assert ". a" not in paragraph(text)
    assert ") a" not in paragraph(text)


def test_code_survives_backticks_and_pipes():
    assert code("now()") == "`now()`"
    assert code("a || '`'") == "<code>a &#124;&#124; &#39;&#96;&#39;</code>"
    assert code("") == "<code></code>"
