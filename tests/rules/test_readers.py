"""Who still reads it decides what breaks; what is lost stays at least a warning."""

import pytest

from dbtools.change.value import Code
from dbtools.model.expression import Name, Type
from dbtools.model.finding import Location, Severity
from dbtools.model.objects import Column, ColumnRef, Enum, Table
from dbtools.model.reader import Reader, Reading
from dbtools.model.schema import Schema
from dbtools.sources.queries import read_texts
from tests.rules.judging import judge

BASE = "CREATE TABLE post (id int, title text, body text);\n---\n"
POST = Name("public", "post")


def reads(*columns):
    location = Location("schema.prisma", 12)
    readers = tuple(Reader(ColumnRef(POST, column), "Prisma model Post", location) for column in columns)
    return (Reading("prisma", "schema.prisma", Schema(), readers=readers),)


@pytest.mark.parametrize(
    ("sql", "readers", "severity", "says"),
    [
        ("ALTER TABLE post DROP COLUMN title", ("id", "title"), Severity.ERROR, "Prisma model Post (schema.prisma:12)"),
        ("ALTER TABLE post DROP COLUMN title", ("id",), Severity.WARNING, "its values are lost"),
        ("DROP TABLE post", ("id",), Severity.ERROR, "still read by Prisma model Post"),
        ("DROP SCHEMA public CASCADE", ("id",), Severity.ERROR, "still read by Prisma model Post"),
        ("ALTER TABLE post RENAME TO article", ("id",), Severity.ERROR, "still read by Prisma model Post"),
        ("ALTER TABLE post RENAME title TO headline", ("title",), Severity.ERROR, "still read by Prisma model Post"),
    ],
)
def test_a_reader_is_named_with_its_place(sql, readers, severity, says):
    (finding,) = judge(BASE + sql, readings=reads(*readers))
    assert finding.severity is severity
    assert says in finding.message


def test_a_table_that_nobody_reads_is_still_lost():
    (finding,) = judge("CREATE TABLE tag (id int);\n---\nDROP TABLE tag", readings=reads("id"))
    assert (finding.rule, finding.severity) == ("drop-table", Severity.WARNING)


@pytest.mark.parametrize("sql", ["ALTER TABLE post RENAME body TO text", "ALTER TABLE tag RENAME TO label"])
def test_a_rename_that_nobody_notices_is_silent(sql):
    assert judge("CREATE TABLE tag (id int);\n" + BASE + sql, readings=reads("id", "title")) == ()


@pytest.mark.parametrize(
    "sql", ["ALTER TABLE post DROP title", "DROP TABLE post", "ALTER TABLE post RENAME TO article"]
)
def test_unknown_readers_are_called_unknown(sql):
    (finding,) = judge(BASE + sql)
    assert finding.severity is Severity.ERROR
    assert "readers unknown" in finding.hint


# What the database and the project's queries say -------------------------------------------------------

SHOP = """CREATE TABLE post (id int, title text, body text, author int);
CREATE TABLE person (id int);
CREATE VIEW posts AS SELECT id, title FROM post;
CREATE VIEW titles AS SELECT title AS t FROM posts;
CREATE FUNCTION longest() RETURNS text LANGUAGE sql AS 'SELECT max(body) FROM post';
---
"""
NAMED = """-- name: feed :many
SELECT p.id,
       p.body
FROM post p;
-- name: add :exec
INSERT INTO post (id, title) VALUES (:id, NULL);
-- name: of_person
SELECT 1 FROM person JOIN post ON author = person.id;
"""


def one(rule, sql, named=NAMED, base=SHOP, **known):
    found = judge(base + sql, queries=read_texts({"q.sql": named}), **known)
    (finding,) = [finding for finding in found if finding.rule == rule]
    return finding


def test_a_view_stops_a_drop_and_cascade_takes_it_along():
    nobody = {"named": "SELECT id FROM person"}
    assert one("drop-column", "ALTER TABLE post DROP title", **nobody).severity is Severity.ERROR
    finding = one("view-dependency-error", "ALTER TABLE post DROP title", **nobody)
    assert "view posts and view titles depend on it (fails with 2BP01)" in finding.message
    finding = one("drop-cascade", "ALTER TABLE post DROP title CASCADE", **nobody)
    assert "drops with post.title: view posts and view titles" in finding.message


