"""Migrations that go wrong where only a server shows it, each named with what was seen."""

import re

import pytest

from dbtools.change import Change
from dbtools.change.value import Code
from dbtools.model.finding import Damage, Severity
from dbtools.model.schema import Schema
from dbtools.pg.fill import Rows
from dbtools.rehearse import RehearseSettings, rehearse
from dbtools.sources.layouts import migrations_of
from dbtools.sources.prisma import read_texts as read_prisma
from dbtools.sources.queries import read_texts as read_queries
from dbtools.sql.walk import fold
from tests.rehearse.test_rehearse import cells, change, migration

pytestmark = pytest.mark.server

POSTS = "CREATE TABLE post (id int PRIMARY KEY, title text NOT NULL, views int);"
MODEL = """
model post {
  id    Int    @id
  title String
  views Int?
}
"""
QUERY = "-- name: latest\nSELECT id, title\nFROM post ORDER BY id DESC LIMIT :most;"
CODE = Code((read_prisma({"schema.prisma": MODEL}, "schema.prisma"),), read_queries({"latest.sql": QUERY}))


@pytest.fixture
def run(server):
    def rehearsed(*new):
        return rehearse(change(*new), RehearseSettings(server.url, Rows(30)))

    return rehearsed


def named(report, rule):
    (finding,) = (each for each in report.findings if each.rule == rule)
    return finding


def told(report, line):
    return [seen for where, _, seen in cells(report, "0002.up.sql") if where == str(line)]


def test_a_missing_way_down(run):
    finding = named(run(migration("0002", "CREATE TABLE tag (id int);")), "down-missing")
    assert (finding.severity, finding.message) == (Severity.WARNING, "there is no way back down")


def test_a_way_down_that_leaves_an_index(run):
    up = "ALTER TABLE author ADD COLUMN x int; CREATE INDEX author_name ON author (name);"
    finding = named(run(migration("0002", up, "ALTER TABLE author DROP COLUMN x;")), "down-differs")
    assert (finding.severity, finding.location.path) == (Severity.WARNING, "0002.down.sql")
    assert finding.message == "the way down does not lead back: DROP INDEX author_name"


def test_a_way_down_that_brings_a_column_back_empty(run):
    down = "ALTER TABLE author ADD COLUMN born timestamp(3);"
    report = run(migration("0002", "ALTER TABLE author DROP COLUMN born;", down))
    message = "the way down brings author.born back empty: its 27 values are gone"
    assert named(report, "down-restores-no-values").message == message


def test_a_way_down_that_fails_on_rows(run):
    up = "ALTER TABLE author ALTER COLUMN name DROP NOT NULL;\nINSERT INTO author (id) VALUES (1000);"
    finding = named(run(migration("0002", up, "ALTER TABLE author ALTER COLUMN name SET NOT NULL;")), "down-fails")
    assert (finding.severity, finding.location.path) == (Severity.ERROR, "0002.down.sql")
    assert 'the way down fails: 23502 column "name" of relation "author" contains null values' in finding.message


def test_an_index_built_concurrently_that_is_killed_and_run_again(run):
    up = "CREATE INDEX CONCURRENTLY author_name ON author (name);\nCREATE TABLE tag (id int);"
    report = run(migration("0002", up, "DROP TABLE tag; DROP INDEX author_name;", transaction="none"))
    finding = named(report, "rerun-fails")
    assert finding.message == (
        'killed at 2 different moments and run again, it fails: 42P07 relation "author_name" already exists; '
        "INVALID is left: author_name"
    )


def test_a_label_that_is_used_too_early(run):
    up = "ALTER TYPE mood ADD VALUE 'glad';\nUPDATE author SET mood = 'glad' WHERE id = 1;"
    finding = named(run(migration("0002", up)), "rehearsal-fails")
    assert (finding.severity, finding.location.line) == (Severity.ERROR, 2)
    assert '55P04 unsafe use of new value "glad" of enum type mood' in finding.message


def test_a_unique_constraint_on_rows_that_are_alike(run):
    finding = named(
        run(migration("0002", "ALTER TABLE author ADD CONSTRAINT one_each UNIQUE (mood);")), "rehearsal-fails"
    )
    assert finding.message == 'fails on a server with rows: 23505 could not create unique index "one_each"'


