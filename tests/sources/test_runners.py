"""Folders as each runner lays them out, on disk, read as a project's migrations."""

import json

import pytest

from dbtools.change import Project, Scope, gather
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.sql.walk import statements
from tests.steps import steps


class Place:
    """A folder of migrations in a project of its own."""

    def __init__(self, root):
        self.root = root

    def put(self, path, content=""):
        target = self.root / "m" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    def journal(self, *entries, dialect="postgresql", folder=""):
        written = [
            {"idx": idx, "when": when, "tag": tag, "breakpoints": True} for idx, (tag, when) in enumerate(entries)
        ]
        journal = {"version": "7", "dialect": dialect, "entries": written}
        self.put(f"{folder}meta/_journal.json", json.dumps(journal, indent=2))

    def read(self, *places, **settings):
        where = tuple(f"m/{place}" for place in places) or ("m",)
        return gather(Project(self.root, {"migrations": where}, "migrations", **settings), Scope(everything=True))

    def ran(self, *places, **settings):
        return [(each.up.path.removeprefix("m/"), each.transaction) for each in self.read(*places, **settings).new]

    def problems(self, *places):
        return [
            (each.rule, str(each.severity), str(each.location).removeprefix("m/"))
            for each in self.read(*places).problems
        ]


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def said(migration):
    """The statements of a way up, with their places."""
    return [(each.text, each.place.line, each.place.column) for each in statements(migration.up.text)]


TABLE = "CREATE TABLE t (id int);"


# Drizzle ------------------------------------------------------------------------------------------


def test_drizzle_runs_what_its_journal_names_in_that_order_and_in_one_transaction(place):
    place.put("0000_b.sql", TABLE)
    place.put("0001_a.sql", "SELECT 1;")
    place.put("meta/0000_snapshot.json", "{}")
    place.journal(("0001_a", 1), ("0000_b", 2))
    assert place.ran() == [("0001_a.sql", "batch"), ("0000_b.sql", "batch")]
    assert place.problems() == []
    assert place.ran(transaction="statement") == [("0001_a.sql", "statement"), ("0000_b.sql", "statement")]


def test_drizzle_passes_over_a_file_that_its_journal_does_not_name(place):
    place.put("0000_a.sql", TABLE)
    place.put("0001_lost.sql", "CREATE TABLE lost ();")
    place.put("seeds/1.sql", "SELECT 1")
    place.journal(("0000_a", 1))
    assert place.ran() == [("0000_a.sql", "batch")]
    assert place.problems() == [("journal-orphan", "warning", "0001_lost.sql:1")]
    assert Name("public", "lost") not in place.read().head.tables


def test_a_journal_that_names_a_missing_file_is_an_error_at_its_line(place):
    place.put("0000_a.sql", TABLE)
    place.journal(("0000_a", 1), ("0001_gone", 2))
    assert place.problems() == [("journal-missing-file", "error", "meta/_journal.json:14")]
    assert not place.read().head.complete


def test_an_entry_that_is_no_later_than_one_before_it_is_an_error(place):
    for tag in ("0000_a", "0001_b", "0002_c", "0003_d"):
        place.put(f"{tag}.sql")
    place.journal(("0000_a", 5), ("0001_b", 9), ("0002_c", 7), ("0003_d", 8))
    found = [each for each in place.read().problems if each.rule == "journal-order"]
    assert [(each.severity, each.location.line) for each in found] == [(Severity.ERROR, 20), (Severity.ERROR, 26)]
    assert "0001_b passes over it in silence" in found[1].message


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{"entries": [\n  {"tag": "0000_a", }', 2, "property name"),
        ("[]", 1, "no list of entries"),
        ('{"entries": {}}', 1, "no list of entries"),
        ('{"entries": [{"when": 1}]}', 1, "entry 0 has no tag"),
        ('{"entries": [\n{"tag": "0000_a", "when": 1},\n{"tag": "b"}]}', 2, "no time"),
        ("[" * 100_000, 1, "nested"),
        ("", 1, ""),
    ],
)
def test_a_broken_journal_is_an_error_with_its_line_and_the_files_are_read_all_the_same(place, text, line, words):
    place.put("0010_b.sql")
    place.put("0009_a.sql")
    place.put("meta/_journal.json", text)
    assert place.ran() == [("0009_a.sql", "batch"), ("0010_b.sql", "batch")]
    (problem,) = place.read().problems
    assert (problem.rule, problem.severity, problem.location.line) == ("journal-unreadable", Severity.ERROR, line)
    assert words in problem.message


