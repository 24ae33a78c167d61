"""What a migration may do to the machine on which it is rehearsed, and for how long."""

from pathlib import Path

import psycopg
import pytest

from dbtools.pg.connect import connect
from dbtools.pg.fill import Rows
from dbtools.pg.server import server as start
from dbtools.rehearse import RehearseSettings, rehearse
from dbtools.rehearse.refusals import reason
from tests.rehearse.test_rehearse import cells, change, migration

pytestmark = [pytest.mark.server, pytest.mark.slow]

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
HISTORY = "CREATE TABLE author (id int PRIMARY KEY, name text);"


@pytest.fixture(params=["embedded", *map(str, DEBIAN)])
def run(request, monkeypatch, used_cache):
    """Rehearses on a throw-away server of each version that is here."""
    del used_cache
    if request.param != "embedded":
        monkeypatch.setenv("DBTOOLS_PG_BIN", request.param)

    def rehearsed(*new, history=HISTORY, timeout=60.0):
        return rehearse(change(*new, history=history), RehearseSettings("", Rows(5), timeout=timeout))

    return rehearsed


def rules(report):
    return [finding.rule for finding in report.findings if finding.rule != "down-missing"]


def roles():
    with start() as running, connect(running.url) as connection:
        return {
            name for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE NOT starts_with(rolname, 'pg_')")
        }


OUTSIDE = {
    "COPY author FROM PROGRAM 'touch {file}'": "COPY ... PROGRAM 'touch {file}'",
    "COPY author TO '{file}'": "COPY with the server's file {file}",
    "DO $$ BEGIN EXECUTE 'COPY author TO PROGRAM ''touch {file}'''; END $$": "COPY ... PROGRAM 'touch {file}'",
    "DO $$ BEGIN EXECUTE format('COPY author TO PROGRAM %L', 'touch {file}'); END $$": "external program",
    "SELECT pg_read_file('/etc/passwd')": "pg_read_file()",
    "SELECT lo_import('/etc/passwd')": "lo_import()",
    "CREATE FUNCTION run(text) RETURNS int LANGUAGE c AS 'libc', 'system'": "a function in c",
}


ON_THE_SERVER = (
    "ALTER SYSTEM SET work_mem = '1GB'",
    "CREATE DATABASE another",
    "DROP DATABASE template1",
    "CREATE TABLESPACE somewhere LOCATION '/tmp'",
)


@pytest.mark.parametrize("transaction", ["file", "none"])
def test_what_reaches_out_of_the_database_is_contained_and_named(run, used_cache, transaction):
    file = used_cache / "touched"
    statements = [each.format(file=file) for each in OUTSIDE]
    report = run(migration("0002", ";\n".join(statements), transaction=transaction))
    findings = [each for each in report.findings if each.rule != "down-missing"]
    assert [each.rule for each in findings] == ["leaves-database"] * len(OUTSIDE)
    assert [each.location.line for each in findings] == list(range(1, len(OUTSIDE) + 1))
    for finding, words in zip(findings, OUTSIDE.values(), strict=True):
        assert words.format(file=file) in finding.message
        assert "42501" in finding.message
    assert not file.exists()


def test_what_concerns_the_whole_server_is_contained(run):
    report = run(migration("0002", ";\n".join(ON_THE_SERVER), transaction="none"))
    assert rules(report) == ["leaves-database"] * len(ON_THE_SERVER)
    for finding, statement in zip(report.findings, ON_THE_SERVER, strict=False):
        assert " ".join(statement.split()[:2]) in finding.message


def test_what_only_psql_understands_reaches_no_shell(run, used_cache):
    file = used_cache / "touched"
    lines = (f"\\! touch {file}", f"\\i {file}.sql", f"\\copy author to '{file}'", f"\\o {file}", "SELECT 1 \\gexec")
    report = run(migration("0002", "\n".join((*lines, "", "CREATE TABLE t (id int);")), "DROP TABLE t;"))
    assert rules(report) == []
    assert not file.exists()


