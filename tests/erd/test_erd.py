from __future__ import annotations

import hashlib
import html
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from dbtools.erd import DomainPages, Pages, erd
from dbtools.erd.markdown import anchors, headings, visible
from dbtools.model.expression import Type
from dbtools.model.finding import Severity
from dbtools.model.objects import Column, Domain, Index, IndexKey, Unique, View
from dbtools.model.schema import Schema
from tests.erd.schemas import (
    NASTY,
    TORTURE,
    TORTURE_PAGES,
    columns,
    expression,
    foreign,
    name,
    primary,
    schemas,
    simple,
    table,
)

GOLDEN = Path(__file__).with_name("golden")
HALF = Pages(domains=(DomainPages("half", ("*a*", "audit.pk")),), max_tables=3)
WORD = r"[A-Za-z_\u00c0-\uffff][0-9A-Za-z_\u00c0-\uffff-]*"
TYPE = WORD.replace("[0-9", r"[\[\]()0-9")
TEXT = r'"((?:[^"%\\<>~`*#]|#\d+;)+)"'
ID = r'"([^"%\\\s]+)"'
BLOCK_LINE = [
    re.compile(pattern)
    for pattern in (
        r"  direction LR",
        r"  accTitle: [^%;#\"{}]+",
        rf"  {ID}(?:\[{TEXT}\])?(?:( \{{)|(:::ghost))?",
        rf"    (?!(?i:pk|fk|uk)\b){TYPE} (?!(?i:pk|fk|uk)\b){WORD} [PFU]K(?:, [FU]K)*(?: {TEXT})?",
        r"    … and-\d+-(?:more|columns)",
        r"  \}",
        rf"  {ID} (?:\|\||\|o)(?:--|\.\.)(?:o\{{|o\|) {ID} : {TEXT}",
        r"  classDef ghost (?:fill:none,)?stroke:#8c959f,stroke-width:2px,stroke-dasharray:5",
    )
]


def texts(report) -> dict[str, str]:
    return {Path(file.path).name: file.content for file in report.files if file.content is not None}


def blocks(text: str) -> list[str]:
    return re.findall(r"```mermaid\n(erDiagram\n.*?)\n```", text, re.DOTALL)


def shown(escaped: str) -> str:
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), escaped)


def lines_of(block: str) -> list[tuple[str, str, str, str]]:
    """The relations of one block, with the names that are shown for their ends."""
    names = {
        found[1]: shown(found[2] or found[1]).rpartition(" ↗ ")[0] if found[3] else shown(found[2] or found[1])
        for found in re.finditer(rf"^  {ID}(?:\[{TEXT}\])?(:::ghost)?(?: \{{)?$", block, re.MULTILINE)
    }
    found = re.findall(rf"^  {ID} (\S+) {ID} : {TEXT}$", block, re.MULTILINE)
    return [(names[parent], ends, names[child], shown(label)) for parent, ends, child, label in found]


def ends(schema: Schema, pages: Pages = Pages()) -> set[tuple[str, str, str, str]]:  # noqa: B008 - frozen
    return {
        line for text in texts(erd(schema, pages, {})).values() for block in blocks(text) for line in lines_of(block)
    }


def assert_mermaid(block: str, patterns: list[re.Pattern[str]]) -> None:
    """It is short enough, and every line is one that *patterns* know and that no version swallows."""
    assert len(block.encode("utf-16-le")) // 2 < 45_000
    head, *lines = block.split("\n")
    assert head == "erDiagram"
    for line in lines:
        assert any(pattern.fullmatch(line) for pattern in patterns), line
        inside = line == "  direction LR" or line.startswith("    ")  # where it is a word like any other
        assert inside or not re.search(r"(?i)direction\s+(tb|bt|rl|lr)", line)


def drawn_as(text: str, limit: int = 96) -> str:
    text = visible(text).replace("ﬂ", "fl").replace("¶ß", "¶ ß")
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


