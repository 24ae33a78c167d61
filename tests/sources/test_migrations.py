import pytest

from dbtools.errors import SourceError
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.objects import ColumnRef
from dbtools.model.schema import Schema
from dbtools.sources import queries
from dbtools.sources.layouts import migrations_of
from dbtools.sources.migrations import history_schema, read_sql, read_texts, reading
from dbtools.sql.walk import fold, statements
from tests.steps import steps

T = Name("public", "t")
HISTORY = {
    "m/1_first.up.sql": "CREATE TYPE mood AS ENUM ('ok');\nCREATE TABLE old (id int,\n  a text);",
    "m/1_first.down.sql": "DROP TABLE old;",
    "m/2_second.up.sql": "-- more\nALTER TABLE old\n  ADD COLUMN b int,\n  ALTER COLUMN a TYPE varchar(9);",
    "m/10_last.up.sql": "ALTER TABLE old RENAME TO t;\nALTER TABLE t RENAME id TO key;",
}


def test_a_history_adds_up_to_a_schema():
    reading = read_texts(HISTORY, "m")
    assert (reading.kind, reading.where, reading.unknown) == ("migrations", "m", ())
    assert [(column.name, str(column.type)) for column in reading.schema.tables[T].columns] == [
        ("key", "integer"),
        ("a", "varchar(9)"),
        ("b", "integer"),
    ]
    assert reading.schema == history_schema(migrations_of(HISTORY))


def test_every_table_column_and_enum_knows_where_it_was_said_last():
    reading = read_texts(HISTORY, "m")
    assert reading.origin(ColumnRef(Name("public", "mood"))) == Location("m/1_first.up.sql", 1, 1)
    assert reading.origin(ColumnRef(Name("public", "old"), "b")) == Location("m/2_second.up.sql", 2, 1)
    assert reading.origin(ColumnRef(Name("public", "old"), "a")) == Location("m/2_second.up.sql", 4, 3)
    assert reading.origin(ColumnRef(T)) == Location("m/10_last.up.sql", 1, 1)
    assert reading.origin(ColumnRef(T, "key")) == Location("m/10_last.up.sql", 2, 1)
    assert reading.origin(ColumnRef(Name("public", "unheard of"))) == Location("m")


def test_what_cannot_be_read_is_listed_with_its_place_and_the_rest_is_read():
    reading = read_texts({"m/1.sql": "CREATE TABLE t (a int);\n  ALTER TABLE u ADD b int c d;\nCALL p();"}, "m")
    assert [(each.location, each.what) for each in reading.unknown] == [
        (Location("m/1.sql", 2, 27), 'syntax error at or near "c"'),
        (Location("m/1.sql", 3, 1), "what CALL runs is not in this file"),
    ]
    assert T in reading.schema.tables


def test_a_broken_statement_leaves_only_what_it_names_uncertain():
    reading = read_texts({"m/1.sql": "CREATE TABLE t (a int);\nALTER TABLE u ADD b int c d;"}, "m")
    assert reading.schema.is_certain(T)
    assert not reading.schema.is_certain(Name("public", "u"))


def test_temporary_tables_end_with_their_session():
    script = "CREATE TEMP TABLE t AS SELECT 1; CREATE TABLE u (a int); INSERT INTO u SELECT * FROM t;"
    assert set(read_texts({"m/1.sql": script}, "m").schema.tables) == {Name("public", "u")}
    assert read_texts({"m/1.sql": script}, "m").schema.uncertain == frozenset()


def test_a_search_path_ends_with_its_file():
    files = {"m/1.sql": "SET search_path = shop; CREATE TABLE t (a int);", "m/2.sql": "CREATE TABLE u (a int);"}
    assert set(read_texts(files, "m").schema.tables) == {Name("shop", "t"), Name("public", "u")}


@pytest.mark.parametrize("read", [read_texts, read_sql])
def test_a_place_without_sql_is_an_error_with_a_hint(read):
    with pytest.raises(SourceError, match="m holds no") as error:
        read({"m/readme.md": ""}, "m")
    assert error.value.hint


def test_declared_sql_is_one_schema_in_the_order_of_its_paths():
    reading = read_sql({"s/2.sql": "ALTER TABLE t ADD b int;", "s/1.sql": "CREATE TABLE t (a int);"}, "s")
    assert reading.kind == "sql"
    assert [column.name for column in reading.schema.tables[T].columns] == ["a", "b"]


def test_four_times_the_migrations_take_four_times_the_steps():
    def reading(count):
        files = {
            f"m/{number}.up.sql": f"CREATE TABLE t{number} (id int PRIMARY KEY, a text DEFAULT now()); "
            f"CREATE INDEX i{number} ON t{number} (lower(a)) WHERE id > {count};"
            for number in range(count)
        }
        return steps(lambda: [statements(text) for text in files.values()])

    reading(10)  # what is imported on the way counts for neither
    assert reading(400) < 5 * reading(100)


# Named queries --------------------------------------------------------------------------------------


def test_queries_are_named_by_their_comment_or_by_their_file():
    found = queries.read_texts(
        {
            "q/b.sql": "SELECT 1",
            "q/a.sql": "-- name: one :many\nSELECT 1;\n\n-- about\n-- name: two\n\n  SELECT 2;",
            "q/readme.md": "SELECT 3",
        }
    )
    assert [(each.name, each.text, each.location) for each in found] == [
        ("one", "SELECT 1", Location("q/a.sql", 2, 1)),
        ("two", "SELECT 2", Location("q/a.sql", 7, 3)),
        ("b", "SELECT 1", Location("q/b.sql", 1, 1)),
    ]


def test_a_query_that_does_not_parse_says_so_and_hides_no_other():
    first, second = queries.read_texts({"q/a.sql": "SELEC 1;\nSELECT 2"})
    assert first.error.startswith("syntax error")
    assert (second.text, second.error) == ("SELECT 2", "")


def test_folding_scripts_equals_reading_them_as_one():
    whole = "\n".join(text for path, text in HISTORY.items() if path.endswith(".up.sql"))
    assert fold(Schema(), [whole]) == read_texts(HISTORY, "m").schema


def test_each_column_of_a_table_is_said_in_its_own_line():
    text = """-- first
CREATE TABLE t (
  a int CHECK (b > 0), -- b text
  "B b" text, -- of
  /* c
     text */ C text DEFAULT ', a int', d text,
  PRIMARY KEY (a), e date
); CREATE TABLE u (x int);
"""
    origins = reading("sql", "a.sql", [("a.sql", text)]).origins
    places = {ref.column: (place.line, place.column) for ref, place in origins.items() if ref.column}
    assert places == {"a": (3, 3), "B b": (4, 3), "c": (6, 14), "d": (6, 40), "e": (7, 20), "x": (8, 20)}
