import time

import pytest

from dbtools.model.finding import Severity
from dbtools.sources.layouts import Running, alone, read
from dbtools.sources.layouts.placeholders import fill
from dbtools.sql.walk import statements


def filled(text, **values):
    missing = []
    return fill(text, values, lambda written, _: missing.append(written)), missing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CREATE TABLE {{ .Schema }}.t (id int);", "CREATE TABLE app          .t (id int);"),
        ("CREATE TABLE {{.Schema}}_t (id int);", "CREATE TABLE app_t (id int);"),
        ('CREATE TABLE "{{ .Schema }}"."t" ();', 'CREATE TABLE "app"."t" ();'),
        ("SELECT '{{ .Schema }}.t'::regclass;", "SELECT 'app.t'::regclass;"),
        ("CREATE TABLE ${Schema}.t ();", "CREATE TABLE app      .t ();"),
        ("CREATE TABLE :Schema.t ();", "CREATE TABLE app    .t ();"),
        ("""SELECT :'Schema', :"Schema";""", """SELECT 'app'    , "app"    ;"""),
        ("SELECT ':Schema', 1::Schema, a[1:Schema];", "SELECT ':Schema', 1::Schema, a[1:Schema];"),
        ("DO $$ BEGIN EXECUTE '{{ .Schema }}'; END $$;", "DO $$ BEGIN EXECUTE 'app'; END $$;"),
        ("SELECT {{ .Schema | quote }};", "SELECT app                  ;"),
    ],
)
def test_a_value_comes_in_wherever_the_runner_would_put_it(text, expected):
    assert filled(text, Schema="app") == (expected, [])


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("CREATE TABLE {{ .Schema }}.t (id int);", [".Schema"]),
        ('CREATE TABLE "{{.schema}}".t (id int);', [".schema"]),
        ("CREATE TABLE ${table} (id int);", ["table"]),
        ("CREATE TABLE ${flyway:defaultSchema}.t (id int);", ["flyway:defaultSchema"]),
        ("ALTER TABLE t OWNER TO :owner;", ["owner"]),
        ("""SELECT set_config('x', :'value', false), :"column" FROM t;""", ["value", "column"]),
        ("{{ if .Big }}\nCREATE TABLE t (id int);\n{{- else }}\nSELECT 1;\n{{ end }}", []),
        ("{% if big %}SELECT 1;{% endif %}", []),
        ("DO $$ BEGIN DROP TABLE {{ .Schema }}.t; END $$;", [".Schema"]),
    ],
)
def test_without_a_value_a_stand_in_keeps_the_file_readable(text, missing):
    new, found = filled(text)
    assert found == missing
    assert not [each.error for each in statements(new) if each.error]
    assert new.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT '{{1,2},{3,4}}'::int[], '{\"a\":{\"b\":1}}'::jsonb;",
        "SELECT '{{a}}'::text[];",
        "SELECT ARRAY[1, 2][1:2], x::int, '12:30'::time, a [:b];",
        "-- {{ .Schema }} and :name\n/* ${x} :y */ SELECT 1;",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $_$ BEGIN x := 1; RETURN a[:1]; END $_$;",
        "COPY t (a) FROM stdin;\n1\t:x ${y} {{ .z }} it's\n\\.\nSELECT 1;",
        "\\echo it's :x\nSELECT 1;",
        "SELECT E'it\\'s :x', '$x$ :y';",
        "INSERT INTO t VALUES ('unterminated :x",
    ],
)
def test_what_is_no_placeholder_stays_as_it_is(text):
    assert filled(text) == (text, [])


def test_columns_stay_where_a_stand_in_is_shorter_and_two_spellings_are_one_name():
    text = "DROP TABLE {{ .Schema }}.a; DROP TABLE b;\nDROP TABLE {{.Schema}}.a;"
    new, _ = filled(text)
    first, second, third = statements(new)
    assert [(each.place.line, each.place.column) for each in (first, second, third)] == [(1, 1), (1, 29), (2, 1)]
    assert first.operations == third.operations


def test_psql_variables_that_a_file_sets_are_known_to_it():
    new, missing = filled("\\set schema 'app'\nCREATE TABLE :schema.t (id int); SELECT :'schema';")
    assert missing == []
    assert "CREATE TABLE app    .t" in new
    assert "SELECT 'app'" in new


def test_envsubst_takes_its_default():
    assert filled("CREATE TABLE ${SCHEMA:-app}.t ();") == ("CREATE TABLE app           .t ();", ["SCHEMA"])
    assert filled("CREATE TABLE ${SCHEMA:-app}.t ();", SCHEMA="x")[0].startswith("CREATE TABLE x ")


def test_placeholders_without_a_value_are_told_once_for_all_files():
    files = {
        "m/1.sql": "SELECT 1;\nCREATE TABLE {{ .Schema }}.t (id int);",
        "m/2.sql": "DROP TABLE {{.Schema}}.t; SELECT ${limit};",
    }
    layout = read([files])
    (problem,) = layout.problems
    assert (problem.rule, problem.severity, str(problem.location)) == ("placeholder-unset", Severity.INFO, "m/1.sql:2")
    assert ".Schema (2 times), limit" in problem.message
    assert "Schema" in problem.hint
    assert read([files], Running(placeholders={"Schema": "app", "limit": "1"})).problems == ()


def test_a_single_file_is_filled_too():
    migration = alone("anything.txt", "CREATE TABLE ${s}.t ();", Running(placeholders={"s": "app"}))
    assert (migration.name, migration.up.path) == ("anything", "anything.txt")
    assert migration.up.text.startswith("CREATE TABLE app")


@pytest.mark.parametrize(
    "piece", ["'", '"', "/*", "$a$", "{{", "${", ":x", "E'\\", "-- ", "{{ .a }}", "$", "{%", "\\set a b\n"]
)
def test_hostile_text_is_read_in_linear_time(piece):
    start = time.process_time()
    filled("SELECT :x;" + piece * 100_000)
    assert time.process_time() - start < 20  # a scan that begins anew at each character would take minutes
