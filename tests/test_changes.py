"""What a schema change is called."""

import pytest

from dbtools.change import Change
from dbtools.changes import changes
from dbtools.model.migration import Migration, Script
from dbtools.model.schema import Schema
from dbtools.sql.walk import fold

BASE = """
CREATE TYPE mood AS ENUM ('ok', 'sad');
CREATE TABLE author (id int PRIMARY KEY, name text NOT NULL, mood mood);
CREATE TABLE post (id int PRIMARY KEY, author_id int NOT NULL, title varchar(40) DEFAULT 'none');
CREATE INDEX post_title ON post (title);
"""


def rows(sql):
    base = fold(Schema(), (BASE,))
    report = changes(Change("a test", base, fold(base, (sql,)), touched=("a.sql",)))
    return report.summary, [tuple(row) for section in report.sections for row in section.rows]


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        (
            "ALTER TABLE post ADD COLUMN n int NOT NULL DEFAULT 5",
            ("+", "column", "post.n", "integer not null default 5"),
        ),
        ("ALTER TABLE author DROP COLUMN name", ("-", "column", "author.name", "text not null")),
        ("ALTER TABLE post ALTER title TYPE text", ("~", "column", "post.title", "varchar(40) → text")),
        ("ALTER TABLE author ALTER name DROP NOT NULL", ("~", "column", "author.name", "may be null")),
        ("ALTER TABLE post ALTER title DROP DEFAULT", ("~", "column", "post.title", "default 'none' → none")),
        ("DROP INDEX post_title", ("-", "index", "post_title on post", "")),
        ("CREATE INDEX post_author ON post (author_id)", ("+", "index", "post_author on post", "post (author_id)")),
        ("ALTER TYPE mood ADD VALUE 'glad'", ("~", "enum", "mood", "+ glad")),
        (
            "ALTER TABLE post ADD FOREIGN KEY (author_id) REFERENCES author ON DELETE CASCADE",
            ("+", "constraint", "post_author_id_fkey on post", "(author_id) → author (id) on delete cascade"),
        ),
        (
            "ALTER TABLE author ADD CHECK (name <> '')",
            ("+", "constraint", "author_name_check on author", "check (name <> '')"),
        ),
        ("CREATE VIEW v AS SELECT id FROM post", ("+", "view", "v", "")),
        ("CREATE SEQUENCE s", ("+", "sequence", "", "CREATE SEQUENCE s")),
    ],
)
def test_each_change_is_one_line_in_the_users_own_names(sql, row):
    assert rows(sql)[1] == [row]


def test_what_is_renamed_is_neither_dropped_nor_added():
    sql = "ALTER TABLE author RENAME TO person; ALTER TABLE person RENAME name TO full_name"
    base = fold(Schema(), (BASE,))
    new = (Migration("0002", Script("0002.sql", sql)),)
    report = changes(Change("a test", base, fold(base, (sql,)), new=new))
    assert [tuple(row) for section in report.sections for row in section.rows] == [
        ("~", "table", "person", "was called author"),
        ("~", "column", "person.full_name", "was called name"),
    ]


def test_a_new_table_is_one_line_with_what_it_holds():
    table = "CREATE TABLE tag (id int PRIMARY KEY, post_id int REFERENCES post (id))"
    sql = f"{table}; CREATE INDEX tag_post ON tag (post_id)"
    assert rows(sql) == ("+1 table", [("+", "table", "tag", "2 columns, 1 foreign key, 1 index")])


def test_a_dropped_table_takes_its_indexes_with_it_in_silence():
    assert rows("DROP TABLE post") == ("-1 table", [("-", "table", "post", "3 columns, 1 index")])


def test_the_same_schema_is_said_in_one_line_with_its_size():
    base = fold(Schema(), (BASE,))
    report = changes(Change("a test", base, base, touched=("a.sql",)))
    assert report.summary == "the schema is the same"
    assert not report.sections
    assert report.figures["tables"] == 2