def test_a_migration_that_works_only_on_an_empty_table(run):
    finding = named(run(migration("0002", "ALTER TABLE author ADD COLUMN mail text NOT NULL;")), "rehearsal-fails")
    message = 'fails on a server with rows: 23502 column "mail" of relation "author" contains null values'
    assert finding.message == message


def test_a_backfill_that_blocks_a_writer_for_seconds(run):
    up = "UPDATE author SET name = name || pg_sleep(0.08);\nUPDATE post SET slug = slug;"  # of 30 rows
    report = run(migration("0002", up))
    finding = named(report, "blocks-for-seconds")
    assert (finding.severity, finding.damage) == (Severity.WARNING, Damage.BLOCKS_WRITES)
    assert (finding.table, finding.location.line) == ("author", 1)
    waited = re.match(r"writes of the rows of author that it changed waited ([\d.]+) s", finding.message)
    assert 1 <= float(waited[1]) < 60
    assert finding.message.endswith("with 30 rows in author")
    assert finding.hint == "change the rows in batches, each in a transaction of its own"
    assert any(each.startswith(waited[0]) for each in told(report, 1))


def test_a_lock_queue_behind_a_long_reader(run):
    alter = "ALTER TABLE author ADD COLUMN nick text;"
    line = "for a transaction that has read author; reads and writes of author queue behind it"
    report = run(migration("0002", alter, "ALTER TABLE author DROP COLUMN nick;"))
    assert told(report, 1) == [f"waits as long as it takes {line}"]
    assert report.findings == ()  # it is lint that says once a file what to do
    (evidence,) = report.seen.values()
    assert evidence.endswith(f"ACCESS EXCLUSIVE on author; waits as long as it takes {line}")

    report = run(migration("0002", f"SET lock_timeout = '200ms';\n{alter}", "ALTER TABLE author DROP COLUMN nick;"))
    (seen,) = told(report, 2)
    pattern = (
        r"gave up behind a transaction that has read author after ([\d.]+) (ms|s) \(55P03, lock_timeout 200ms\); "
        r"reads and writes of author waited ([\d.]+) (ms|s) behind it; without lock_timeout it waited on, and they did"
    )
    assert re.fullmatch(pattern, seen)
    assert report.findings == ()

    report = run(migration("0002", f"SET lock_timeout = '5s';\n{alter}", "ALTER TABLE author DROP COLUMN nick;"))
    assert told(report, 2) == [f"waits up to lock_timeout 5s {line}"]


@pytest.fixture
def broken(server):
    def rehearsed(up):
        history, new = migrations_of({"1.sql": POSTS}, "file"), migrations_of({"2.sql": up}, "file")
        base = fold(Schema(), (POSTS,))
        change = Change("a test", base, lambda: fold(base, (up,)), history, new, before=CODE)
        return rehearse(change, RehearseSettings(server.url)).findings

    return rehearsed


def test_a_rename_under_an_old_query_shows_what_the_server_answers_to_it(broken):
    (finding,) = broken("SELECT 1;\nALTER TABLE post RENAME COLUMN title TO headline;")
    assert (finding.rule, finding.location.path, finding.location.line) == ("old-code-fails", "2.sql", 2)
    assert finding.message.startswith("breaks code that is still deployed: all 2 models and queries ")
    error = '42703 column "title" does not exist'
    assert finding.values == {"Prisma model post": f"SELECT, INSERT, UPDATE: {error}", "query latest": error}
    assert {source: str(place) for source, place in finding.places.items()} == {
        "Prisma model post": "schema.prisma:4", "query latest": "latest.sql:2",
    }  # fmt: skip


def test_not_null_on_a_column_that_old_inserts_omit_shows_the_insert_that_fails(broken):
    up = "UPDATE post SET views = 0 WHERE views IS NULL;\nALTER TABLE post ALTER views SET NOT NULL;"
    (finding,) = broken(up)
    assert (finding.rule, finding.location.line) == ("old-code-fails", 2)
    said = 'null value in column "views" of relation "post" violates not-null constraint'
    assert finding.values == {"Prisma model post": f"INSERT: 23502 {said}"}
