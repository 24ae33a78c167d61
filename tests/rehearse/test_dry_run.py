"""New migrations tried in a copy of production, of which nothing is left."""

import re

import pytest

from dbtools.change import Change
from dbtools.errors import DatabaseError
from dbtools.model.finding import Severity
from dbtools.model.schema import Schema
from dbtools.pg.catalog import catalog
from dbtools.pg.connect import connect
from dbtools.rehearse import DryRunSettings, dry_run
from dbtools.sql.walk import fold
from tests.rehearse.test_rehearse import HISTORY, cells, migration

pytestmark = pytest.mark.server

ROWS = """
INSERT INTO author (id, name, born) SELECT g, 'author ' || g, '2000-01-01' FROM generate_series(1, 500) g;
INSERT INTO post SELECT g, g, 'slug ' || g FROM generate_series(1, 500) g;
CREATE TABLE _prisma_migrations (id text);
"""


@pytest.fixture
def copy(server):
    """The URL of a database that holds the history and rows."""
    with server.database() as url:
        with connect(url) as connection:
            connection.execute(HISTORY + ROWS)
        yield url


@pytest.fixture
def tried(copy):
    def trying(*new, for_good=False, timeout=None, history=HISTORY):
        base = fold(Schema(), (history,))
        change = Change("a test", base, fold(base, (each.up.text for each in new)), (), tuple(new))
        return dry_run(change, DryRunSettings(copy, for_good, timeout))

    return trying


def state(url):
    with connect(url) as connection:
        rows = [connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in ("author", "post")]
        return catalog(connection), rows


def rules(report):
    return [finding.rule for finding in report.findings]


def test_what_is_tried_is_seen_and_nothing_of_it_is_left(tried, copy):
    before = state(copy)
    report = tried(
        migration("0002", "ALTER TABLE author ALTER COLUMN born TYPE date;"),
        migration("0003", "ALTER TABLE author DROP COLUMN name;\nUPDATE post SET slug = 'x' || slug;"),
    )
    assert rules(report) == []
    assert re.fullmatch(
        r"2 of 2 migrations, 3 statements run in \S+ \(PostgreSQL \d+\) in one transaction, rolled back", report.summary
    )
    assert "rewrote author" in cells(report, "0002.up.sql")[0][2]
    assert "500 values of author.name are lost" in cells(report, "0003.up.sql")[0][2]
    assert state(copy) == before


def test_the_rows_of_the_copy_refuse_what_they_do_not_fit(tried, copy):
    before = state(copy)
    report = tried(
        migration("0002", "ALTER TABLE post ADD COLUMN n int;\nALTER TABLE post ALTER COLUMN slug TYPE varchar(5);"),
        migration("0003", "SELECT 1;"),
    )
    (finding,) = report.findings
    assert (finding.rule, finding.severity, finding.location.line) == ("rehearsal-fails", Severity.ERROR, 2)
    assert "22001" in finding.message
    assert report.summary.startswith("1 of 2 migrations, 2 statements")
    assert state(copy) == before


def test_an_index_that_no_transaction_takes_is_built_in_the_plain_way(tried, copy):
    with connect(copy) as connection:
        connection.execute("UPDATE post SET slug = 'Slug ' || id WHERE id = 7")
    up = "CREATE UNIQUE INDEX CONCURRENTLY post_lower ON post (lower(slug));"
    report = tried(migration("0002", up, transaction="none"))
    assert cells(report, "Not run as it stands")[0][2] == "no transaction takes it; without CONCURRENTLY it ran"
    assert rules(report) == []
    with connect(copy) as connection:
        connection.execute("UPDATE post SET slug = 'SLUG 8' WHERE id = 7")
    (finding,) = tried(migration("0002", up, transaction="none")).findings
    assert "23505 could not create unique index" in finding.message


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("VACUUM author;", "no transaction takes it"),
        ("COPY author TO PROGRAM 'false';", "ROLLBACK would not take back what COPY ... PROGRAM 'false' does"),
        ("SELECT pg_terminate_backend(1);", "ROLLBACK would not take back what it does"),
        ("ALTER TABLE author ADD COLUM x int;", 'it was not understood: syntax error at or near "int"'),
    ],
)
def test_what_cannot_be_undone_is_named_and_not_run(tried, statement, why):
    report = tried(migration("0002", f"ALTER TABLE author ADD COLUMN x int;\n{statement}\n", transaction="none"))
    assert cells(report, "Not run as it stands") == [("0002.up.sql:2", statement.removesuffix(";"), why)]
    assert report.figures["statements"] == 1


