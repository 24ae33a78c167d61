"""SQL that is named by hand: what runs it, and the schema that it meets."""

import json
import subprocess

import pytest

from dbtools.change import Given, Project, gather_paths
from dbtools.change.given import neighbours, state_of
from dbtools.errors import SourceError
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.pg.catalog import catalog
from dbtools.pg.connect import connect
from dbtools.pg.installation import installation
from dbtools.sources.layouts import Running
from dbtools.sql.walk import statements

RICH = """
CREATE SCHEMA shop;
CREATE TYPE mood AS ENUM ('ok', 'bad');
CREATE DOMAIN pos AS int CHECK (VALUE > 0);
CREATE TABLE t (id serial PRIMARY KEY, a text NOT NULL DEFAULT 'x', m mood DEFAULT 'ok', p pos, j jsonb);
CREATE TABLE shop.t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, t_id int REFERENCES t (id) ON DELETE CASCADE,
  price numeric(10,2) CHECK (price > 0));
CREATE UNIQUE INDEX ui ON t (lower(a)) WHERE a <> '';
CREATE TABLE part (id int, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE VIEW v AS SELECT t.id, s.price FROM t JOIN shop.t s ON s.t_id = t.id;
COMMENT ON TABLE t IS 'about it''s; COPY t FROM stdin;';
ALTER TABLE shop.t ADD CONSTRAINT c CHECK (price < 1000000) NOT VALID;
INSERT INTO t (a, j) VALUES (E'a\\tb\\\\c :x', '{"a": "${x} {{ .y }}"}'), ('it''s', NULL);
INSERT INTO part VALUES (1, '2020-05-05');
"""


def given(root, *paths, project=None, state=None, running=None):
    scripts = {path: (root / path).read_bytes() for path in paths}
    named = Given(scripts, beside=neighbours(root, paths), state=state)
    return gather_paths(named, running or Running(), project)


def ran(change):
    return [(each.up.path, each.transaction, each.down and each.down.path) for each in change.new]


# A file runs as its folder does -------------------------------------------------------------------


def test_a_file_is_run_as_its_neighbours_on_disk_tell(put, tmp_path):
    put("p/1_a/migration.sql", "SELECT 1")
    put("p/migration_lock.toml", 'provider = "postgresql"')
    put("new/1_a/migration.sql", "SELECT 1")
    put("new/1_a/snapshot.json", '{"dialect": "postgres"}')
    put("d/20200101_a/up.sql", "SELECT 1")
    put("d/20200101_a/down.sql", "SELECT 1")
    put("d/20200101_a/metadata.toml", "run_in_transaction = false")
    put("u/1.up.sql", "SELECT 1")
    put("u/1.down.sql", "SELECT 1")
    put("f/V1__a.sql", "SELECT 1")
    put("f/V1__a.sql.conf", "executeInTransaction=false")
    put("s/sqitch.plan", "a 2020-01-01T00:00:00Z A <a@x.y>")
    put("s/deploy/a.sql", "SELECT 1")
    put("s/revert/a.sql", "SELECT 1")
    paths = (
        "p/1_a/migration.sql", "new/1_a/migration.sql", "d/20200101_a/up.sql", "u/1.up.sql", "f/V1__a.sql",
        "s/deploy/a.sql",
    )  # fmt: skip
    assert ran(given(tmp_path, *paths)) == [
        ("p/1_a/migration.sql", "query", None),
        ("new/1_a/migration.sql", "batch", None),
        ("d/20200101_a/up.sql", "query", "d/20200101_a/down.sql"),
        ("u/1.up.sql", "query", "u/1.down.sql"),
        ("f/V1__a.sql", "statement", None),
        ("s/deploy/a.sql", "statement", "s/revert/a.sql"),
    ]


def test_a_file_that_says_itself_who_runs_it_needs_no_folder(put, tmp_path):
    put("a.txt", "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;")
    put("b.sql", "-- migrate:up transaction:false\nSELECT 1;\n-- migrate:down\nSELECT 2;")
    put("c.sql", "SELECT 1--> statement-breakpoint\nSELECT 2")
    change = given(tmp_path, "a.txt", "b.sql", "c.sql")
    assert ran(change) == [("a.txt", "file", "a.txt"), ("b.sql", "query", "b.sql"), ("c.sql", "batch", None)]
    assert [len(statements(each.up.text)) for each in change.new] == [1, 1, 2]


def test_files_of_one_folder_come_in_the_order_of_their_runner(put, tmp_path):
    for number in ("2", "10", "9"):
        put(f"m/{number}.up.sql", f"SELECT {number}")
    put("other/1.sql", "SELECT 1")
    change = given(tmp_path, "m/10.up.sql", "other/1.sql", "m/2.up.sql", "m/9.up.sql")
    assert [each.up.path for each in change.new] == ["m/2.up.sql", "m/9.up.sql", "m/10.up.sql", "other/1.sql"]


def test_files_of_a_drizzle_folder_come_in_the_order_of_the_journal_and_are_one_change(put, tmp_path):
    entries = [{"idx": 0, "when": 1, "tag": "0001_b"}, {"idx": 1, "when": 2, "tag": "0000_a"}]
    put("m/meta/_journal.json", json.dumps({"dialect": "postgresql", "entries": entries}))
    for tag in ("0000_a", "0001_b", "0002_lost"):
        put(f"m/{tag}.sql", "SELECT 1")
    change = given(tmp_path, "m/0000_a.sql", "m/0001_b.sql")
    assert [each.up.path for each in change.new] == ["m/0001_b.sql", "m/0000_a.sql"]
    assert not change.one_by_one
    change = given(tmp_path, "m/0002_lost.sql")
    assert [each.up.path for each in change.new] == ["m/0002_lost.sql"]
    assert [(each.rule, each.location.path) for each in change.problems] == [("journal-orphan", "m/0002_lost.sql")]


