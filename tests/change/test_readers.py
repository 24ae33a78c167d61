"""Who reads what the database keeps; where it can prove it, a server is asked."""

import psycopg
import pytest

from dbtools.change import Change
from dbtools.change.value import Code
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.migration import Migration, Script
from dbtools.model.objects import ColumnRef
from dbtools.model.reader import Reader, Reading
from dbtools.model.schema import Schema
from dbtools.sources.queries import read_texts
from dbtools.sql.walk import fold

STORED = """
CREATE TABLE post (
  id int, title text, body text, slug text, views int, spare text, doubled int GENERATED ALWAYS AS (views * 2) STORED
);
CREATE TABLE note (id int, body text, post_id int);
CREATE TABLE post_archive (old text) INHERITS (post);
CREATE VIEW posts AS SELECT id, title FROM post;
CREATE VIEW titles AS SELECT title AS t FROM posts;
CREATE VIEW starred AS WITH every AS (SELECT * FROM note) SELECT id FROM every;
CREATE MATERIALIZED VIEW popular AS SELECT id FROM post WHERE views > 10;
CREATE FUNCTION slugged() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.slug := lower(OLD.spare); RETURN NEW; END $$;
CREATE TRIGGER slugs BEFORE UPDATE OF body ON post FOR EACH ROW WHEN (OLD.slug <> NEW.slug) EXECUTE FUNCTION slugged();
CREATE POLICY own ON post USING (title = 'x');
CREATE POLICY theirs ON note USING (EXISTS (SELECT 1 FROM post p WHERE p.id = note.post_id AND p.spare = 'a'));
CREATE FUNCTION atomic() RETURNS int BEGIN ATOMIC SELECT max(post_id) FROM note; END;
"""  # fmt: skip
SCHEMA = fold(Schema(), (STORED,))
POST, NOTE = Name("public", "post"), Name("public", "note")

# Functions, and what they stop working without.
FUNCTIONS = [
    ("sql", "text", "SELECT max(title) FROM post", "post.title"),
    ("sql", "bigint", "SELECT 'title'::text; SELECT count(*) FROM post", ""),
    ("sql", "SETOF int", "UPDATE post SET spare = body RETURNING id", "post.spare post.body post.id"),
    ("plpgsql", "text", "BEGIN RETURN (SELECT max(title) FROM post); END", "post.title"),
    ("plpgsql", "text", "DECLARE title text := 'a'; BEGIN RETURN title; END", ""),
    ("plpgsql", "void", "BEGIN -- title\n PERFORM 'title' FROM post; END", ""),
    ("plpgsql", "void", "BEGIN UPDATE post SET body = 'x' WHERE id = 1; END", "post.body post.id"),
    ("plpgsql", "void", "BEGIN INSERT INTO note (id, body) SELECT id, spare FROM post; END",
     "note.id note.body post.id post.spare"),
    ("plpgsql", "void", "BEGIN IF EXISTS (SELECT FROM post WHERE slug = 'a') THEN NULL; END IF; END", "post.slug"),
    ("plpgsql", "text", "DECLARE r record; BEGIN SELECT * INTO r FROM post; RETURN r.title; END", "post.title"),
    ("plpgsql", "text", "DECLARE r post; BEGIN SELECT * INTO r FROM note; RETURN r.spare; END", "post.spare note.*"),
    ("plpgsql", "text", "DECLARE r post%ROWTYPE; BEGIN r.body := 'x'; RETURN r.body; END", "post.body"),
    ("plpgsql", "text", "DECLARE t post.title%TYPE; BEGIN RETURN t; END", "post.title"),
    ("plpgsql", "void",
     "DECLARE r record; BEGIN FOR r IN SELECT * FROM post LOOP RAISE NOTICE '%', r.body; END LOOP; END", "post.body"),
    ("plpgsql", "void", "DECLARE n int; BEGIN FOR n IN SELECT views FROM post LOOP NULL; END LOOP; END", "post.views"),
    ("plpgsql", "void", "DECLARE n int; BEGIN SELECT id INTO n FROM post WHERE views > 1; END", "post.id post.views"),
    ("plpgsql", "void", "BEGIN EXECUTE 'SELECT title FROM post'; END", "post.title"),
    ("plpgsql", "SETOF text", "BEGIN RETURN QUERY SELECT slug FROM post; END", "post.slug"),
    ("plpgsql", "void", "BEGIN DELETE FROM note USING post p WHERE p.id = note.post_id; END", "post.id note.post_id"),
    ("plpgsql", "void", "BEGIN PERFORM 1; EXCEPTION WHEN others THEN UPDATE post SET slug = 'x'; END", "post.slug"),
]  # fmt: skip


