"""What `dbtools erd --changed` draws, from one schema and the SQL that changes it."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from functools import reduce
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbtools.change import Change
from dbtools.erd import DomainPages, Pages, changed
from dbtools.model.expression import Type
from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.migration import Migration, Script
from dbtools.model.objects import Column, Table, Unique
from dbtools.model.report import Report, TableSection, TextSection
from dbtools.model.schema import Schema
from dbtools.reports import Paper, render
from dbtools.sql.walk import fold
from tests.erd.schemas import TORTURE, TORTURE_PAGES, WORDS, columns, foreign, name, primary, simple, table, tables
from tests.erd.test_erd import BLOCK_LINE, ID, TEXT, TYPE, WORD, assert_mermaid, drawn_as, shown

GOLDEN = Path(__file__).with_name("golden-changed")
MARKED = [
    *BLOCK_LINE,
    *map(
        re.compile,
        (
            rf"  {ID}\[{TEXT}\]:::(?:added|changed|removed)(?: \{{)?",
            rf"    (?!(?i:pk|fk|uk)\b){TYPE} (?!(?i:pk|fk|uk)\b){WORD}(?: {TEXT})?",
            r"  classDef (?:added|changed|removed) stroke:#[0-9a-f]{6},stroke-width:\dpx(?:,stroke-dasharray:\d+)?",
        ),
    ),
]
RELATION = rf"^  {ID} (\S+) {ID} : {TEXT}$"
BASE = """
CREATE TYPE mood AS ENUM ('ok', 'sad');
CREATE TABLE author (id int PRIMARY KEY, name text NOT NULL, mood mood, born date);
CREATE TABLE post (
  id int PRIMARY KEY, author_id int NOT NULL REFERENCES author ON DELETE CASCADE, title varchar(40) DEFAULT 'none'
);
CREATE TABLE comment (id int PRIMARY KEY, post_id int NOT NULL REFERENCES post, body text);
CREATE TABLE tag (id int PRIMARY KEY, label text);
CREATE TABLE log (id bigint, at timestamp NOT NULL, author_id int REFERENCES author, PRIMARY KEY (id, at))
  PARTITION BY RANGE (at);
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE SCHEMA audit;
CREATE TABLE audit.entry (id int PRIMARY KEY, post_id int REFERENCES post);
"""
RICH = """
CREATE TABLE "%direction LR" (id int PRIMARY KEY, "2fa code" text NOT NULL UNIQUE, post_id int REFERENCES post (id));
ALTER TABLE author RENAME TO person;
ALTER TABLE person RENAME COLUMN name TO full_name;
ALTER TABLE person ALTER full_name TYPE varchar(80), ALTER full_name SET DEFAULT '"`<b>`"', DROP COLUMN born;
ALTER TABLE post DROP CONSTRAINT post_author_id_fkey;
ALTER TABLE post ADD FOREIGN KEY (author_id) REFERENCES person (id) ON DELETE SET NULL;
ALTER TABLE post ALTER author_id DROP NOT NULL, ADD UNIQUE (title), ADD COLUMN pk uuid, ADD CHECK (title <> '');
ALTER TABLE audit.entry DROP CONSTRAINT entry_post_id_fkey;
DROP TABLE tag;
CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX ON log (author_id);
ALTER TYPE mood ADD VALUE 'glad';
CREATE VIEW titles AS SELECT id, title FROM post;
"""
DOMAINS = Pages(domains=(DomainPages("people", ("author", "person")), DomainPages("rest", ("*",))))


def change_of(sql: str, base: str = BASE) -> Change:
    before = fold(Schema(), (base,))
    migration = Migration("0002", Script("migrations/0002.sql", sql))
    return Change("a test", before, fold(before, (sql,)), new=(migration,))


def report_of(sql: str, base: str = BASE, pages: Pages = Pages()):  # noqa: B008 - frozen
    return changed(change_of(sql, base), pages)


def pictures(report) -> list[str]:
    return [each.text for each in report.sections if isinstance(each, TextSection) and each.language == "mermaid"]


def picture(sql: str, base: str = BASE, pages: Pages = Pages()) -> str:  # noqa: B008 - frozen
    (text,) = pictures(report_of(sql, base, pages))
    return text


def drawing(sql: str) -> str:
    """The picture with its references read."""
    return shown(picture(sql))


def listed(report) -> list[tuple[str, ...]]:
    found = [row for each in report.sections if isinstance(each, TableSection) for row in each.rows]
    return [tuple(row) for row in found]


def entities(text: str) -> dict[str, str]:
    """The class of every entity, by the text of its box."""
    found = re.findall(rf"^  {ID}(?:\[{TEXT}\])?(?::::(\w+))?(?: \{{)?$", text, re.MULTILINE)
    return {shown(alias or identifier): style for identifier, alias, style in found}


def relations(text: str) -> set[tuple[str, str, str, str]]:
    return {
        (parent, ends, child, shown(label)) for parent, ends, child, label in re.findall(RELATION, text, re.MULTILINE)
    }


def legend(report) -> str:
    return " ".join(each.summary for each in report.sections if isinstance(each, TextSection))


# One change, one mark ------------------------------------------------------------------------------


def test_a_new_table_shows_its_columns_and_what_it_refers_to():
    text = picture("CREATE TABLE vote (id int PRIMARY KEY, post_id int NOT NULL REFERENCES post, weight int)")
    assert entities(text) == {"+ vote": "added", "post": "ghost"}
    assert (
        '"vote"["#43; vote"]:::added {\n    integer id PK\n    integer post_id FK\n    integer weight "null"\n' in text
    )
    assert relations(text) == {("post", "||--o{", "vote", "+ post_id")}


def test_a_dropped_table_keeps_its_keys_and_its_dotted_lines():
    text = picture("DROP TABLE comment")
    assert entities(text) == {"- comment": "removed", "post": "ghost"}
    assert "    integer post_id FK\n    … and-1-more\n" in text
    assert relations(text) == {("post", "||..o{", "comment", "- post_id")}


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        ("ALTER TABLE tag ADD COLUMN n int NOT NULL", 'integer n "+ added"'),
        ("ALTER TABLE tag ADD COLUMN n int", 'integer n "+ added; null"'),
        ("ALTER TABLE tag DROP COLUMN label", 'text label "- removed"'),
        ("ALTER TABLE tag ALTER label TYPE varchar(9)", 'varchar(9) label "~ was text; null"'),
        ("ALTER TABLE tag ALTER label SET NOT NULL", 'text label "~ was null"'),
        ("ALTER TABLE post ALTER author_id DROP NOT NULL", 'integer author_id FK "~ was not null"'),
        ("ALTER TABLE tag ALTER label SET DEFAULT 'x'", 'text label "~ was without default; null"'),
        ("ALTER TABLE post ALTER title DROP DEFAULT", "varchar(40) title \"~ was default 'none'; null\""),
        ("ALTER TABLE tag RENAME label TO word", 'text word "~ was called label; null"'),
        ("COMMENT ON COLUMN tag.label IS 'a word'", 'text label "~ comment; null"'),
        ("ALTER TABLE tag ADD UNIQUE (label)", 'text label UK "+ UK; null"'),
        ("ALTER TABLE tag DROP CONSTRAINT tag_pkey", 'integer id "- PK"'),
        ("ALTER TABLE tag ADD FOREIGN KEY (id) REFERENCES post", 'integer id PK, FK "+ FK"'),
    ],
)
def test_a_changed_column_says_what_it_was(sql, row):
    assert f"    {row}\n" in drawing(sql)


@pytest.mark.parametrize(
    ("sql", "box"),
    [
        ("CREATE INDEX ON tag (label)", "~ tag (+1 index)"),
        ("ALTER TABLE tag ADD CHECK (label <> '')", "~ tag (+1 check)"),
        ("CREATE TABLE rest PARTITION OF log DEFAULT", "~ log (+1 partition)"),
        ("DROP TABLE log_2025", "~ log (-1 partition)"),
        ("ALTER TABLE log DETACH PARTITION log_2025", "~ log_2025 (no partition of log)"),
        ("ALTER TABLE tag ENABLE ROW LEVEL SECURITY", "~ tag (row security on)"),
        ("COMMENT ON TABLE tag IS 'words'", "~ tag (comment)"),
        ("ALTER TABLE tag RENAME TO label", "~ label, was tag"),
        ("ALTER TABLE tag SET SCHEMA audit", "~ audit.tag, was tag"),
        ("ALTER TABLE tag RENAME CONSTRAINT tag_pkey TO pk", "~ tag"),
    ],
)  # fmt: skip
def test_what_no_row_can_show_stands_beside_the_name(sql, box):
    assert entities(picture(sql))[box] == "changed"


def test_a_foreign_key_that_only_promises_something_else_is_one_line_that_says_what_it_was():
    sql = """ALTER TABLE post DROP CONSTRAINT post_author_id_fkey;
             ALTER TABLE post ADD FOREIGN KEY (author_id) REFERENCES author ON DELETE RESTRICT"""
    text = drawing(sql)
    assert '  "author" ||--o{ "post" : "~ author_id (was on delete cascade)"\n' in text
    assert text.count('"author" ||') == 1


def test_a_foreign_key_to_another_table_is_one_that_went_and_one_that_came():
    sql = """ALTER TABLE comment DROP CONSTRAINT comment_post_id_fkey;
             ALTER TABLE comment ADD FOREIGN KEY (post_id) REFERENCES tag (id)"""
    assert relations(picture(sql)) == {
        ("post", "||..o{", "comment", "- post_id"), ("tag", "||--o{", "comment", "+ post_id"),
    }  # fmt: skip


def test_lines_between_tables_that_stay_as_they_are_are_not_drawn():
    text = picture("ALTER TABLE author ADD COLUMN n int; ALTER TABLE audit.entry ADD COLUMN n int")
    assert entities(text) == {"~ author": "changed", "~ audit.entry": "changed", "log": "ghost", "post": "ghost"}
    assert '"comment"' not in text


def test_a_renamed_table_takes_its_references_along():
    text = picture("ALTER TABLE author RENAME TO person; ALTER TABLE person RENAME name TO full_name")
    assert entities(text) == {"~ person, was author": "changed", "log": "ghost", "post": "ghost"}
    assert 'text full_name "#126; was called name"' in text
    assert '  "person" ||--o{ "post" : "author_id"' in text


def test_what_is_dropped_and_made_again_under_the_name_of_another_is_not_renamed():
    sql = """ALTER TABLE tag RENAME TO old_tag; DROP TABLE old_tag; CREATE TABLE label (id int PRIMARY KEY);
             ALTER TABLE label RENAME TO word"""
    assert entities(picture(sql)) == {"- tag": "removed", "+ word": "added"}


def test_a_partition_that_is_attached_is_no_table_that_went():
    base = BASE + "CREATE TABLE late (id bigint, at timestamp NOT NULL, author_id int, PRIMARY KEY (id, at));"
    sql = "ALTER TABLE log ATTACH PARTITION late FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')"
    assert entities(picture(sql, base)) == {"~ log (+1 partition)": "changed", "author": "ghost"}


def test_a_neighbour_says_on_which_page_it_stands():
    assert entities(picture("ALTER TABLE post ADD COLUMN n int", pages=DOMAINS)) == {
        "~ post": "changed", "author ↗ People": "ghost", "comment ↗ Rest": "ghost", "audit.entry ↗ Rest": "ghost",
    }  # fmt: skip


# The whole report ----------------------------------------------------------------------------------


def test_the_legend_names_only_the_marks_that_occur():
    assert legend(report_of("CREATE TABLE x (id int)")) == "+ and a thick frame: added."
    said = legend(report_of("DROP TABLE comment"))
    assert "added" not in said
    assert "- and a thick dashed frame: removed; thin dashed frame: not changed" in said
    assert "dotted line: foreign key removed" in said


def test_the_legend_tells_why_a_line_is_dotted():
    schema = Schema.of([simple("p"), table("c", columns("x"), foreign("x", "p", enforced=False))])
    new = changed(Change("a test", Schema(), schema, touched=("x",)), Pages())
    gone = changed(Change("a test", schema, Schema.of([simple("p")]), touched=("x",)), Pages())
    assert legend(new).endswith("dotted line: foreign key not enforced.")
    assert legend(gone).endswith("dotted line: foreign key removed or not enforced.")


def test_the_comments_of_a_new_table_are_not_listed():
    sql = "CREATE TABLE x (id int); COMMENT ON TABLE x IS 'words'; COMMENT ON COLUMN x.id IS 'more'"
    assert listed(report_of(sql)) == []


def test_what_the_picture_cannot_show_is_listed_once():
    assert listed(report_of(RICH)) == [
        ("~", "enum", "mood", "+ glad"),
        ("+", "table", "log_2026", "3 columns, 1 foreign key, 1 index"),
        ("+", "index", "log_author_id_idx on log", "log (author_id)"),
        ("+", "constraint", "post_title_check on post", "check (title <> '')"),
        ("+", "view", "titles", ""),
    ]


def test_nothing_changed_is_one_line():
    report = report_of("SELECT 1")
    assert (report.summary, report.sections) == ("a test: no table changed", ())
    assert render(report, "text") == "✓ erd: a test: no table changed\n"


def test_a_change_beside_the_tables_has_a_list_and_no_picture():
    report = report_of("ALTER TYPE mood ADD VALUE 'glad'")
    assert not pictures(report)
    assert listed(report) == [("~", "enum", "mood", "+ glad")]


def goldens() -> dict[str, str]:
    """A change of everything that can change, and one of tables and columns with every trap in their names."""
    tables = [TORTURE.tables[each] for number, each in enumerate(sorted(TORTURE.tables)) if number % 4]
    nasty = [Column('new "col" ~x~ `z` %', Type("my direction", namespace="public")), *columns("LR", "pk")]
    after = [reduce(Table.with_column, nasty, old) if number % 3 == 0 else old for number, old in enumerate(tables)]
    reports = {
        "rich": report_of(RICH, pages=DOMAINS),
        "torture": changed(Change("a test", TORTURE, Schema.of(after), touched=("x",)), TORTURE_PAGES),
    }
    return {f"{called}.md": render(report, "markdown") for called, report in reports.items()}


def test_changes_are_drawn_as_they_were():
    assert goldens() == {path.name: path.read_text("utf-8") for path in GOLDEN.iterdir()}


def test_equal_changes_give_equal_bytes_under_any_hash_seed():
    program = (
        "import hashlib; from tests.erd.test_changed import *;"
        "print(hashlib.sha256(repr(report_of(RICH, pages=DOMAINS).sections).encode()).hexdigest())"
    )
    expected = hashlib.sha256(repr(report_of(RICH, pages=DOMAINS).sections).encode()).hexdigest()
    for seed in ("1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(GOLDEN.parents[1])}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == expected


# Size ----------------------------------------------------------------------------------------------


def star(number: int) -> str:
    children = (f"CREATE TABLE c{n:02} (id int PRIMARY KEY, hub_id int REFERENCES hub, a text);" for n in range(number))
    return f"CREATE TABLE hub (id int PRIMARY KEY, name text);{''.join(children)}"


def test_of_many_neighbours_some_are_drawn_and_the_others_named():
    report = report_of("ALTER TABLE hub ADD COLUMN n int; DROP TABLE c29", star(30))
    (text,) = pictures(report)
    ghosts = [box for box, style in entities(text).items() if style == "ghost"]
    assert ghosts == [f"c{n:02}" for n in range(8)]
    assert (
        f"Not drawn, though linked to what changed: {', '.join(f'c{n:02}' for n in range(8, 28))}, 1 more."
        in legend(report)
    )


def test_tables_at_a_line_that_changed_come_before_other_neighbours():
    sql = "ALTER TABLE hub ADD COLUMN n int; ALTER TABLE hub ADD COLUMN z int REFERENCES zoo"
    text = picture(sql, star(30) + "CREATE TABLE zoo (id int PRIMARY KEY);")
    assert entities(text)["zoo"] == "ghost"


def test_a_first_migration_becomes_a_few_diagrams_with_keys_that_show_each_foreign_key_once():
    report = report_of(star(25), "")
    texts = pictures(report)
    assert len(texts) == 3
    boxes = [box for text in texts for box, style in entities(text).items() if style == "added"]
    assert sorted(boxes) == sorted(["+ hub", *(f"+ c{n:02}" for n in range(25))])
    assert max(sum(style == "added" for style in entities(text).values()) for text in texts) <= 12
    assert sum(len(relations(text)) for text in texts) == 25
    assert all("… and-1-more" in text for text in texts)
    assert any(re.search(r'"hub"\["#43; hub ↗ diagram \d"\]:::ghost', text) for text in texts)


def test_boxes_with_notes_are_wide_so_that_fewer_stand_in_one_diagram():
    sql = "".join(f"ALTER TABLE c{n:02} ADD COLUMN n int;" for n in range(12))
    texts = pictures(report_of(sql, star(12)))
    assert [sum(style == "changed" for style in entities(text).values()) for text in texts] == [8, 4]
    assert all('"hub"["hub"]:::ghost' in text for text in texts)


def test_ghosts_take_no_more_room_than_the_boxes_leave():
    base = star(30) + "".join(f"CREATE TABLE hub{n} (id int PRIMARY KEY);" for n in range(11))
    sql = "".join(f"CREATE INDEX ON {hub} (id);" for hub in ("hub", *(f"hub{n}" for n in range(11))))
    assert sum(style == "ghost" for style in entities(picture(sql, base)).values()) == 3


def test_tables_that_have_no_line_are_stacked():
    sql = "".join(f"CREATE TABLE t{n} (id int);" for n in range(4))
    assert "\n  direction LR\n" in picture(sql)
    assert "direction LR" not in picture(sql.replace("CREATE TABLE t3 (id int);", ""))


def test_what_is_too_much_for_diagrams_is_a_table_of_names():
    report = report_of(star(300) + "DROP TABLE tag; ALTER TABLE post DROP COLUMN title;")
    assert not pictures(report)
    assert report.sections[0].text == "303 tables changed, more than diagrams can show."
    rows = listed(report)
    assert ("+", "c07", "", "3 columns, 1 foreign key") in rows
    assert ("-", "tag", "", "2 columns") in rows
    assert ("~", "post", "", "-1 column") in rows
    assert ("-", "column", "post.title", "varchar(40) default 'none'") in rows


def test_columns_that_find_no_room_in_their_box_are_listed():
    wide = ", ".join(f"ADD COLUMN n{n:03} int" for n in range(40))
    report = report_of(f"ALTER TABLE tag {wide}")
    drawn = re.findall(r"^    integer (n\d+) ", pictures(report)[0], re.MULTILINE)
    assert len(drawn) == 30
    assert len(listed(report)) == 10
    assert "… and-12-more" in pictures(report)[0]


def test_boxes_too_full_for_a_comment_keep_their_names_and_the_rest_is_a_table():
    long = [f"{n:02}{'%' * 60}" for n in range(30)]
    keys = [Unique(f"u{n}", (each,)) for n, each in enumerate(long)]
    made = [table(f"t{n}", columns(*long), *keys) for n in range(3)]
    report = changed(Change("a test", Schema(), Schema.of(made), touched=("x",)), Pages())
    (text,) = pictures(report)
    assert list(entities(text)) == ["+ t0", "+ t1", "+ t2"]
    assert text.count("    … and-30-columns\n") == 3
    assert "UK" not in text
    assert listed(report) == [("+", f"t{n}", "", "30 columns") for n in range(3)]


def test_mermaid_accepts_what_is_left_of_very_wide_tables():
    long = [f"{n:03}{'%' * 60}" for n in range(400)]
    wide = table("wide", columns("id", *long), primary("id"), *(foreign(each, "hub") for each in long))
    before, after = Schema.of([simple("hub")]), Schema.of([simple("hub"), wide])
    report = changed(Change("a test", before, after, touched=("x",)), Pages())
    assert not pictures(report)
    assert listed(report) == [("+", "wide", "", "401 columns, 400 foreign keys")]


def test_the_picture_is_left_out_last_of_all_sections():
    parts = (Report("changes", sections=(TableSection("Lines", ("a",), (("x" * 900,),) * 100),)), report_of(RICH))
    text = render(Report("review", parts=parts), "markdown", Paper(limit=8_000))
    assert "<details open><summary>erd: What changed in the tables</summary>\n\n```mermaid\nerDiagram\n" in text
    assert len(text.encode()) <= 8_000
    assert "left out to fit here" in text


def test_a_picture_outlives_the_lightest_of_many_findings():
    many = tuple(Finding("too-much", Severity.INFO, f"{n} {'x' * 300}", Location("a.sql", n)) for n in range(1, 100))
    text = render(
        Report("review", parts=(Report("lint", findings=many), report_of(RICH))), "markdown", Paper(limit=9_000)
    )
    assert "```mermaid" in text
    assert "<code>a.sql:1</code>" in text
    assert re.search(r"\*\d+ findings and 1 section left out to fit here", text)
    assert len(text.encode()) <= 9_000


def test_a_terminal_shows_the_source_only_when_it_is_asked_for():
    report = report_of(RICH)
    assert "    erDiagram\n" in render(report, "text")
    joined = render(Report("review", parts=(report,)), "text")
    assert "erDiagram" not in joined
    assert "a diagram, which --format markdown shows" in joined


# Any two schemas -----------------------------------------------------------------------------------


@st.composite
def two_schemas(draw: st.DrawFn) -> tuple[Schema, Schema]:
    """Two schemas that share some tables."""
    names = [name(word) if "." not in word else name("x") for word in draw(st.lists(WORDS, max_size=8, unique=True))]
    names = list(dict.fromkeys(names))
    before = {own: draw(tables(own, names)) for own in names if draw(st.booleans())}
    after = {own: before[own] if own in before and draw(st.booleans()) else draw(tables(own, names)) for own in names}
    return Schema.of(before.values()), Schema.of(
        made for own, made in after.items() if draw(st.booleans()) or own in before
    )


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(two_schemas())
def test_every_table_that_differs_is_drawn_and_nothing_that_neither_differs_nor_touches_one(pair):
    before, after = pair
    texts = pictures(changed(Change("a test", before, after, touched=("x",)), Pages()))
    differing = {own for own in {*before.tables, *after.tables} if before.tables.get(own) != after.tables.get(own)}
    touching = {
        end
        for schema in pair
        for owner in schema.tables.values()
        for key in owner.foreign_keys
        if {owner.name, key.target} & differing
        for end in (owner.name, key.target)
    }
    boxes, ghosts = set(), set()
    for text in texts:
        assert_mermaid(text, MARKED)
        for alias, style in entities(text).items():
            (ghosts if style == "ghost" else boxes).add(alias)
    signs = {own: "+" if own not in before.tables else "-" if own not in after.tables else "~" for own in differing}
    drawn = {box.partition(" (")[0] if box.startswith("~") else box for box in boxes}
    wanted = {drawn_as(f"{sign} {drawn_as(str(own), 200)}") for own, sign in signs.items()}
    assert {each.partition(" (")[0] if each.startswith("~") else each for each in wanted} == drawn
    assert len(boxes) == len(differing)
    known = {drawn_as(str(own), 200) for own in touching - differing}
    assert {ghost.partition(" ↗ ")[0] for ghost in ghosts} - {drawn_as(str(own), 200) for own in differing} <= known | {
        each.partition(" ↗ ")[0] for each in known
    }


def test_a_schema_that_is_the_same_draws_nothing():
    schema = Schema.of([simple("a"), simple("b", "a"), table("c", columns("x"), primary("x"))])
    assert changed(Change("a test", schema, schema, touched=("x",)), Pages()).sections == ()


if __name__ == "__main__":  # python -m tests.erd.test_changed writes the golden reports anew
    GOLDEN.mkdir(exist_ok=True)
    for written, content in goldens().items():
        (GOLDEN / written).write_text(content, "utf-8")