@pytest.mark.parametrize("told", ["meta/0000_snapshot.json", "breakpoint"])
def test_drizzle_without_its_journal_is_read_in_natural_order_with_a_warning(place, told):
    place.put("0000_a.sql", f"{TABLE}--> statement-breakpoint\nSELECT 1" if told == "breakpoint" else TABLE)
    if told != "breakpoint":
        place.put(told, "{}")
    assert place.ran() == [("0000_a.sql", "batch")]
    assert place.problems() == [("journal-missing", "warning", "0000_a.sql:1")]


def test_two_journals_are_two_histories(place):
    for folder in ("one/", "two/"):
        place.put(f"{folder}0000_a.sql", f"CREATE TABLE {folder[:-1]} (id int);")
        place.journal(("0000_a", 1), folder=folder)
    assert place.ran() == [("one/0000_a.sql", "batch"), ("two/0000_a.sql", "batch")]
    assert {each.local for each in place.read().head.tables} == {"one", "two"}


def test_a_breakpoint_ends_a_statement_and_moves_nothing(place):
    place.put(
        "0000_a.sql", f"CREATE TABLE t (id int)--> statement-breakpoint\n  {TABLE} --> statement-breakpoint\nSELECT 1"
    )
    place.journal(("0000_a", 1))
    assert said(place.read().new[0]) == [("CREATE TABLE t (id int)", 1, 1), (TABLE[:-1], 2, 3), ("SELECT 1", 3, 1)]


def test_drizzle_since_1_0_is_told_from_prisma_by_its_snapshot(place):
    place.put("20250101000000_b/migration.sql", f"SELECT 1--> statement-breakpoint\n{TABLE}")
    place.put("20250101000000_b/snapshot.json", '{"dialect": "postgres"}')
    place.put("20240101000000_a/migration.sql", TABLE)
    assert place.ran() == [
        ("20240101000000_a/migration.sql", "batch"),
        ("20250101000000_b/migration.sql", "batch"),
    ]
    assert [text for text, *_ in said(place.read().new[1])] == ["SELECT 1", TABLE[:-1]]


# Two files, or two folders -----------------------------------------------------------------------


def test_golang_migrate_sends_a_file_as_one_query_in_the_order_of_its_number(place):
    for path in ("10_b.up.sql", "10_b.down.sql", "000009_a.up.sql", "1609459200_c.up.sql", "11_d.up.sql"):
        place.put(path, "SELECT 1;")
    assert [path for path, _ in place.ran()] == ["000009_a.up.sql", "10_b.up.sql", "11_d.up.sql", "1609459200_c.up.sql"]
    assert {mode for _, mode in place.ran()} == {"query"}
    assert [each.down.text if each.down else None for each in place.read().new] == [None, "SELECT 1;", None, None]


def test_a_folder_with_a_script_of_sqlx_is_run_by_sqlx(place):
    place.put("1_a.up.sql", TABLE)
    place.put("2_b.up.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON t (id);")
    place.put("2_b.down.sql", "DROP INDEX i;")
    assert place.ran() == [("1_a.up.sql", "file"), ("2_b.up.sql", "query")]
    place.put("plain/3_c.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON t (id);")
    assert place.ran("plain") == [("plain/3_c.sql", "query")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0001_a.up.sql", "1_b.up.sql"),
        ("V1__a.sql", "x/V1.0__b.sql"),
    ],
)
def test_a_version_that_comes_twice_is_an_error(place, one, other):
    place.put(one, TABLE)
    place.put(other, "SELECT 1;")
    (problem,) = place.read().problems
    assert (problem.rule, problem.severity) == ("version-duplicate", Severity.ERROR)
    assert problem.location.path == f"m/{other}"