def refs(text):
    found = set()
    for local, column in (part.split(".") for part in text.split()):
        every = [each.name for each in SCHEMA.tables[Name("public", local)].columns]
        found |= {(local, each) for each in (every if column == "*" else [column])}
    return found


def base_columns():
    return [
        (table.name.local, column.name)
        for table in (SCHEMA.tables[POST], SCHEMA.tables[NOTE])
        for column in table.columns
    ]


def readers(schema, table, column="", **known):
    return Change("test", schema, schema, **known).readers(Name("public", table), column)


def refusal(connection, *statements):
    """The SQLSTATE with which a server refuses one of them; nothing is left of any."""
    try:
        with connection.transaction(force_rollback=True):
            for statement in statements:
                connection.execute(statement)
    except psycopg.Error as refused:
        return refused.sqlstate
    return ""


def drop(table, column, end=""):
    return f'ALTER TABLE "{table}" DROP COLUMN "{column}"{end}'


@pytest.mark.server
def test_a_server_refuses_a_drop_where_something_stored_reads_the_column(connection):
    connection.execute(STORED)
    server = {pair for pair in base_columns() if refusal(connection, drop(*pair)) == "2BP01"}
    assert {pair for pair in base_columns() if any(each.is_stored for each in readers(SCHEMA, *pair))} == server
    assert server == {*refs("post.id post.title post.body post.slug post.views post.spare note.*")}


@pytest.mark.parametrize(("language", "returns", "body", "expected"), FUNCTIONS)
def test_a_function_reads_these_columns(language, returns, body, expected):
    made = f"CREATE FUNCTION f() RETURNS {returns} LANGUAGE {language} AS $f${body}$f$"
    schema = fold(Schema(), (STORED.split("CREATE TABLE post_archive", maxsplit=1)[0], made))
    found = {pair for pair in base_columns() if [each for each in readers(schema, *pair) if each.kind == "function"]}
    assert found == refs(expected)


@pytest.mark.server
def test_a_server_cannot_run_the_function_without_them(connection):
    connection.execute(STORED.split("CREATE TABLE post_archive", maxsplit=1)[0])
    connection.execute("INSERT INTO post (id, title) VALUES (1, 'a'); INSERT INTO note VALUES (1, 'a', 1)")
    connection.execute("SET check_function_bodies = off")  # else it is compiled before the drop
    wrong = {}
    for language, returns, body, expected in FUNCTIONS:
        if "note.*" in expected:  # a row of one table in a variable of another: what fits is for the values to say
            continue
        made, run = f"CREATE FUNCTION f() RETURNS {returns} LANGUAGE {language} AS $f${body}$f$", "SELECT * FROM f()"
        assert refusal(connection, made, run) == "", body
        broken = {pair for pair in base_columns() if refusal(connection, made, drop(*pair, " CASCADE"), run)}
        if not broken <= refs(expected) or (broken != refs(expected) and "EXCEPTION" not in body):
            wrong[body] = broken ^ refs(expected)
    assert wrong == {}


STARRED = """
CREATE TABLE post (id int, title text);
CREATE VIEW every AS SELECT * FROM post;
CREATE VIEW all_of_every AS SELECT * FROM every;
ALTER TABLE post RENAME title TO headline;
ALTER TABLE post ADD COLUMN later int;
"""


def test_a_star_in_a_view_stands_for_the_columns_of_its_day():
    schema = fold(Schema(), (STARRED,))
    assert readers(schema, "post", "later") == ()
    assert [reader.source for reader in readers(schema, "post", "headline")] == ["view every", "view all_of_every"]


@pytest.mark.server
def test_a_server_spells_the_star_out_when_the_view_is_made(connection):
    connection.execute(STARRED)
    assert [refusal(connection, drop("post", column)) for column in ("later", "headline", "id")] == [
        "",
        "2BP01",
        "2BP01",
    ]


def test_a_view_over_a_view_names_the_one_it_reads():
    found = {reader.source: reader.via for reader in readers(SCHEMA, "post", "title")}
    assert (found["view posts"], found["view titles"]) == ("", "view posts")


def test_a_trigger_function_reads_the_row_of_its_table():
    assert "function slugged()" in [reader.source for reader in readers(SCHEMA, "post", "spare")]
    assert "function slugged()" not in [reader.source for reader in readers(SCHEMA, "post", "title")]
    assert "function slugged()" not in [reader.source for reader in readers(SCHEMA, "post")]


