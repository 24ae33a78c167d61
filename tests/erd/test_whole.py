from __future__ import annotations

import re
from collections import Counter

import pytest

from dbtools.erd import DomainPages, Pages, erd
from dbtools.model.schema import Schema
from tests.erd.schemas import TORTURE, TORTURE_PAGES, columns, foreign, primary, simple, table
from tests.erd.test_erd import blocks, lines_of, texts


def whole(tables, pages=Pages()) -> str:  # noqa: B008 - frozen
    return texts(erd(Schema.of(tables), pages, {}))["erd.md"]


def tree(count: int, width: int = 0) -> list:
    """Tables that each refer to the one at half their number."""
    return [simple(f"t{n:04}{'x' * width}", f"t{n // 2:04}{'x' * width}") for n in range(count)]


def boxes(text: str) -> list[str]:
    return re.findall(r'^  "(\w+)"(?: \{)?$', "\n".join(blocks(text)), re.MULTILINE)


def test_a_small_schema_shows_the_keys_of_each_table_and_no_other_column():
    course = table("Course", columns("id", "title", "ownerId"), primary("id"), foreign("ownerId", "User"))
    (block,) = blocks(whole([simple("User"), course]))
    assert '  "Course" {\n    uuid id PK\n    uuid ownerId FK\n  }' in block
    assert "title" not in block
    assert "more" not in block
    assert lines_of(block) == [("User", "||--o{", "Course", "ownerId")]


def test_from_31_tables_on_only_names_are_drawn():
    (block,) = blocks(whole(tree(30)))
    assert "uuid id PK" in block
    (block,) = blocks(text := whole(tree(31)))
    assert "uuid" not in block
    assert boxes(text) == [f"t{n:04}" for n in range(31)]
    assert "Boxes are tables by their names" in text


@pytest.mark.parametrize(("count", "width"), [(1000, 0), (1000, 58), (2500, 20)])
def test_a_schema_too_big_for_one_diagram_has_every_table_and_key_in_one_of_several(count, width):
    text = whole(tree(count, width))
    made = blocks(text)
    assert len(made) > 1
    assert max(len(block.encode("utf-16-le")) // 2 for block in made) < 45_000
    assert max(len(boxes(f"```mermaid\n{block}\n```")) for block in made) <= 300
    assert Counter(boxes(text)) == Counter(f"t{n:04}{'x' * width}" for n in range(count))
    assert sum(len(lines_of(block)) for block in made) == count
    elsewhere = re.findall(r"\[\"(\w+) ↗ diagram (\d+)\"\]:::ghost", text)
    assert elsewhere
    assert all(f'\n  "{name}"\n' in made[int(number) - 1] for name, number in elsewhere)


def test_domains_stay_together_as_far_as_they_fit():
    tables = [simple(f"{letter}{n:03}", f"{letter}{n // 2:03}") for letter in "abc" for n in range(200)]
    domains = tuple(DomainPages(letter, (f"{letter}*",)) for letter in "abc")
    text = whole(tables, Pages(domains=domains))
    assert re.findall(r"\*\*Diagram (.*)\*\*", text) == ["1 of 3: A", "2 of 3: B", "3 of 3: C"]
    assert "↗" not in text


def test_tables_without_any_relation_are_listed_and_linked():
    text = whole([simple("a"), simple("b", "a"), simple("c")])
    assert "Not drawn, since no foreign key leads from or to them: `c`." in text
    assert "| [All tables](erd-all.md) | [a](erd-all.md#a), [b](erd-all.md#b), [c](erd-all.md#c) |" in text
    assert boxes(text) == ["a", "b"]


def test_without_any_foreign_key_there_is_no_diagram():
    text = whole([simple("a"), simple("b")])
    assert "## Diagram" not in text
    assert blocks(text) == []


def test_what_was_written_by_hand_survives_and_a_strangers_page_is_left_alone():
    text = whole([simple("a"), simple("b", "a")])
    written = text.replace("<!-- dbtools:keep notes -->\n", "<!-- dbtools:keep notes -->\nby hand\n")
    again = texts(erd(Schema.of([simple("a")]), Pages(), {"docs/schema/erd.md": written}))["erd.md"]
    assert "\nby hand\n" in again
    report = erd(Schema.of([simple("a")]), Pages(), {"docs/schema/erd.md": "# Mine\n"})
    assert [finding.rule for finding in report.findings] == ["page-not-generated"]
    assert "erd.md" not in texts(report)


def test_the_index_leads_to_it():
    assert "[The whole schema](erd.md)" in texts(erd(TORTURE, TORTURE_PAGES, {}))["README.md"]