def test_files_that_a_runner_passes_over_are_named(place):
    place.put("1_a.up.sql", TABLE)
    place.put("2_lost.down.sql", "DROP TABLE t;")
    place.put("seed.sql", "INSERT INTO t VALUES (1);")
    assert place.problems() == [("migration-ignored", "info", "2_lost.down.sql:1")]
    assert "2_lost.down.sql, seed.sql are not run by golang-migrate" in place.read().problems[0].message


def test_diesel_compares_digits_without_dashes(place):
    for title in ("2017-09-23-182408_c", "20170706165855_b", "00000000000000_a"):
        place.put(f"{title}/up.sql", TABLE)
        place.put(f"{title}/down.sql", "DROP TABLE t;")
    place.put("2017-09-23-182408_c/metadata.toml", "# about\nrun_in_transaction = false\n")
    assert place.ran() == [
        ("00000000000000_a/up.sql", "file"),
        ("20170706165855_b/up.sql", "file"),
        ("2017-09-23-182408_c/up.sql", "query"),
    ]
    assert [each.down.path for each in place.read().new][2] == "m/2017-09-23-182408_c/down.sql"
    assert [each.back.transaction for each in place.read().new] == ["file", "file", "query"]


# One file with both ways --------------------------------------------------------------------------


GOOSE = """-- +goose Up
CREATE TABLE t (id int);
-- +goose StatementBegin
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; SELECT 2 $$
-- +goose StatementEnd
  CREATE TABLE u (id int);
-- +goose Down
DROP TABLE u;
DROP FUNCTION f();
"""


def test_goose_runs_the_way_up_only_and_a_statement_ends_where_it_says(place):
    place.put("2_a.sql", GOOSE)
    place.put("10_b.sql", "-- +GOOSE UP\nSELECT 1;\n-- +goose down\nSELECT 2;")
    place.put("003_c.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY i ON t (id);")
    assert place.ran() == [("2_a.sql", "file"), ("003_c.sql", "statement"), ("10_b.sql", "file")]
    first, *_ = place.read().new
    assert [(text[:15], *at) for text, *at in said(first)] == [
        ("CREATE TABLE t ", 2, 1),
        ("CREATE FUNCTION", 4, 1),
        ("CREATE TABLE u ", 6, 3),
    ]
    down = statements(first.back.up.text)
    assert [(each.text, each.place.line) for each in down] == [("DROP TABLE u", 8), ("DROP FUNCTION f()", 9)]
    assert len(first.up.text) == len(first.down.text) == len(GOOSE)
    assert {name.local for name in place.read().head.tables} == {"t", "u"}


@pytest.mark.parametrize(
    ("up", "runner"), [("-- +goose Up", "goose"), ("-- migrate:up", "dbmate"), ("-- +migrate Up", "sql-migrate")]
)
def test_a_file_without_the_marker_that_its_neighbours_have_is_refused_by_their_runner(place, up, runner):
    place.put("1_a.sql", f"{up}\n{TABLE}")
    place.put("2_b.sql", "CREATE TABLE u (id int);")
    (problem,) = place.read().problems
    assert (problem.rule, problem.severity, problem.location.path) == ("up-marker-missing", Severity.ERROR, "m/2_b.sql")
    assert runner in problem.message
    assert Name("public", "u") in place.read().head.tables


def test_dbmate_runs_by_file_name_and_each_way_as_it_says(place):
    place.put("9_b.sql", "-- migrate:up transaction:false\nSELECT 1;\n-- migrate:down\nSELECT 2;\n")
    place.put("10_a.sql", "-- about\n-- migrate:up\nSELECT 1;\n\n-- migrate:down transaction:false\nSELECT 2;\n")
    assert place.ran() == [("10_a.sql", "file"), ("9_b.sql", "query")]
    assert [each.back.transaction for each in place.read().new] == ["query", "file"]
    assert [each.text for each in statements(place.read().new[0].down.text)] == ["SELECT 2"]


def test_sql_migrate_and_node_pg_migrate_are_read_by_their_markers(place):
    place.put("a/1.sql", "-- +migrate Up notransaction\nSELECT 1;\n-- +migrate Down\nSELECT 2;")
    place.put("b/1_x.sql", "-- Up Migration\nSELECT 3;\n-- Down Migration\nSELECT 4;")
    assert place.ran() == [("a/1.sql", "statement"), ("b/1_x.sql", "batch")]
    assert [[text for text, *_ in said(each)] for each in place.read().new] == [["SELECT 1"], ["SELECT 3"]]
    assert [each.back.transaction for each in place.read().new] == ["file", "batch"]


