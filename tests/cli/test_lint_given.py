"""dbtools lint on files, folders and a schema that are named by hand, as a user calls it."""

import json
import subprocess
import sys

import pytest

from dbtools.pg.connect import connect

INDEX = "CREATE INDEX CONCURRENTLY i ON t (id);\n"


def lint(folder, *arguments, stdin=None):
    """Exit code, (rule, path, line) of each finding, and everything that was printed."""
    quiet = ("missing-lock-timeout", "multi-table-exclusive-lock")  # said of nearly every file below
    ignored = [part for rule in quiet for part in ("--ignore", rule)]
    command = [sys.executable, "-m", "dbtools", "lint", "--format", "json", *ignored, *arguments]
    done = subprocess.run(command, cwd=folder, input=stdin, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    if done.returncode == 2:
        return 2, [], done.stdout + done.stderr
    found = json.loads(done.stdout)["findings"]
    places = [(each["rule"], each["location"]["path"], each["location"]["line"]) for each in found]
    return done.returncode, places, done.stdout + done.stderr


def test_the_schema_before_decides_what_a_file_does(put, tmp_path):
    put("schema.sql", "SET search_path = public; CREATE TABLE t (id int, a varchar(10));")
    put("new.sql", "ALTER TABLE t ALTER COLUMN a TYPE varchar(20);\nALTER TABLE t ALTER COLUMN a TYPE varchar(5);")
    code, found, said = lint(tmp_path, "--schema", "schema.sql", "new.sql")
    assert code == 1
    assert {line for _, _, line in found} == {2}
    assert '"evidence": "stateful"' in said
    code, found, _ = lint(tmp_path, "--schema", "schema.sql", "-", stdin="ALTER TABLE nowhere ADD COLUMN a int;")
    assert (code, found) == (1, [("unknown-object", "<stdin>", 1)])


@pytest.mark.parametrize(
    ("file", "text", "fails"),
    [
        (("m/1.sql", {}), INDEX, True),
        (("p/1_a/migration.sql", {"p/migration_lock.toml": 'provider = "postgresql"'}), INDEX, False),
        (("p/1_a/migration.sql", {}), f"SET x.y = 1;\n{INDEX}", True),
        (("u/1_a.up.sql", {}), INDEX, False),
        (("u/1_a.up.sql", {}), f"-- no-transaction\n{INDEX}", False),
        (("g/1_a.sql", {}), f"-- +goose Up\n{INDEX}-- +goose Down\nDROP TABLE t;", True),
        (("g/1_a.sql", {}), f"-- +goose NO TRANSACTION\n-- +goose up\n{INDEX}-- +goose down\nDROP TABLE t;", False),
        (("b/1_a.sql", {}), f"-- migrate:up transaction:false\n{INDEX}-- migrate:down\nDROP TABLE t;", False),
        (("f/V1__a.sql", {}), INDEX, False),
        (("f/V1__a.sql", {}), f"CREATE TABLE u (id int);\n{INDEX}", True),
        (("d/20200101_a/up.sql", {}), INDEX, True),
        (("d/20200101_a/up.sql", {"d/20200101_a/metadata.toml": "run_in_transaction = false"}), INDEX, False),
        (("s/deploy/a.sql", {"s/sqitch.plan": "a 2020-01-01T00:00:00Z A <a@x.y>"}), INDEX, False),
        (("r/0000_a.sql", {"r/meta/_journal.json": '{"entries": [{"tag": "0000_a", "when": 1}]}'}), INDEX, True),
        (("supabase/migrations/20200101000000_a.sql", {}), INDEX, False),
        (("x.sql", {}), f"BEGIN;\n\n-- Running upgrade  -> 1975ea\n\nSELECT 1;\n\nCOMMIT;\n\n{INDEX}", False),
    ],
)
def test_concurrently_fails_only_where_the_runner_opens_a_transaction(put, tmp_path, file, text, fails):
    path, beside = file
    put("schema.sql", "CREATE TABLE t (id int);")
    put(path, text)
    for other, content in beside.items():
        put(other, content)
    line = text[: text.index("CREATE INDEX")].count("\n") + 1
    expected = [("concurrently-in-transaction", path, line)] if fails else []
    assert lint(tmp_path, "--schema", "schema.sql", path)[1] == expected
    assert lint(tmp_path, "--schema", "schema.sql", "--transaction", "none", path)[1] == []
    forced = lint(tmp_path, "--schema", "schema.sql", "--transaction", "file", path)[1]
    assert forced == ([] if "COMMIT" in text else [("concurrently-in-transaction", path, line)])


def test_transaction_goes_before_what_the_project_says_too(put, tmp_path):
    put("dbtools.yaml", "sources: {migrations: m}\nmigrations: {transaction: none}\n")
    put("m/1.sql", "CREATE TABLE t (id int);")
    put("m/2.sql", INDEX)
    assert lint(tmp_path, "--all")[1] == lint(tmp_path, "m/2.sql")[1] == []
    expected = [("concurrently-in-transaction", "m/2.sql", 1)]
    assert lint(tmp_path, "--all", "--transaction", "file")[1] == expected
    assert lint(tmp_path, "--transaction", "file", "m/2.sql")[1] == expected


def test_layout_problems_reach_the_user_and_the_rest_is_judged(put, tmp_path):
    put("dbtools.yaml", "sources: {migrations: m}\n")
    put("m/0000_a.sql", "CREATE TABLE t (id int);")
    put("m/0001_b.sql", "DROP TABLE t;")
    put("m/0002_lost.sql", "DROP TABLE t;")
    put("m/meta/_journal.json", '{"entries": [\n{"tag": "0000_a", "when": 2},\n{"tag": "0001_b", "when": 1}]}')
    expected = [
        ("drop-table", "m/0001_b.sql", 1),
        ("journal-order", "m/meta/_journal.json", 3),
        ("journal-orphan", "m/0002_lost.sql", 1),
    ]
    assert sorted(lint(tmp_path, "m")[1]) == sorted(lint(tmp_path, "--all")[1]) == expected


def test_values_of_placeholders_come_from_the_project(put, tmp_path):
    put("m/1.sql", 'CREATE TABLE {{ .Schema }}.t (id int);\nCREATE TABLE "${tenant}".u (id int);')
    put("new.sql", "ALTER TABLE shop.t ADD COLUMN a int;\nALTER TABLE app.u ADD COLUMN a int;\nDROP TABLE shop.t;")
    put("dbtools.yaml", "sources: {migrations: m}\nmigrations: {placeholders: {Schema: shop, tenant: app}}\n")
    assert lint(tmp_path, "new.sql")[1] == [("drop-table", "new.sql", 3)]
    put("dbtools.yaml", "sources: {migrations: m}\n")
    assert lint(tmp_path, "--all")[1] == [("placeholder-unset", "m/1.sql", 1)]


def test_declared_sql_that_is_the_truth_is_the_state(put, tmp_path):
    put("dbtools.yaml", "sources: {sql: schema}\n")
    put("schema/1.sql", "CREATE TABLE t (id int);")
    put("new.sql", "ALTER TABLE t ADD COLUMN a int;\nALTER TABLE u ADD COLUMN a int;")
    assert lint(tmp_path, "new.sql")[1] == [("unknown-object", "new.sql", 2)]


@pytest.mark.server
def test_a_live_database_is_the_schema_before_and_is_only_read(put, tmp_path, database):
    with connect(database) as connection:
        connection.execute("CREATE TABLE t (id int)")
    put("new.sql", "DROP TABLE t;\nALTER TABLE u ADD COLUMN a int;")
    code, found, _ = lint(tmp_path, "--schema", database, "new.sql")
    assert (code, found) == (1, [("drop-table", "new.sql", 1), ("unknown-object", "new.sql", 2)])
    with connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_a_database_that_does_not_answer_is_told_without_its_password(put, tmp_path):
    put("new.sql", "SELECT 1;")
    code, _, said = lint(tmp_path, "--schema", "postgresql://u:geheim@127.0.0.1:1/x", "new.sql")
    assert code == 2
    assert "127.0.0.1:1/x" in said
    assert "geheim" not in said


@pytest.mark.parametrize("schema", ["nowhere.sql", "empty"])
def test_a_schema_that_is_not_there_is_two_lines(put, tmp_path, schema):
    put("new.sql", "SELECT 1;")
    (tmp_path / "empty").mkdir()
    code, _, said = lint(tmp_path, "--schema", schema, "new.sql")
    assert code == 2
    assert schema in said
    assert len(said.strip().splitlines()) == 2


def test_the_schema_that_is_named_goes_before_the_one_of_the_project(put, tmp_path):
    put("dbtools.yaml", "sources: {migrations: m}\n")
    put("m/1.sql", "ALTER TABLE t ADD COLUMN a int;")
    assert lint(tmp_path, "--all")[1] == [("unknown-object", "m/1.sql", 1)]
    put("before.sql", "CREATE TABLE t (id int);")
    assert lint(tmp_path, "--all", "--schema", "before.sql")[1] == []
    assert lint(tmp_path, "m", "--schema", "before.sql")[1] == []
