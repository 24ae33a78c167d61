"""Whatever the text, reading it ends, soon, with every statement that can be read."""

import random
import subprocess
import sys
import time

import pytest

from dbtools.model import operation as op
from dbtools.model.naming import truncated
from dbtools.sql.expressions import read_expression
from dbtools.sql.named import named
from dbtools.sql.read import read
from dbtools.sql.split import split
from tests.steps import steps

SHAPES = {
    "statements": lambda n: "SELECT 1;\n" * n,
    "statements on one line": lambda n: "SELECT 'é';" * n,
    "broken statements": lambda n: "SELEC 1;\n" * n,
    "broken among others": lambda n: "DROP TABLE a;\nSELEC 1;\n" * (n // 2),
    "an unclosed quote amid": lambda n: "SELECT 1;\n" * (n // 2) + "SELECT 'x;\n" + "SELECT 1;\n" * (n // 2),
    "comments": lambda n: "-- a comment\n/* and another */\n" * n + "SELECT 1",
    "actions of one ALTER TABLE": lambda n: "ALTER TABLE t " + ", ".join(f"ADD COLUMN c{i} int" for i in range(n)),
    "rows of one INSERT": lambda n: "INSERT INTO t VALUES " + ", ".join(["(1, 'x')"] * n),
    "rows of a dump": lambda n: "COPY t FROM stdin;\n" + "1\t2\n" * n + "\\.\nSELECT 1;",
    "dumps of few rows": lambda n: "COPY t FROM stdin;\n1\t2\n\\.\nSELECT 1;\n" * (n // 4),
    "conditions": lambda n: "CREATE TABLE t (a int, CHECK (" + " AND ".join(["a > 1"] * n) + "))",
    "values of one IN": lambda n: "CREATE TABLE t (a text CHECK (a IN (" + ", ".join(["'x'"] * n) + ")))",
    "statements of a DO block": lambda n: "DO $$ BEGIN " + "UPDATE t SET a = 1; " * n + "END $$",
    "columns": lambda n: "CREATE TABLE t (" + ", ".join(f"c{i} varchar(9) DEFAULT 'x'" for i in range(n)) + ")",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_text_takes_four_times_the_steps(shape):
    read(SHAPES[shape](10))  # what is imported on the way counts for neither
    few = steps(lambda: read(SHAPES[shape](800)))
    assert steps(lambda: read(SHAPES[shape](3200))) < 5 * few


def test_a_hundred_thousand_statements_are_all_read():
    assert len(split("SELECT 1;\n" * 100_000)) == 100_000


def test_ten_megabytes_in_one_string_are_read():
    (statement,) = read("INSERT INTO t VALUES ('" + "x" * 10_000_000 + "')")
    assert isinstance(statement.operations[0], op.Insert)


NESTED = {
    "brackets": lambda n: "(" * n + "1" + ")" * n,
    "unclosed brackets": lambda n: "(" * n,
    "calls": lambda n: "f(" * n + "1" + ")" * n,
    "sums": lambda n: "1" + " + 1" * n,
    "cases": lambda n: "CASE WHEN true THEN " * n + "1" + " END" * n,
    "arrays": lambda n: "ARRAY[" * n + "1" + "]" * n,
    "negations": lambda n: "NOT " * n + "true",
    "subqueries": lambda n: "(SELECT " * n + "1" + ")" * n,
    "casts": lambda n: "1" + "::text" * n,
}


@pytest.mark.parametrize("shape", NESTED)
def test_what_is_nested_deep_is_read_or_unknown_and_hides_nothing(shape):
    nested = NESTED[shape]
    for depth in (30, 300, 10_000):
        found = read(f"DROP TABLE a;\nCREATE TABLE t (a int CHECK ({nested(depth)}));\nDROP TABLE b;")
        assert [type(each.operations[0]) for each in (found[0], found[-1])] == [op.DropTable, op.DropTable]
        assert isinstance(found[1].operations[0], op.CreateTable | op.Unknown)
        read_expression(nested(depth))


def test_fifty_concatenations_are_not_too_deep():
    (statement,) = read("INSERT INTO t VALUES (" + " || ".join(["'x'"] * 150) + ")")
    assert isinstance(statement.operations[0], op.Insert)


def test_blocks_nested_deep_are_unknown_or_read():
    body = "IF a THEN " * 2000 + "DROP TABLE t; " + "END IF; " * 2000
    (statement,) = read(f"DO $$ BEGIN {body} END $$")
    assert isinstance(statement.operations[-1], op.Unknown)


def test_names_of_a_thousand_characters_are_cut_as_the_server_cuts_them():
    (statement,) = read(f'CREATE TABLE "{"ü" * 1000}" ({"x" * 1000} int)')
    (created,) = statement.operations
    assert created.table.name.local == truncated("ü" * 1000)
    assert created.table.columns[0].name == "x" * 63


def test_noise_is_never_an_exception():
    noise = random.Random(7)
    words = ("$$", "/*", "*/", "--", "\ufeff", "\udcff", "SELECT ", "DROP TABLE t;")
    alphabet = [*"();,'\"$-/*\\.:\n\0 aé🙂1", *words]
    for _ in range(400):
        sql = "".join(noise.choices(alphabet, k=noise.randrange(60)))
        for statement in read(sql):
            assert len(statement.places) == len(statement.operations)
            assert statement.place.line <= sql.count("\n") + 1


def test_every_prefix_of_a_script_is_read():
    script = (
        "CREATE TABLE t (a int DEFAULT 'x' || $$y$$, CHECK (a IN (1, 2))); /* c */ DO $b$ BEGIN DROP TABLE u; END $b$;"
    )
    for end in range(len(script)):
        read(script[:end])


@pytest.mark.parametrize("text", ["a." * 200_000, '"a' * 200_001, "/* " * 200_000, "a b " * 200_000])
def test_names_are_looked_for_in_any_text_at_once(text):
    start = time.process_time()
    named(text, "public")
    assert time.process_time() - start < 20  # a scan that begins anew at each character would take minutes


def test_what_sqlglot_cannot_read_it_says_to_nobody():
    program = "from dbtools.sql.dialect import parse; assert parse('REFRESH MATERIALIZED VIEW CONCURRENTLY v') is None"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_reading_a_plain_migration_imports_no_sqlglot():
    program = (
        "import sys\nfrom dbtools.sql.read import read\n"
        "read('CREATE TABLE t (id int PRIMARY KEY, a text DEFAULT now()); CREATE INDEX ON t (lower(a)) WHERE id > 1')\n"
        "sys.exit('sqlglot' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