def test_a_marker_within_a_line_marks_nothing(place):
    place.put("1.sql", "SELECT 'x -- +goose Down'; -- see -- +goose Up\nCREATE TABLE t (id int);")
    assert place.ran() == [("1.sql", "file")]
    assert len(said(place.read().new[0])) == 2


# Flyway, Sqitch -----------------------------------------------------------------------------------


def test_flyway_runs_versions_as_numbers_through_all_folders_and_repeatables_last(place):
    for path in (
        "a/V10.1__x.sql",
        "b/V2_3__x.sql",
        "c/V2.10__x.sql",
        "a/R__views.sql",
        "b/U10.1__x.sql",
        "b/beforeMigrate.sql",
    ):
        place.put(path, "SELECT 1;")
    expected = ["b/V2_3__x.sql", "c/V2.10__x.sql", "a/V10.1__x.sql", "a/R__views.sql"]
    assert [path for path, _ in place.ran()] == [path for path, _ in place.ran("a", "b", "c")] == expected
    assert place.read().new[2].down.path == "m/b/U10.1__x.sql"
    assert place.problems() == [("migration-ignored", "info", "b/beforeMigrate.sql:1")]


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("CREATE INDEX CONCURRENTLY i ON t (id);", "statement"),
        ("CREATE INDEX CONCURRENTLY i ON t (id); CREATE INDEX CONCURRENTLY j ON t (id);", "statement"),
        ("SELECT 1; CREATE INDEX CONCURRENTLY i ON t (id);", "file"),
        ("SELECT 1; -- concurrently", "file"),
        ("CREATE TABLE t (id int);", "file"),
    ],
)
def test_flyway_begins_no_transaction_where_every_statement_refuses_one(place, text, mode):
    place.put("V1__a.sql", text)
    assert place.ran() == [("V1__a.sql", mode)]
    place.put("V1__a.sql.conf", "executeInTransaction=false\n")
    assert place.ran() == [("V1__a.sql", "statement")]


PLAN = """%syntax-version=1.0.0
%project=shop

users 2020-01-01T00:00:00Z A <a@x.y> # first
@v1 2020-01-02T00:00:00Z A <a@x.y> # tag
carts [users] 2020-01-03T00:00:00Z A <a@x.y>
users [users@v1] 2020-01-04T00:00:00Z A <a@x.y> # reworked
@v2 2020-01-02T00:00:00Z A <a@x.y>
"""


def test_sqitch_runs_its_plan_and_a_reworked_change_first_as_it_was(place):
    for change in ("users", "users@v1", "carts", "forgotten"):
        place.put(f"deploy/{change}.sql", "BEGIN; SELECT 1; COMMIT;")
        place.put(f"revert/{change}.sql", "SELECT 2;")
        place.put(f"verify/{change}.sql", "SELECT 3;")
    place.put("sqitch.plan", PLAN)
    assert place.ran() == [
        ("deploy/users@v1.sql", "statement"),
        ("deploy/carts.sql", "statement"),
        ("deploy/users.sql", "statement"),
    ]
    assert place.read().new[0].down.path == "m/revert/users@v1.sql"
    assert place.problems() == [("journal-orphan", "warning", "deploy/forgotten.sql:1")]


def test_a_plan_that_names_a_missing_script_is_an_error_at_its_line(place):
    place.put("sqitch.plan", PLAN)
    place.put("deploy/users.sql", "SELECT 1;")
    place.put("deploy/users@v1.sql", "SELECT 1;")
    assert place.problems() == [("journal-missing-file", "error", "sqitch.plan:6")]


def test_sqitch_conf_says_where_the_scripts_are_and_for_which_engine(place):
    place.put("sqitch.conf", '[core]\n\tengine = pg\n\ttop_dir = sql\n[engine "pg"]\n\tdeploy_dir = sql/up\n')
    place.put("sql/sqitch.plan", "a 2020-01-01T00:00:00Z A <a@x.y>\n")
    place.put("sql/up/a.sql", "SELECT 1;")
    place.put("sql/revert/a.sql", "SELECT 2;")
    assert place.ran() == [("sql/up/a.sql", "statement")]
    assert place.read().new[0].down.path == "m/sql/revert/a.sql"
    place.put("sqitch.conf", "[core]\n    engine = mysql ; of all things\n    top_dir = sql\n")
    assert place.ran() == []
    assert place.problems() == [("other-engine", "info", "sql/revert/a.sql:1")]