BY_ITSELF = """
SET ROLE dbtools_admin;
ALTER ROLE CURRENT_USER SUPERUSER;
CREATE ROLE almighty SUPERUSER;
GRANT pg_execute_server_program TO CURRENT_USER;
GRANT dbtools_admin TO CURRENT_USER;
CREATE FUNCTION grow() RETURNS int LANGUAGE plpgsql AS
  $$ BEGIN EXECUTE 'ALTER ROLE dbtools_rehearsal SUPERUSER'; RETURN 1; END $$;
CREATE DOMAIN grown AS int CHECK (grow() = VALUE);
DO $$ BEGIN CREATE ROLE helped; PERFORM grow(); END $$;
DO $$ DECLARE x int := grow(); BEGIN CREATE ROLE helped; END $$;
DO $$ DECLARE x grown; BEGIN x := 1; CREATE ROLE helped; END $$;
DO $$ BEGIN IF 1 = grow() THEN CREATE ROLE helped; END IF; END $$;
DO $$ BEGIN CREATE ROLE helped; EXECUTE 'ALTER ROLE dbtools_rehearsal SUPERUSER'; END $$;
CREATE VIEW pg_roles AS SELECT grow() AS rolname;
SET search_path = public, pg_catalog;
DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles) THEN CREATE ROLE helped; END IF; END $$;
"""


@pytest.mark.parametrize("transaction", ["file", "none"])
def test_no_statement_makes_itself_a_superuser(run, transaction):
    report = run(migration("0002", BY_ITSELF, transaction=transaction))
    assert sum("42501" in each.message for each in report.findings) == 11
    assert cells(report, "Rights") == []
    assert not {"helped", "almighty"} & roles()
    with start() as running, connect(running.url) as connection:
        assert connection.execute("SELECT rolname FROM pg_roles WHERE rolsuper").fetchall() == [("dbtools_admin",)]


def test_an_event_trigger_of_a_migration_does_not_run_with_a_superusers_rights(run, used_cache):
    file = used_cache / "touched"
    up = f"""
    CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS $$
    BEGIN EXECUTE 'COPY author TO PROGRAM ''touch {file}'''; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;
    CREATE EVENT TRIGGER seen ON ddl_command_end EXECUTE FUNCTION seen();
    CREATE EXTENSION pg_buffercache;
    """
    report = run(migration("0002", up, "DROP EVENT TRIGGER seen; DROP EXTENSION pg_buffercache; DROP FUNCTION seen();"))
    assert rules(report) == []
    assert not file.exists()


def test_rows_are_made_without_a_superusers_rights(run, used_cache):
    file = used_cache / "touched"
    history = f"""{HISTORY}
    CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN EXECUTE 'COPY author TO PROGRAM ''touch {file}'''; EXCEPTION WHEN insufficient_privilege THEN RETURN NEW; END
    $$; CREATE TRIGGER seen BEFORE INSERT ON author FOR EACH ROW EXECUTE FUNCTION seen();"""
    run(migration("0002", "SELECT 1"), history=history)
    assert not file.exists()


LENT = {
    "CREATE EXTENSION pg_buffercache": "DROP EXTENSION pg_buffercache",
    "CREATE PUBLICATION everything FOR ALL TABLES": "DROP PUBLICATION everything",
    "SET session_replication_role = replica": "SELECT 1",
    "CREATE ROLE app LOGIN": "DROP ROLE app",
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'more') THEN CREATE ROLE more; END IF; END $$": (
        "DROP ROLE more"
    ),
}