@pytest.mark.parametrize("pages", [Pages(), HALF], ids=["one page", "two domains"])
def test_every_foreign_key_is_one_line_and_every_line_is_mermaid(pages):
    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(schemas())
    def check(schema):
        drawn, together = Counter(), Counter()
        for file, text in texts(erd(schema, pages, {})).items():
            for block in blocks(text):
                assert_mermaid(block, BLOCK_LINE)
                seen = together if file == "erd.md" else drawn
                seen.update((parent, child, label) for parent, _, child, label in lines_of(block))
        assert drawn == together
        assert drawn == Counter(
            (drawn_as(str(key.target)), drawn_as(str(owner.name)), drawn_as(", ".join(key.columns), 48))
            for owner in schema.tables.values()
            for key in owner.foreign_keys
        )

    check()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schemas())
def test_every_link_leads_to_its_table_and_every_row_has_its_cells(schema):
    pages = texts(erd(schema, HALF, {}))
    found = {}
    for file, text in pages.items():
        there = [html.unescape(heading) for heading in headings(text)]
        found[file] = dict(zip(anchors(there), there, strict=True))
    for file, text in pages.items():
        for label, page, anchor in re.findall(r"\[([^\[\]\n]*)\]\(([^)#]*)#([^)]*)\)", text):
            assert found[page or file][anchor] == html.unescape(label)
        for rows in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            assert len({row.count("|") for row in rows.splitlines()}) == 1


def test_the_torture_schema_is_drawn_as_it_was():
    assert texts(erd(TORTURE, TORTURE_PAGES, {})) == {path.name: path.read_text("utf-8") for path in GOLDEN.iterdir()}