def test_sqitch_without_its_plan_is_read_in_natural_order_with_a_warning(place):
    place.put("sqitch.conf", "[core]\n    engine = pg\n")
    place.put("deploy/10.sql", "SELECT 1;")
    place.put("deploy/9.sql", "SELECT 1;")
    assert [path for path, _ in place.ran()] == ["deploy/9.sql", "deploy/10.sql"]
    assert place.problems() == [("journal-missing", "warning", "deploy/10.sql:1")]


# What programs print ------------------------------------------------------------------------------


def test_sql_that_alembic_and_django_print_brings_its_own_transactions(place):
    place.put("1.sql", "BEGIN;\n\n-- Running upgrade  -> 1975ea83b712\n\nCREATE TABLE t (id int);\n\nCOMMIT;\n")
    place.put("2.sql", "BEGIN;\n--\n-- Add field x to t\n--\nALTER TABLE t ADD COLUMN x int;\nCOMMIT;\n")
    place.put(
        "3.sql",
        "--\n-- Concurrently create index i on field(s) x of model t\n--\nCREATE INDEX CONCURRENTLY i ON t (x);\n",
    )
    place.put("4.sql", "-- just a comment\nSELECT 1;")
    assert [mode for _, mode in place.ran()] == ["statement", "statement", "statement", "file"]


def test_supabase_sends_what_refuses_a_transaction_by_itself(tmp_path):
    place = Place(tmp_path)
    place.put("supabase/migrations/20240101000000_a.sql", "SELECT 1;")
    place.put("supabase/migrations/20240102000000_b.sql", "SELECT 1; CREATE INDEX CONCURRENTLY i ON t (id);")
    place.put("supabase/migrations/notes.sql", "SELECT 1;")
    assert place.ran("supabase/migrations") == [
        ("supabase/migrations/20240101000000_a.sql", "file"),
        ("supabase/migrations/20240102000000_b.sql", "statement"),
    ]


# What is not judged -------------------------------------------------------------------------------


def test_other_engines_are_told_and_skipped_by_whatever_names_them(place):
    for engine in ("postgres", "mysql", "sqlite"):
        place.put(f"{engine}/1_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\n")
    place.put("prisma/1_a/migration.sql", "SELECT 1;")
    place.put("prisma/migration_lock.toml", 'provider = "mysql"')
    place.put("drizzle/0000_a.sql", "SELECT 1;")
    place.journal(("0000_a", 1), dialect="sqlite", folder="drizzle/")
    place.put("next/1_a/migration.sql", "SELECT 1;")
    place.put("next/1_a/snapshot.json", '{"dialect": "singlestore"}')
    assert place.ran() == [("postgres/1_a.sql", "file")]
    problems = place.read().problems
    assert {(each.rule, each.severity) for each in problems} == {("other-engine", Severity.INFO)}
    said_of = " ".join(each.message for each in problems)
    assert all(word in said_of for word in ("m/mysql", "sqlite", "migration_lock.toml", "_journal.json", "singlestore"))


def test_a_folder_for_another_engine_alone_is_no_error(place):
    place.put("mysql/1.up.sql", "SELECT 1;")
    assert place.problems("mysql") == [("other-engine", "info", "mysql/1.up.sql:1")]


@pytest.mark.parametrize("dialect", ["postgresql", "pg"])
def test_both_names_that_drizzle_gives_postgresql_are_judged(place, dialect):
    place.put("0000_a.sql", TABLE)
    place.journal(("0000_a", 1), dialect=dialect)
    assert len(place.ran()) == 1


def test_migrations_that_are_code_are_counted_named_and_make_the_schema_uncertain(place):
    place.put("1_a.sql", "-- +goose Up\nSELECT 1;")
    place.put("2_b.go", "package migrations \xff".encode("latin-1"))
    place.put("2_b_test.go", "package migrations")
    place.put("main.go", "package main")
    change = place.read()
    (problem,) = change.problems
    assert (problem.rule, problem.severity) == ("code-migration", Severity.INFO)
    assert problem.message == "1 migration is code and not judged: 2_b.go"
    assert not change.base.complete