def test_a_file_for_another_engine_is_told_and_not_judged(put, tmp_path):
    put("mysql/1.sql", "SELECT 1")
    change = given(tmp_path, "mysql/1.sql")
    assert change.new == ()
    assert [each.rule for each in change.problems] == ["other-engine"]


def test_a_way_down_alone_is_judged_as_what_it_is(put, tmp_path):
    put("m/1.down.sql", "DROP TABLE t")
    assert [each.up.text for each in given(tmp_path, "m/1.down.sql").new] == ["DROP TABLE t"]


# The schema that it meets -------------------------------------------------------------------------


@pytest.mark.server
def test_a_dump_with_rows_says_what_the_catalog_says(database, tmp_path):
    with connect(database) as connection:
        connection.execute(RICH)
        expected = catalog(connection)
    program = installation().bin / "pg_dump"
    dump = subprocess.run([program, "--dbname", database], capture_output=True, text=True, check=True).stdout
    assert "COPY public.t " in dump
    assert "set_config('search_path', ''" in dump
    (tmp_path / "dump.sql").write_text(dump)
    state = state_of(tmp_path, "dump.sql", Running())
    assert state.unknown == ()
    assert state.schema.complete
    assert (state.schema.tables, state.schema.enums, state.schema.domains) == (
        expected.tables,
        expected.enums,
        expected.domains,
    )


def test_a_folder_of_migrations_is_a_state_without_its_ways_down(put, tmp_path):
    put("m/1.up.sql", "CREATE TABLE t (id int);")
    put("m/1.down.sql", "DROP TABLE t;")
    put("s/2.sql", "ALTER TABLE t ADD COLUMN a int;")
    put("s/1.sql", "SET search_path = x; CREATE TABLE t (id int);")
    put("s/0.sql", "CREATE TABLE t (id int);")
    assert Name("public", "t") in state_of(tmp_path, "m", Running()).schema.tables
    tables = state_of(tmp_path, "s", Running()).schema.tables
    assert [column.name for column in tables[Name("public", "t")].columns] == ["id", "a"]


@pytest.mark.parametrize("where", ["empty", "missing.sql"])
def test_a_state_that_is_not_there_is_an_error_with_a_hint(tmp_path, where):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=where) as error:
        state_of(tmp_path, where, Running())
    assert error.value.hint


def test_an_archive_of_pg_dump_is_an_error_that_says_how_to_dump(tmp_path):
    (tmp_path / "dump").write_bytes(b"PGDMP\x01\x0e\x00")
    with pytest.raises(SourceError, match="archive") as error:
        state_of(tmp_path, "dump", Running())
    assert "--format=plain" in error.value.hint


def test_what_of_the_state_could_not_be_read_is_told_and_uncertain(put, tmp_path):
    put("schema.sql", "CREATE TABLE t (id int);\nCREATE TABLE u (id int;\nALTER TABLE u ADD x y z w;")
    put("new.sql", "ALTER TABLE u ADD COLUMN a int;")
    change = given(tmp_path, "new.sql", state=state_of(tmp_path, "schema.sql", Running()))
    (problem,) = change.problems
    assert (problem.rule, str(problem.location)) == ("schema-unread", "schema.sql:2")
    assert not change.base.is_certain(Name("public", "u"))
    assert change.base.is_certain(Name("public", "t"))


def test_sql_that_is_the_truth_is_the_state_of_a_file_that_is_not_part_of_it(put, tmp_path):
    put("schema/1.sql", "CREATE TABLE t (id int);")
    put("new.sql", "ALTER TABLE t ADD COLUMN a int;")
    project = Project(tmp_path, {"sql": ("schema",)}, "sql")
    base = given(tmp_path, "new.sql", project=project).base
    assert base.complete
    assert Name("public", "t") in base.tables
    assert given(tmp_path, "schema/1.sql", project=project).base.tables == {}


def test_declared_sql_counts_as_it_was_committed_last(put, tmp_path):
    put("schema.sql", "CREATE TABLE t (id int);")
    for command in (
        ("init", "-q"),
        ("add", "."),
        ("-c", "user.name=t", "-c", "user.email=t@x.y", "commit", "-qm", "x"),
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    put("schema.sql", "CREATE TABLE t (id int, a int);")
    put("new.sql", "ALTER TABLE t ADD COLUMN a int;")
    base = given(tmp_path, "new.sql", project=Project(tmp_path, {"sql": ("schema.sql",)}, "sql")).base
    assert [column.name for column in base.tables[Name("public", "t")].columns] == ["id"]


def test_a_draft_in_the_manner_of_drizzle_is_judged_without_its_journal(put, tmp_path):
    put("new.sql", "CREATE TABLE t (id int);\n--> statement-breakpoint\nSELECT 1;\n")
    change = given(tmp_path, "new.sql")
    assert [(each.rule, each.severity) for each in change.problems] == [("journal-missing", Severity.INFO)]
    assert ran(change) == [("new.sql", "batch", None)]