def test_equal_schemas_give_equal_bytes_under_any_hash_seed():
    program = (
        "import hashlib; from tests.erd.schemas import *; from dbtools.erd import erd;"
        "print(hashlib.sha256(repr(erd(TORTURE, TORTURE_PAGES, {}).files).encode()).hexdigest())"
    )
    expected = hashlib.sha256(repr(erd(TORTURE, TORTURE_PAGES, {}).files).encode()).hexdigest()
    for seed in ("1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(GOLDEN.parents[2])}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == expected


def test_order_of_the_tables_in_the_source_does_not_matter():
    other = Schema.of(
        reversed(TORTURE.tables.values()),
        views=reversed(TORTURE.views.values()),
        enums=reversed(TORTURE.enums.values()),
    )
    assert erd(other, TORTURE_PAGES, {}).files == erd(TORTURE, TORTURE_PAGES, {}).files


def test_cardinality_follows_keys_and_nulls():
    parent = table("p", columns("id", "b"), primary("id", "b"))
    assert ends(Schema.of([parent, table("c", columns("x"), foreign("x", "p"))])) == {("p", "||--o{", "c", "x")}
    assert ends(Schema.of([parent, table("c", columns("x?"), foreign("x", "p"))])) == {("p", "|o--o{", "c", "x")}
    assert ends(Schema.of([parent, table("c", columns("x"), primary("x"), foreign("x", "p"))])) == {
        ("p", "||--o|", "c", "x")
    }
    both = foreign("x,y", "p", "id,b")
    assert ends(Schema.of([parent, table("c", columns("x", "y?"), both)])) == {("p", "|o--o{", "c", "x, y")}
    assert ends(Schema.of([parent, table("c", columns("x", "y"), primary("y"), both)])) == {
        ("p", "||--o|", "c", "x, y")
    }
    assert ends(Schema.of([parent, table("c", columns("x", "y"), primary("x", "y"), foreign("x", "p"))])) == {
        ("p", "||--o{", "c", "x")
    }


def test_only_what_is_unique_in_every_row_makes_a_single_child():
    def drawn(index):
        child = table("c", columns("x"), foreign("x", "p"), index)
        return {line[1] for line in ends(Schema.of([table("p", columns("id"), primary("id")), child]))}

    key = (IndexKey("x"),)
    assert drawn(Index("i", key, unique=True)) == {"||--o|"}
    assert drawn(Index("i", key, unique=True, nulls_distinct=False, include=("x",))) == {"||--o|"}
    assert drawn(Index("i", key)) == {"||--o{"}
    assert drawn(Index("i", key, unique=True, valid=False)) == {"||--o{"}
    assert drawn(Index("i", key, unique=True, where=expression("x > 0"))) == {"||--o{"}
    assert drawn(Index("i", (IndexKey(expression=expression("lower(x)")),), unique=True)) == {"||--o{"}


def test_a_domain_that_takes_no_null_makes_its_columns_mandatory():
    never = Domain(name("never"), Type("uuid"), nullable=False)
    inner = Domain(name("inner"), Type("never", namespace="public"))
    kinds = (Type("never", namespace="public"), Type("inner", namespace="public"), Type("uuid"))
    child = table(
        "c", [Column(f"k{n}", kind) for n, kind in enumerate(kinds)], *(foreign(f"k{n}", "p") for n in range(3))
    )
    schema = Schema.of([table("p", columns("id"), primary("id")), child], domains=[never, inner])
    assert {(line[3], line[1][:2]) for line in ends(schema)} == {("k0", "||"), ("k1", "||"), ("k2", "|o")}
    page = texts(erd(schema, Pages(), {}))["erd-all.md"]
    assert "    inner k1 FK\n" in page
    assert "| k1 | `inner` |  | FK |" in page
    assert "| `inner` | `never` | yes |\n| `never` | `uuid` |  |\n" in page


def test_what_nobody_fills_in_takes_no_room():
    bare = texts(erd(Schema.of([table("a", columns("id"))]), Pages(domains=(DomainPages("one", ("a",)),)), {}))
    assert "| Column | Type | Null |\n| --- | --- | --- |\n| id | `uuid` |  |\n" in bare["erd-one.md"]
    assert "| Domain | Tables | Columns | References out | References in |\n" in bare["README.md"]
    assert "Links to other domains" not in bare["erd-one.md"]
    assert "Line ends" not in bare["erd-one.md"]
    owned = Pages(domains=(DomainPages("one", ("a",), owner="@team"), DomainPages("two", ("b",))))
    filled = texts(erd(Schema.of([table("a", columns("id")), simple("b")]), owned, {}))["README.md"]
    assert "| References in | Owner |\n" in filled


def test_a_table_called_like_a_section_is_found_with_and_without_that_section():
    for other, anchor in ((simple("b"), "links-to-other-domains"), (simple("b", "c"), "links-to-other-domains-1")):
        named = table("Links to other domains", columns("id", "b"), primary("id"), foreign("b", "b"))
        pages = Pages(domains=(DomainPages("one", ("Links*", "b")), DomainPages("two", ("c",))))
        text = texts(erd(Schema.of([named, other, simple("c")]), pages, {}))["erd-one.md"]
        assert f"[Links to other domains](#{anchor}) (b)" in text


def test_a_view_is_told_where_its_tables_are_even_through_other_views():
    views = [
        View(name("one"), "SELECT 1", mentions=(name("a"),)),
        View(name("two"), "SELECT 1", mentions=(name("one"), name("b"))),
        View(name("loop"), "SELECT 1", mentions=(name("loop"),)),
    ]
    pages = texts(erd(Schema.of([simple("a"), simple("b")], views=views), Pages(), {}))
    assert "| one | [a](#a) |\n| two | [a](#a), [b](#b) |\n" in pages["erd-all.md"]
    assert "## Views that read no table\n\n| View |\n| --- |\n| loop |\n" in pages["README.md"]


def test_words_that_markdown_would_take_apart_are_spelled_so_that_it_does_not():
    odd = [Column("_x_", Type("[x](y)", namespace="public"), nullable=False), *columns("___", "plain_", "_v")]
    shown = table("t", odd, *(Unique(f"u{n}", (column.name,)) for n, column in enumerate(odd)))
    block = blocks(texts(erd(Schema.of([shown]), Pages(), {}))["erd-all.md"])[0]
    assert '    ˍx_(y) ˍx_ UK "#95;x#95;"\n' in block
    assert '    uuid ˍˍˍ UK "#95;#95;#95;"\n' in block
    assert "    uuid plain_ UK\n    uuid _v UK\n" in block


def test_a_second_loop_goes_to_a_ghost_since_mermaid_would_drop_it():
    one = table("t", columns("id", "up?"), primary("id"), foreign("up", "t"))
    two = table("t", columns("id", "up?", "next"), primary("id"), foreign("up", "t"), foreign("next", "t"))
    drawn = blocks(texts(erd(Schema.of([one]), Pages(), {}))["erd-all.md"])[0]
    assert '  "t" |o--o{ "t" : "up"' in drawn
    drawn = blocks(texts(erd(Schema.of([two]), Pages(), {}))["erd-all.md"])[0]
    assert '  "t_2"["t ↗ itself"]:::ghost\n  "t_2" ||--o{ "t" : "next"\n  "t_2" |o--o{ "t" : "up"' in drawn


def test_a_key_that_is_not_enforced_is_dotted_and_the_legend_says_so():
    schema = Schema.of([simple("p"), table("c", columns("x"), foreign("x", "p", enforced=False))])
    assert ends(schema) == {("p", "||..o{", "c", "x")}
    assert "dotted lines are not enforced" in texts(erd(schema, Pages(), {}))["erd-all.md"]


def test_a_partition_is_part_of_its_table():
    log = texts(erd(TORTURE, TORTURE_PAGES, {}))["erd-audit-log.md"]
    assert "### audit.BehaviorLog\n" in log
    assert "### audit.BehaviorLog_2026" not in log
    assert "- Partitions: `audit.BehaviorLog_2026` `FOR VALUES" in log
    assert log.count('"audit.BehaviorLog" : "userId"') == 1
    assert '"Course" |o--o{ "audit.BehaviorLog" : "courseId"' in log


def test_a_foreign_key_to_another_domain_ends_at_a_ghost_and_is_listed_on_both_pages():
    schema = Schema.of([simple("a"), simple("b", "a")])
    pages = texts(erd(schema, Pages(domains=(DomainPages("one", ("a",)), DomainPages("two", ("b",)))), {}))
    assert '  "a"["a ↗ One"]:::ghost' in pages["erd-two.md"]
    assert "Out of this domain:" in pages["erd-two.md"]
    assert "| [b](#b) (aId) | [a](erd-one.md#a) | [One](erd-one.md) | no |" in pages["erd-two.md"]
    assert "Into this domain:" in pages["erd-one.md"]
    assert "| [a](#a) | [b](erd-two.md#b) (aId) | [Two](erd-two.md) | no |" in pages["erd-one.md"]
    assert "d1 -->|1| d0" in pages["README.md"]


def test_a_big_domain_becomes_several_diagrams_that_show_everything_once():
    schema = Schema.of([simple("hub"), *(simple(f"t{n:02}", "hub", f"t{n // 3:02}") for n in range(40))])
    text = texts(erd(schema, Pages(max_tables=7), {}))["erd-all.md"]
    boxes = [re.findall(r'^  "(\w+)" \{$', block, re.MULTILINE) for block in blocks(text)]
    assert max(map(len, boxes)) <= 7
    assert len(boxes) <= 7
    assert sorted(box for some in boxes for box in some) == sorted(str(found) for found in schema.tables)
    assert sum(len(lines_of(block)) for block in blocks(text)) == 80
    assert "**Diagram 1 of " in text


@pytest.mark.parametrize("count", [0, -3])
def test_a_limit_below_one_means_one(count):
    text = texts(erd(Schema.of([simple("a"), simple("b", "a")]), Pages(max_tables=count), {}))["erd-all.md"]
    assert len(blocks(text)) == 2


def test_mermaid_accepts_even_a_table_with_a_thousand_references():
    wide = [f"{n:04}{'%' * 59}" for n in range(1000)]
    schema = Schema.of([simple("p" * 63), table("%" * 63, columns(*wide), *(foreign(c, "p" * 63) for c in wide))])
    drawn = blocks(texts(erd(schema, Pages(max_tables=100_000), {}))["erd-all.md"])
    assert max(map(len, drawn)) < 45_000
    assert sum(len(lines_of(block)) for block in drawn) == 1000


def test_many_big_tables_in_one_diagram_are_cut_too():
    schema = Schema.of([simple(f"{n:03}{'x' * 60}", f"{n // 2:03}{'x' * 60}") for n in range(400)])
    drawn = blocks(texts(erd(schema, Pages(max_tables=1000), {}))["erd-all.md"])
    assert 1 < len(drawn) < 20
    assert max(map(len, drawn)) < 45_000
    assert sum(len(lines_of(block)) for block in drawn) == 400


def test_a_star_is_laid_out_from_left_to_right():
    schema = Schema.of([simple("hub"), *(simple(f"t{n}", "hub") for n in range(5))])
    assert "\n  direction LR\n" in texts(erd(schema, Pages(), {}))["erd-all.md"]
    assert "direction LR" not in texts(erd(schema, Pages(max_tables=3), {}))["erd-all.md"]


def test_a_star_with_long_chains_stays_upright():
    chain = [simple("t5", "t0"), simple("t6", "t5"), simple("t7", "t6")]
    star = [simple("hub"), *(simple(f"t{n}", "hub") for n in range(5))]
    assert "\n  direction LR\n" in texts(erd(Schema.of([*star, *chain[:1], chain[1]]), Pages(), {}))["erd-all.md"]
    assert "direction LR" not in texts(erd(Schema.of([*star, *chain]), Pages(), {}))["erd-all.md"]


def test_tables_without_relations_are_drawn_only_when_they_are_alone():
    linked = texts(erd(Schema.of([simple("a"), simple("b", "a"), simple("c")]), Pages(), {}))["erd-all.md"]
    assert '  "c"' not in linked
    assert "Not drawn, since nothing on this page is linked to them: `c`." in linked
    assert '  "c" {' in texts(erd(Schema.of([simple("a"), simple("c")]), Pages(), {}))["erd-all.md"]


def test_an_empty_schema_has_an_empty_page():
    report = erd(Schema(), Pages(), {})
    assert [file.path for file in report.files] == [
        "docs/schema/README.md",
        "docs/schema/erd-all.md",
        "docs/schema/erd.md",
    ]
    assert report.findings == ()
    assert "```" not in "".join(texts(report).values())


def test_figures_count_what_was_drawn():
    report = erd(TORTURE, TORTURE_PAGES, {})
    assert report.figures == {"tables": 24, "domains": 4, "pages": 7, "edges": 25}
    assert report.summary == "24 tables on 5 pages"
    assert [row[0] for row in report.sections[0].rows] == [
        "Learning", 'Id "x" %% direction LR', "Audit log", "Other", "Other tables",
    ]  # fmt: skip


def test_nasty_names_stay_different_tables():
    schema = Schema.of([simple("a%b"), simple("a_b", "a%b"), simple("a&b", "a_b")])
    assert ends(schema) == {("a%b", "||--o{", "a_b", "a%bId"), ("a_b", "||--o{", "a&b", "a_bId")}


def test_foreign_keys_without_an_index_need_attention():
    indexed = table("b", columns("id", "aId"), primary("aId", "id"), foreign("aId", "a"))
    readme = texts(erd(Schema.of([simple("a"), indexed, simple("c", "a")]), Pages(), {}))["README.md"]
    assert "- Foreign keys without an index: [c](erd-all.md#c) (aId)\n" in readme


def test_no_finding_is_an_error_for_any_name():
    report = erd(Schema.of([simple(word) for word in NASTY]), HALF, {})
    assert {finding.severity for finding in report.findings} == {Severity.WARNING}
    assert name("_x_") in Schema.of([simple("_x_")]).tables


if __name__ == "__main__":  # python -m tests.erd.test_erd writes the golden pages anew
    GOLDEN.mkdir(exist_ok=True)
    for written, content in texts(erd(TORTURE, TORTURE_PAGES, {})).items():
        (GOLDEN / written).write_text(content, "utf-8")