def test_a_folder_of_python_says_how_to_print_sql(place):
    for path in ("env.py", "__init__.py", "versions/1975ea83b712_a.py", "versions/0002_b.py"):
        place.put(path, "revision = 1")
    (problem,) = place.read().problems
    assert problem.message.startswith("2 migrations are code")
    assert "alembic upgrade" in problem.hint


def test_prisma_folders_that_hold_a_program_are_named_after_their_folder(place):
    place.put("20240101_a/migration.sql", TABLE)
    place.put("20240102_b/migration.ts", "export {}")
    place.put("20240103_c.sql/readme.md", "")
    place.put("migration_lock.toml", 'provider = "postgresql"')
    assert place.ran() == [("20240101_a/migration.sql", "query")]
    assert [each.message for each in place.read().problems] == ["1 migration is code and not judged: 20240102_b"]


# Between files ------------------------------------------------------------------------------------


def test_search_path_and_role_end_with_their_file_and_two_schemas_may_have_one_table_each(place):
    place.put("1.sql", "SET search_path = shop; SET ROLE owner; CREATE TABLE t (id int);")
    place.put("2.sql", "CREATE TABLE t (id bigint);")
    place.put("3.sql", "ALTER TABLE t ADD COLUMN a int; ALTER TABLE shop.t ADD COLUMN b int;")
    tables = place.read().head.tables
    assert [column.name for column in tables[Name("public", "t")].columns] == ["id", "a"]
    assert [column.name for column in tables[Name("shop", "t")].columns] == ["id", "b"]


def test_versioned_folders_run_one_after_the_other(place):
    for path in ("10.0/1.sql", "2.0/2.sql", "2.0/10.sql"):
        place.put(path, "SELECT 1;")
    assert [path for path, _ in place.ran()] == ["2.0/2.sql", "2.0/10.sql", "10.0/1.sql"]


def test_what_a_user_forces_goes_before_what_a_file_says(place):
    place.put("1.sql", "-- dbtools: no-transaction\nSELECT 1;")
    place.put("2.sql", "-- no-transaction\nSELECT 1;")
    assert [mode for _, mode in place.ran(transaction="file")] == ["none", "query"]
    assert [mode for _, mode in place.ran(transaction="file", forced=True)] == ["file", "file"]


def test_four_times_the_files_of_a_runner_take_four_times_the_steps(place):
    def reading(numbers):
        for number in numbers:
            place.put(f"{number}_a.sql", f"-- +goose Up\nSELECT {number};\n-- +goose Down\nSELECT 1;")
        return steps(place.ran)

    reading(range(10))  # what is imported on the way counts for neither
    few = reading(range(100))
    assert reading(range(100, 400)) < 5 * few


def test_a_part_of_the_name_may_say_the_engine(place):
    for path in ("1_a.up.sql", "1_a.postgres.up.sql", "1_a.mysql.up.sql", "2_b.up.sql", "2_b.sqlite3.up.sql"):
        place.put(path, TABLE)
    assert [path for path, _ in place.ran()] == ["1_a.postgres.up.sql", "2_b.up.sql"]
    assert [rule for rule, *_ in place.problems()] == ["other-engine", "other-engine"]


def test_a_journal_that_names_no_file_that_is_there_is_one_error_and_the_files_are_read(place):
    for number in range(20):
        place.put(f"{number:04}_a.sql", "SELECT 1;")
    place.journal(("0000_gone", 1), ("0001_gone", 2))
    assert len(place.ran()) == 20
    assert place.problems() == [("journal-missing-file", "error", "meta/_journal.json:1")]


def test_many_orphans_are_one_finding(place):
    for number in range(20):
        place.put(f"{number:04}_a.sql", "SELECT 1;")
    place.journal(("0003_a", 1))
    (problem,) = place.read().problems
    assert problem.message == (
        "0000_a.sql, 0001_a.sql, 0002_a.sql, 0004_a.sql, 0005_a.sql and 14 more are not in the journal: they never run"
    )