def test_a_script_cannot_end_the_transaction(tried, copy):
    before = state(copy)
    up = "BEGIN;\nDROP TABLE post;\nCOMMIT;\nALTER TABLE author ADD COLUMN x int;\nPREPARE TRANSACTION 'kept';"
    assert rules(tried(migration("0002", up, transaction="none"))) == []
    block = "DO $$ BEGIN DELETE FROM post; COMMIT; END $$;"
    report = tried(migration("0002", block, transaction="none"))
    assert report.figures["not_run"] == 1
    call = "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM post; COMMIT; END $$;\nCALL p();"
    (finding,) = tried(migration("0002", call, transaction="none")).findings
    assert "2D000" in finding.message
    assert state(copy) == before


def test_what_needs_an_earlier_commit_is_no_failure(tried):
    up = "ALTER TYPE mood ADD VALUE 'glad';"
    use = "UPDATE author SET mood = 'glad' WHERE id = 1;"
    report = tried(migration("0002", up), migration("0003", use))
    assert rules(report) == []
    assert cells(report, "Not run as it stands")[0][2] == "it needs what an earlier transaction has committed"
    (finding,) = tried(migration("0002", up + use)).findings
    assert "55P04" in finding.message


def test_numbers_that_a_sequence_gave_are_told(tried, copy):
    with connect(copy) as connection:
        connection.execute("CREATE TABLE event (id serial, what text)")
    history = HISTORY + "CREATE TABLE event (id serial, what text);"
    report = tried(migration("0002", "INSERT INTO event (what) VALUES ('x');"), history=history)
    assert cells(report, "Sequences that go on where the dry run left them") == [("event_id_seq",)]


def test_a_copy_that_is_elsewhere_is_a_warning(tried):
    (finding,) = tried(migration("0002", "SELECT 1;"), history=HISTORY + "ALTER TABLE post ADD COLUMN n int;").findings
    assert (finding.rule, finding.severity) == ("copy-differs", Severity.WARNING)
    assert finding.message.endswith("that would take ALTER TABLE post ADD COLUMN n integer")


@pytest.mark.parametrize(
    "accounts",
    [
        "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text);",
        "CREATE TABLE goose_db_version (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, version_id bigint);",
        'CREATE TABLE "SequelizeMeta" (name varchar(255) PRIMARY KEY);',
    ],
)
def test_what_a_runner_keeps_account_in_is_no_difference(tried, copy, accounts):
    with connect(copy) as connection:
        connection.execute(accounts)
    assert rules(tried(migration("0002", "SELECT 1;"))) == []


def test_a_role_that_a_script_takes_ends_with_it(tried, copy):
    up = "CREATE ROLE taken_for_good; GRANT CREATE, USAGE ON SCHEMA public TO taken_for_good; SET ROLE taken_for_good;"
    try:
        new = migration("0002", up), migration("0003", "ALTER TABLE author ADD COLUMN x int;")
        assert rules(tried(*new, for_good=True)) == []
    finally:
        with connect(copy) as connection:
            connection.execute("DROP OWNED BY taken_for_good; DROP ROLE taken_for_good")


def test_with_consent_it_runs_for_good(tried, copy):
    up = "CREATE INDEX CONCURRENTLY post_author ON post (author_id);"
    report = tried(migration("0002", up, transaction="none"), for_good=True)
    assert report.summary.endswith("for good")
    assert "built post_author" in cells(report, "0002.up.sql")[0][2]
    assert [index.name for table in state(copy)[0].tables.values() for index in table.indexes] == ["post_author"]


def test_a_migration_that_fails_for_good_leaves_nothing_of_itself(tried, copy):
    before = state(copy)
    first, second = migration("0002", "DROP TABLE post;\nSELECT 1 / 0;"), migration("0003", "DROP TABLE post;")
    report = tried(first, second, for_good=True)
    assert rules(report) == ["rehearsal-fails"]
    assert state(copy) == before


def test_what_looks_like_production_is_refused_before_anybody_connects():
    change = Change("a test", Schema(), Schema(), (), (migration("0002", "SELECT 1;"),))
    for good in (False, True):
        with pytest.raises(DatabaseError, match="looks like a production database"):
            dry_run(change, DryRunSettings("postgresql://u:secret@db.production.example/shop", good))


def test_a_lock_that_somebody_holds_is_not_waited_for_long(tried, copy):
    with connect(copy) as other:
        other.execute("BEGIN; LOCK TABLE author IN ACCESS SHARE MODE")
        (finding,) = tried(migration("0002", "ALTER TABLE author ADD COLUMN x int;")).findings
    assert "55P03" in finding.message


@pytest.mark.parametrize("for_good", [False, True])
def test_what_takes_too_long_is_stopped_where_somebody_said_so(tried, copy, for_good):
    before = state(copy)
    up = "DROP TABLE post;\nDO $$ BEGIN LOOP PERFORM pg_sleep(0.01); END LOOP; END $$;"
    (finding,) = tried(migration("0002", up), timeout=0.5, for_good=for_good).findings
    assert (finding.rule, finding.location.line) == ("rehearsal-times-out", 2)
    assert "it ran for more than 0.5 s and was stopped" in finding.message
    assert state(copy) == before
