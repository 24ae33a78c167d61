from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings

from dbtools.erd import DomainPages, Pages
from dbtools.erd.atlas import atlas
from dbtools.erd.diagram import keys
from dbtools.erd.markdown import visible
from dbtools.erd.picture import picture
from dbtools.errors import UsageError
from dbtools.model.objects import Column
from dbtools.model.schema import Schema
from tests.erd.schemas import TORTURE, TORTURE_PAGES, columns, foreign, primary, schemas, simple, table

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
ENDS = {(False, False): "1 0..N", (True, False): "{0,1} 0..N", (False, True): "1 {0,1}", (True, True): "{0,1} {0,1}"}


def svg(schema: Schema, pages: Pages = Pages(), *domains: str) -> ET.Element:  # noqa: B008
    return ET.fromstring(picture(schema, replace(pages, only=domains), "svg")[1].encode())


def groups(drawn: ET.Element, kind: str) -> list[tuple[str, list[str]]]:
    """The titles of all boxes or lines of a picture, each with the texts in it."""
    found = [group for group in drawn.iter(f"{SVG}g") if group.get("class") == kind]
    return [
        (group.find(f"{SVG}title").text, [text.text.replace("\u200b", "") for text in group.iter(f"{SVG}text")])
        for group in found
    ]


def boxes(drawn: ET.Element) -> Counter[tuple[str, tuple[str, ...]]]:
    """Every box: its heading, and its rows."""
    return Counter((texts[0], tuple(rows(texts[1:]))) for _, texts in groups(drawn, "node"))


def rows(texts: list[str]) -> list[str]:
    """A type ends with a bracket, and only what may not be null says more."""
    found, line = [], ""
    for number, text in enumerate(texts):
        line += text
        following = texts[number + 1] if number + 1 < len(texts) else ""
        if (text.startswith(" [") and following != " NOT NULL") or text == " NOT NULL":
            found.append(line)
            line = ""
    return found


def shown(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in visible(text))


def row(column: Column, marks: tuple[str, ...]) -> str:
    kind = shown(f"{column.type} · {', '.join(marks)}" if marks else str(column.type))
    return f"{shown(column.name)}  [{kind}]{'' if column.nullable else ' NOT NULL'}"


def expected(schema: Schema, pages: Pages) -> Counter[tuple[str, tuple[str, ...]]]:
    book, _ = atlas(schema, pages)
    made = Counter()
    for name in book.home:
        found = schema.tables[name]
        marks = keys(found, book)
        made[shown(str(name)), tuple(row(column, marks.get(column.name, ())) for column in found.columns)] += 1
    gone = {ref.parent for ref in book.references()} - set(book.home)
    made.update((f"{shown(str(name))} ↗ not in this schema", ()) for name in gone)
    return made


def lines(drawn: ET.Element) -> Counter[tuple[str, str]]:
    """Every line: the columns of its key, and what stands at its ends."""
    return Counter((texts[0], f"{texts[2]} {texts[1]}") for _, texts in groups(drawn, "edge"))


def test_every_table_column_and_key_of_the_torture_schema_is_in_the_picture():
    drawn = svg(TORTURE)
    assert boxes(drawn) == expected(TORTURE, Pages())
    book, _ = atlas(TORTURE, Pages())
    assert sum(lines(drawn).values()) == 25
    assert lines(drawn) == Counter(
        (shown(", ".join(ref.key.columns)), ENDS[ref.optional, ref.single]) for ref in book.references()
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schemas())
def test_any_name_is_drawn_as_it_is(schema):
    drawn = svg(schema)
    assert boxes(drawn) == expected(schema, Pages())
    assert sum(lines(drawn).values()) == len(atlas(schema, Pages())[0].references())


def test_a_line_says_how_many_there_are_at_both_ends():
    parent = table("p", columns("id"), primary("id"))
    child = table(
        "c", columns("a", "b?", "c", "d?"), primary("c"), *(foreign(column, "p") for column in "abc"),
        foreign("d", "p", enforced=False),
    )  # fmt: skip
    text = picture(Schema.of([parent, child]), Pages(), "dot")[1]
    drawn = re.findall(
        r'^"p" -- "c" \[taillabel=<<FONT>(.*?)</FONT>>,headlabel=<<FONT>(.*?)</FONT>>,(.*)\];$', text, re.MULTILINE
    )
    assert drawn == [
        ("1", "0..N", "label=<a>"),
        ("{0,1}", "0..N", "label=<b>"),
        ("1", "{0,1}", "label=<c>"),
        ("{0,1}", "0..N", "label=<d>,style=dashed"),
    ]


def test_a_domain_is_drawn_with_what_it_refers_to():
    found = boxes(svg(TORTURE, TORTURE_PAGES, "identity"))
    assert {name for name, _ in found} == {"User", "Profile", "Follow"}
    found = boxes(svg(TORTURE, TORTURE_PAGES, "Audit log"))
    assert {name: bool(rows) for name, rows in found} == {
        "audit.BehaviorLog": True, 'User ↗ Id "x" %% direction LR': False, "Course ↗ Learning": False,
    }  # fmt: skip


def test_of_several_domains_what_is_in_one_of_them_is_no_stranger():
    found = boxes(svg(TORTURE, TORTURE_PAGES, "Audit log", "identity"))
    assert {name for name, rows in found if not rows} == {"Course ↗ Learning"}


def test_an_unknown_domain_is_told_with_those_that_there_are():
    with pytest.raises(UsageError, match="there is no domain audit") as raised:
        picture(TORTURE, replace(TORTURE_PAGES, only=("audit",)), "svg")
    assert "there are learning, identity" in raised.value.hint


def test_tables_that_differ_in_what_cannot_be_seen_stay_two():
    found = boxes(svg(Schema.of([simple("a b"), simple("a\nb", "a b")])))
    assert sum(found.values()) == 2


def test_a_title_is_shown_literally():
    pages = Pages(domains=(DomainPages("x", ("*",), title=r'\G "<b>" \ & %'),))
    drawn = svg(Schema.of([simple("a")]), pages, "x")
    assert r'\G "<b>" \ & %' in [text.text.replace("\u200b", "") for text in drawn.iter(f"{SVG}text")]


@pytest.mark.parametrize("form", ["dot", "svg", "png"])
def test_equal_schemas_give_equal_bytes_under_any_hash_seed(form):
    program = (
        "import hashlib, sys; from tests.erd.schemas import *; from dbtools.erd.picture import picture;"
        f"print(hashlib.sha256(repr(picture(TORTURE, TORTURE_PAGES, {form!r})[1]).encode()).hexdigest())"
    )
    expected = hashlib.sha256(repr(picture(TORTURE, TORTURE_PAGES, form)[1]).encode()).hexdigest()
    for seed in ("1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == expected


def test_a_png_is_one():
    made = picture(Schema.of([simple("a"), simple("b", "a")]), Pages(), "png")[1]
    assert made.startswith(b"\x89PNG\r\n\x1a\n")


def test_nothing_is_a_picture_too():
    assert boxes(svg(Schema())) == Counter()


def test_what_graphviz_would_replace_in_a_name_is_shown_as_it_is():
    schema = Schema.of([simple(f"\\{letter}", "\\N") for letter in "GNETHLnlr\\"])
    drawn = svg(schema)
    assert boxes(drawn) == expected(schema, Pages())
    assert set(lines(drawn)) == {("\\NId", "1 0..N")}