def test_what_is_put_together_while_it_runs_may_read_what_it_mentions():
    made = """CREATE TABLE post (id int); CREATE TABLE note (id int);
    CREATE FUNCTION f(c text) RETURNS void LANGUAGE plpgsql
      AS $$ BEGIN EXECUTE format('SELECT %I FROM post', c); END $$"""
    schema = fold(Schema(), (made,))
    (found,) = readers(schema, "post", "id")
    assert (found.source, found.how) == ("function f()", "may read")
    assert readers(schema, "note", "id") == ()


@pytest.mark.parametrize(
    ("language", "body"), [("plpgsql", "BEGIN this is not plpgsql post"), ("plpython3u", "plpy.execute('... post')")]
)
def test_a_body_that_cannot_be_read_may_read_what_it_mentions(language, body):
    made = f"CREATE TABLE post (id int); CREATE FUNCTION f() RETURNS void LANGUAGE {language} AS $f${body}$f$"
    (found,) = readers(fold(Schema(), (made,)), "post", "id")
    assert found.how == "may read"


QUERIES = """-- name: feed :many
SELECT n.id,
  p.title
FROM note n
JOIN post p ON p.id = n.post_id;

-- name: all_titles
SELECT t
FROM titles;

-- name: counted
SELECT count(*) FROM post;
-- name: odd
SELECT {{ columns }} FROM post;
"""


def test_a_query_is_read_where_it_names_the_column():
    queries = read_texts({"q.sql": QUERIES})
    found = [reader for reader in readers(SCHEMA, "post", "title", queries=queries) if reader.kind == "code"]
    assert [(reader.source, reader.location, reader.via, reader.how) for reader in found] == [
        ("query feed", Location("q.sql", 3, 5), "", "reads"),
        ("query all_titles", Location("q.sql", 9, 6), "view titles", "reads"),
        ("query odd", Location("q.sql", 14, 1), "", "may read"),
    ]
    table = [reader for reader in readers(SCHEMA, "post", queries=queries) if reader.kind == "code"]
    assert [(reader.location.line, reader.location.column) for reader in table] == [(5, 6), (9, 6), (12, 22), (14, 1)]


def test_who_reads_a_table_reads_what_inherits_from_it():
    queries = read_texts({"q.sql": "SELECT title FROM post_archive"})
    assert [each.source for each in readers(SCHEMA, "post", "title", queries=queries) if each.kind == "code"] == [
        "query q"
    ]
    assert [each for each in readers(SCHEMA, "post_archive", "old", queries=queries) if each.kind == "code"] == []


def test_a_model_is_one_reader_of_its_table():
    said = tuple(Reader(ColumnRef(POST, name), "Prisma model Post", Location("s.prisma", at))
                 for at, name in enumerate(("id", "title"), 3))  # fmt: skip
    reading = Reading("prisma", "s.prisma", Schema(), readers=said)
    assert [each.location.line for each in readers(SCHEMA, "post", readings=(reading,)) if each.kind == "code"] == [3]


def test_what_stands_in_a_migration_is_placed_there():
    first = "CREATE TABLE post (id int, title text);\nCREATE VIEW posts AS SELECT id FROM post;"
    second = "DROP VIEW posts;\n\nCREATE VIEW posts AS SELECT title FROM post;"
    history = tuple(
        Migration(f"{number}", Script(f"m/{number}.sql", text)) for number, text in enumerate((first, second), 1)
    )
    schema = fold(Schema(), (first, second))
    (found,) = readers(schema, "post", "title", history=history)
    assert str(found) == "view posts (m/2.sql:3)"


def test_code_that_stopped_reading_in_this_change_read_it_until_then():
    before = Code(queries=read_texts({"q.sql": "-- name: a\nSELECT title FROM post;\n-- name: b\nSELECT id FROM post"}))
    now = read_texts({"q.sql": "-- name: a\nSELECT id FROM post;\n-- name: b\nSELECT id FROM post"})
    change = Change("test", SCHEMA, SCHEMA, queries=now, before=before)
    assert [reader.source for reader in change.former(POST, "title")] == ["query a"]
    assert change.former(POST, "id") == ()
    assert Change("test", SCHEMA, SCHEMA, queries=now).former(POST, "title") == ()


def test_a_query_that_goes_on_at_the_end_of_the_change_reads_nothing_that_goes():
    moved = "CREATE TABLE note (id int, title text); CREATE TABLE post (id int)"
    final = fold(Schema(), (moved,))
    base = fold(Schema(), ("CREATE TABLE post (id int, title text)",))
    queries = read_texts({"q.sql": "SELECT p.id, title FROM post p JOIN note n ON n.id = p.id"})
    assert Change("test", base, final, queries=queries).readers(POST, "title") == ()
    kept = Change("test", base, base, queries=queries).readers(POST, "title")
    assert [reader.source for reader in kept] == ["query q"]