@pytest.mark.parametrize("transaction", ["file", "none"])
def test_what_only_a_superuser_may_do_is_lent_its_rights_and_named(run, transaction):
    report = run(migration("0002", ";\n".join(LENT), ";\n".join(LENT.values()), transaction=transaction))
    assert set(rules(report)) <= {"rerun-fails"}  # what was made is there when it runs again after a kill
    lines = [row for row in cells(report, "Rights") if row[0] == "0002.up.sql"]
    assert [row[1] for row in lines] == ["1", "2", "3", "4", "5"]
    assert all(statement.startswith(row[2].removesuffix("…")) for row, statement in zip(lines, LENT, strict=True))
    assert {row[3] for row in lines} == {"a superuser's rights"}


def test_rights_are_taken_back_after_the_statement(run, used_cache):
    file = used_cache / "touched"
    up = f"CREATE ROLE app;\nCOPY author TO PROGRAM 'touch {file}';"
    assert rules(run(migration("0002", up))) == ["leaves-database"]
    assert not file.exists()


def test_a_role_that_no_migration_makes_gets_a_stand_in_and_is_named(run):
    up = "GRANT SELECT ON author TO reader, writer;\nALTER TABLE author OWNER TO postgres;"
    report = run(migration("0002", up, "REVOKE ALL ON author FROM reader, writer;"), history=HISTORY)
    assert rules(report) == []
    said = " ".join(row[3] for row in cells(report, "Rights"))
    assert "the role reader" in said
    assert "the role writer" in said
    assert "postgres" not in said


def test_what_a_role_was_made_the_owner_of_can_still_be_changed(run):
    up = "CREATE ROLE app; ALTER TABLE author OWNER TO app; ALTER TABLE author ADD COLUMN x int; DROP TABLE author;"
    assert rules(run(migration("0002", up))) == []


def test_no_role_is_left_by_a_rehearsal_and_none_is_in_the_way_of_the_next(run):
    first = f"{HISTORY} CREATE ROLE app; GRANT SELECT ON author TO app;"
    second = f"{HISTORY} CREATE ROLE app; CREATE POLICY p ON author TO app USING (true);"
    new = migration("0002", "CREATE ROLE more; GRANT app TO more;", "DROP ROLE more;")
    for history in (first, second, first, second):
        assert rules(run(new, history=history)) == []
        assert not {"app", "more"} & roles()
    assert rules(run(migration("0002", "CREATE ROLE app;", "DROP ROLE app;"))) == []
    assert {name for name in roles() if not name.startswith("dbtools_")} == {"postgres"}


def test_a_role_of_the_history_can_be_dropped_although_what_is_kept_needs_it(run):
    history = f"{HISTORY} CREATE ROLE app; GRANT SELECT ON author TO app; CREATE ROLE other; GRANT app TO other;"
    down = "CREATE ROLE app; GRANT SELECT ON author TO app;"
    for transaction in ("file", "none"):
        for _ in range(2):
            new = migration("0002", "REVOKE ALL ON author FROM app;\nDROP ROLE app;", down, transaction=transaction)
            assert rules(run(new, history=history)) == []
    findings = run(migration("0002", "DROP ROLE app;", down), history=history).findings
    assert ["2BP01" in each.message for each in findings if each.rule == "rehearsal-fails"] == [True]
    assert not {"app", "other"} & roles()


def test_a_kept_history_says_what_it_was_lent_as_at_first(run):
    history = f"{HISTORY} CREATE ROLE app; GRANT SELECT ON author TO app, reader;"
    new = migration("0002", "SELECT 1;", "SELECT 1;")
    first, second = (run(new, history=history) for _ in range(2))
    assert cells(first, "Rights") == cells(second, "Rights")
    assert [row[2:] for row in cells(first, "Rights")] == [
        ("1 of its statements", "a superuser's rights"),
        ("", "stand-ins for roles that no migration makes: reader"),
    ]


def test_an_extension_that_the_server_lacks_is_named_with_what_helps(run):
    (finding,) = run(migration("0002", "\nCREATE EXTENSION nowhere;", "")).findings[:1]
    assert (finding.rule, finding.location.line) == ("rehearsal-fails", 2)
    assert "no extension nowhere" in finding.message
    assert "--server-url" in finding.hint
    assert "DBTOOLS_PG_BIN" in finding.hint