def test_a_view_that_was_dropped_before_says_nothing():
    finding = one("drop-column", "DROP VIEW titles, posts;\nALTER TABLE post DROP title", named="SELECT id FROM person")
    assert finding.severity is Severity.WARNING


def test_a_function_and_a_query_read_what_they_name():
    finding = one("drop-column", "ALTER TABLE post DROP body")
    assert "still read by query feed (q.sql:3) and function longest() (the database)" in finding.message
    assert finding.severity is Severity.ERROR


def test_a_function_that_the_change_mends_reads_no_more():
    mended = "CREATE OR REPLACE FUNCTION longest() RETURNS text LANGUAGE sql AS 'SELECT max(title) FROM post';"
    finding = one("drop-column", f"ALTER TABLE post DROP body;\n---\n{mended}", named="SELECT id FROM person")
    assert finding.severity is Severity.WARNING


def test_a_rename_takes_views_along_and_functions_not():
    finding = one("rename-column", "ALTER TABLE post RENAME body TO text", named="SELECT t FROM titles")
    assert finding.message == "renames post.body to text: it is still read by function longest() (the database)"
    assert (
        judge(SHOP + "ALTER TABLE post RENAME title TO t", queries=read_texts({"q.sql": "SELECT t FROM titles"})) == ()
    )


def test_counting_rows_reads_the_table():
    finding = one("drop-table", "DROP TABLE person", named="SELECT count(*) FROM person")
    assert "still read by query q (q.sql:1)" in finding.message


def test_many_readers_are_counted():
    named = "\n".join(f"-- name: q{number}\nSELECT id FROM person;" for number in range(9))
    assert "query q4 (q.sql:10) and 4 more" in one("drop-table", "DROP TABLE person", named=named).message


def test_a_query_that_cannot_be_understood_is_no_silence():
    finding = one("drop-column", "ALTER TABLE person DROP id", named="SELECT {{ columns }} FROM person")
    assert finding.severity is Severity.ERROR
    assert "may be read by query q (q.sql:1), which could not be understood" in finding.message


def test_the_same_name_elsewhere_is_another_column():
    named = "WITH post AS (SELECT id AS body FROM person) SELECT body FROM post; SELECT 'post.body' AS body FROM person"
    finding = one("drop-column", "DROP FUNCTION longest;\nALTER TABLE post DROP body", named=named)
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("rule", "sql", "severity"),
    [
        ("drop-column", "DROP FUNCTION longest;\nALTER TABLE post DROP body", Severity.WARNING),
        ("drop-table", "DROP TABLE person", Severity.WARNING),
        ("rename-column", "DROP FUNCTION longest;\nALTER TABLE post RENAME body TO text", Severity.WARNING),
        ("rename-table", "ALTER TABLE person RENAME TO people", Severity.WARNING),
    ],
)
def test_what_was_read_until_this_change_is_deployed_still(rule, sql, severity):
    before = Code(queries=read_texts({"q.sql": "-- name: old\nSELECT body, p.id FROM post, person p;"}))
    finding = one(rule, sql, named="SELECT 1", before=before)
    assert finding.severity is severity
    assert finding.message.endswith("until this change it was read by query old: deploy that first")


def test_an_insert_that_leaves_a_required_column_out_is_named():
    finding = one("required-column", "ALTER TABLE post ALTER title SET NOT NULL")
    assert finding.severity is Severity.ERROR
    assert finding.message.startswith("makes post.title required: query add (q.sql:6) gives title no value")
    finding = one("required-column", "ALTER TABLE post ADD views int NOT NULL")
    assert "query add (q.sql:6) gives views no value" in finding.message


@pytest.mark.parametrize("column", ["id", "body"])
def test_a_query_that_inserts_nothing_requires_nothing(column):
    named = "SELECT body FROM post; INSERT INTO post (id, body) VALUES (:id, :body); UPDATE post SET title = NULL"
    found = judge(f"{SHOP}ALTER TABLE post ALTER {column} SET NOT NULL", queries=read_texts({"q.sql": named}))
    assert "required-column" not in {finding.rule for finding in found}


def test_a_model_that_does_not_know_a_required_column_is_named():
    said = (Reader(ColumnRef(POST, "id"), "Prisma model Post", Location("s.prisma", 3), "reads and writes"),)
    readings = (Reading("prisma", "s.prisma", Schema(), readers=said),)
    finding = one("required-column", "ALTER TABLE post ADD views int NOT NULL", named="SELECT 1", readings=readings)
    assert "Prisma model Post (s.prisma:3) does not know views" in finding.message


def test_a_type_that_breaks_a_join_names_the_query():
    finding = one("type-breaks-query", "ALTER TABLE post ALTER author TYPE text")
    assert finding.message == (
        "turns post.author into text: that breaks query of_person (q.sql:8), "
        "as it compares it with person.id, which is integer"
    )


@pytest.mark.parametrize("kind", ["bigint", "numeric", "int"])
def test_a_type_that_still_compares_breaks_nothing(kind):
    found = judge(f"{SHOP}ALTER TABLE post ALTER author TYPE {kind}", queries=read_texts({"q.sql": NAMED}))
    assert "type-breaks-query" not in {finding.rule for finding in found}


def test_a_model_of_another_type_is_named():
    table = Table(POST, (Column("author", Type("integer")),))
    said = (Reader(ColumnRef(POST, "author"), "Prisma model Post", Location("s.prisma", 3), "reads and writes"),)
    readings = (Reading("prisma", "s.prisma", Schema.of([table]), readers=said),)
    finding = one("type-breaks-query", "ALTER TABLE post ALTER author TYPE text", named="SELECT 1", readings=readings)
    assert "Prisma model Post (s.prisma:3), as it declares it integer" in finding.message


# Who says a label ------------------------------------------------------------------------------------

MOOD = """CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE person (id int, mood mood);
CREATE VIEW cheerful AS SELECT id FROM person WHERE mood = 'ok';
CREATE FUNCTION cheer(who int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN UPDATE person SET mood = '{}' WHERE id = who AND mood <> '{}'; END $$;
---
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';"""


def renamed(named, label="sad", **known):
    found = judge(MOOD.format(label, label), queries=read_texts({"q.sql": f"-- name: q\n{named};"}), **known)
    return [finding for finding in found if finding.rule == "rename-enum-value"]


@pytest.mark.parametrize(
    "named",
    [
        "SELECT id FROM person WHERE mood = 'ok'",
        "SELECT id FROM person WHERE mood IN ('sad', 'ok')",
        "UPDATE person SET mood = 'ok' WHERE id = 1",
        "INSERT INTO person (id, mood) VALUES (1, 'ok')",
    ],
)
def test_a_query_that_says_the_old_label_breaks(named):
    (finding,) = renamed(named)
    assert finding.severity is Severity.ERROR
    assert "query q (q.sql:2) says it" in finding.message
    assert "cheer" not in finding.message
    assert "cheerful" not in finding.message


def test_a_query_that_reads_the_column_only_may_meet_the_new_label():
    (finding,) = renamed("SELECT mood FROM person WHERE mood = 'sad'")
    assert finding.severity is Severity.WARNING
    assert "query q (q.sql:2)" in finding.message


def test_a_body_that_says_the_old_label_breaks():
    (finding,) = renamed("SELECT 1", label="ok")
    assert finding.severity is Severity.ERROR
    assert "function cheer()" in finding.message


def test_a_query_that_does_not_read_the_column_says_nothing_of_its_labels():
    sql = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE person (id int, mood mood);\n---\n"
    named = read_texts({"q.sql": "SELECT 'ok', id FROM person"})
    assert judge(sql + "ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';", queries=named) == ()


def mooded(*labels):
    column = ColumnRef(Name("public", "person"), "mood")
    kind = Name("public", "mood")
    table = Table(column.table, (Column("mood", Type("mood", (), 0, "public")),))
    said = (Reader(column, "Prisma model Person", Location("s.prisma", 3), "reads and writes"),)
    return (Reading("prisma", "s.prisma", Schema.of([table], enums=[Enum(kind, labels)]), readers=said),)


def test_a_model_that_lists_the_old_label_breaks_until_it_is_deployed_anew():
    (finding,) = renamed("SELECT 1", readings=mooded("sad", "ok"))
    assert "Prisma model Person (s.prisma:3) says it" in finding.message
    assert finding.severity is Severity.ERROR
    (finding,) = renamed("SELECT 1", readings=mooded("sad", "fine"), before=Code(mooded("sad", "ok")))
    assert finding.severity is Severity.ERROR
    (finding,) = renamed("SELECT 1", readings=mooded("sad", "fine"))
    assert finding.severity is Severity.WARNING