def test_an_extension_that_stops_the_history_is_named_with_what_helps(run):
    report = run(migration("0002", "SELECT 1;"), history=f"{HISTORY}\n\nCREATE EXTENSION nowhere;")
    (finding,) = report.findings
    assert (finding.rule, finding.location.line) == ("history-fails", 3)
    assert "no extension nowhere" in finding.message
    assert "DBTOOLS_PG_BIN" in finding.hint


FOR_EVER = "DO $$ BEGIN LOOP PERFORM pg_sleep(0.01); END LOOP; END $$;"
STUBBORN = """DO $$ BEGIN LOOP
  BEGIN PERFORM pg_sleep(0.05); EXCEPTION WHEN query_canceled THEN NULL; END;
END LOOP; END $$;"""


@pytest.mark.parametrize(
    ("loop", "transaction"), [(f"SET statement_timeout = 0; {FOR_EVER}", "file"), (STUBBORN, "none")]
)
def test_what_never_ends_is_stopped_and_named(run, monkeypatch, loop, transaction):
    monkeypatch.setattr("dbtools.pg.guard.GRACE", 0.5)
    report = run(
        migration("0002", f"CREATE TABLE t (id int);\n{loop}", "DROP TABLE t;", transaction=transaction), timeout=1
    )
    assert rules(report) == ["rehearsal-times-out"]
    assert report.findings[0].location.line == 2
    assert "more than 1 s" in report.findings[0].message
    assert "--timeout" in report.findings[0].hint


def test_a_history_that_never_ends_is_stopped_and_named(run):
    report = run(migration("0002", "SELECT 1;"), history=f"{HISTORY}\n{FOR_EVER}", timeout=1)
    (finding,) = report.findings
    assert (finding.rule, finding.location.line) == ("history-fails", 2)
    assert "more than 1 s" in finding.message


def test_a_way_down_that_never_ends_is_stopped(run):
    report = run(migration("0002", "CREATE TABLE t (id int);", f"DROP TABLE t; {FOR_EVER}"), timeout=1)
    assert rules(report) == ["down-fails"]
    assert "more than 1 s" in report.findings[0].message


def test_on_a_server_that_was_named_nothing_is_left(server):
    def everything():
        with connect(server.url) as connection:
            found = connection.execute("SELECT rolname FROM pg_roles UNION ALL SELECT datname FROM pg_database")
            return sorted(name for (name,) in found)

    before = everything()
    up = "CREATE ROLE app; CREATE EXTENSION pg_buffercache; GRANT SELECT ON author TO app, reader; CREATE DATABASE d;"
    report = rehearse(
        change(migration("0002", up, transaction="none"), history=HISTORY), RehearseSettings(server.url, Rows(5))
    )
    assert rules(report) == ["leaves-database"]
    assert everything() == before


def test_an_account_that_is_no_superuser_is_used_as_it_is(server):
    with connect(server.url) as admin:
        admin.execute("CREATE ROLE plain LOGIN CREATEDB")
        try:
            url = psycopg.conninfo.make_conninfo(server.url, user="plain")
            report = rehearse(
                change(migration("0002", "CREATE EXTENSION pg_buffercache;"), history=HISTORY),
                RehearseSettings(url, Rows(5)),
            )
            assert rules(report) == ["rehearsal-fails"]
            assert "no superuser" in report.findings[0].hint
        finally:
            admin.execute("DROP ROLE plain")


def test_a_refusal_that_nobody_knows_is_told_as_the_server_tells_it():
    assert reason("SELECT 1", "22012", "division by zero", timed_out=False).message == "22012 division by zero"


def test_no_server_of_a_rehearsal_stays(run, used_cache):
    run(migration("0002", "SELECT 1;"))
    for folder in used_cache.glob("postgresql-*/*/data"):
        assert not (folder / "postmaster.pid").exists()
