"""New migrations, really run."""

import re

import pytest

from dbtools.change import Change
from dbtools.errors import DatabaseError
from dbtools.model.finding import Severity
from dbtools.model.report import TableSection
from dbtools.model.schema import Schema
from dbtools.pg.fill import Rows
from dbtools.rehearse import RehearseSettings, rehearse
from dbtools.sources.layouts import migrations_of
from dbtools.sql.walk import fold

pytestmark = pytest.mark.server

HISTORY = """
CREATE TYPE mood AS ENUM ('ok', 'sad');
CREATE TABLE author (id int PRIMARY KEY, name text NOT NULL, born timestamp(3), mood mood DEFAULT 'ok');
CREATE TABLE post (id int PRIMARY KEY, author_id int NOT NULL REFERENCES author (id), slug varchar(40) NOT NULL UNIQUE);
"""


def migration(name, up, down=None, *, transaction="file"):
    files = {f"{name}.up.sql": up} | ({} if down is None else {f"{name}.down.sql": down})
    (made,) = migrations_of(files, transaction)
    return made


def change(*new, history=HISTORY):
    before = (migration("0001", history),)
    base = fold(Schema(), (history,))
    head = fold(base, (each.up.text for each in new))
    return Change("a test", base, head, before, tuple(new))


@pytest.fixture
def run(server):
    def rehearsed(*new, history=HISTORY, rows=30):
        return rehearse(change(*new, history=history), RehearseSettings(server.url, Rows(rows)))

    return rehearsed


def rules(report):
    return [finding.rule for finding in report.findings]


def cells(report, title):
    return [row for section in report.sections if isinstance(section, TableSection) and section.title == title
            for row in section.rows]  # fmt: skip


def test_a_dropped_column_shows_its_lock_and_the_values_that_are_lost(run):
    report = run(
        migration("0002", "ALTER TABLE author DROP COLUMN born;", "ALTER TABLE author ADD COLUMN born timestamp(3);")
    )
    assert rules(report) == ["down-restores-no-values"]
    (line, statement, seen), *_ = cells(report, "0002.up.sql")
    assert (line, statement) == ("1", "ALTER TABLE author DROP COLUMN born")
    assert seen == "ACCESS EXCLUSIVE on author; 27 values of author.born are lost"
    (evidence,) = report.seen.values()
    assert seen in evidence


def test_a_narrowed_type_shows_the_rewrite_and_how_many_values_do_not_fit(run):
    up = "ALTER TABLE author ALTER COLUMN born TYPE date;"
    report = run(migration("0002", up, "ALTER TABLE author ALTER COLUMN born TYPE timestamp(3);"))
    (_, _, seen), *_ = cells(report, "0002.up.sql")
    assert seen.startswith("ACCESS EXCLUSIVE on author; rewrote author; built author_pkey; ")
    assert seen.endswith("27 of 27 values of author.born do not fit date")
    assert rules(report) == ["down-restores-no-values"]


def test_a_failing_statement_is_an_error_and_the_rest_is_still_watched(run):
    up = "ALTER TABLE post ALTER COLUMN slug TYPE varchar(3);\nCREATE INDEX post_author ON post (author_id);"
    report = run(migration("0002", up, ""))
    (finding,) = [each for each in report.findings if each.rule == "rehearsal-fails"]
    assert finding.severity is Severity.ERROR
    assert "22001" in finding.message
    assert [row[0] for row in cells(report, "0002.up.sql")] == ["1", "2"]
    assert "SHARE on post" in cells(report, "0002.up.sql")[1][2]


@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [
        ("INSERT INTO author (id, name) VALUES (1, 'again')", "23505"),
        ("ALTER TABLE author ADD CHECK (id < 5)", "23514"),
        ("ALTER TABLE author ALTER COLUMN name TYPE int USING name::int", "22P02"),
        ("DO $$ BEGIN RAISE EXCEPTION 'no'; END $$", "P0001"),
    ],
)
def test_what_the_rows_decide_is_no_mistake_of_ours(run, statement, sqlstate):
    (finding,) = run(migration("0002", statement, "")).findings
    assert finding.rule == "rehearsal-fails"
    assert sqlstate in finding.message


def test_what_was_foretold_otherwise_is_told_as_our_mistake(run):
    finding, ours = run(migration("0002", "UPDATE author SET name = nmae", "")).findings
    assert (ours.rule, ours.severity, ours.message) == (
        "prediction-differs", Severity.INFO, "foretold success, the server said 42703",
    )  # fmt: skip
    assert "please report the statement" in ours.hint
    assert ours.location.line == finding.location.line == 1


def test_a_failure_is_shown_at_the_word_that_the_server_points_at(run):
    up = "ALTER TABLE author ADD COLUMN x int;\nUPDATE author\n   SET x = nmae;\n"
    finding, *_ = run(migration("0002", up, "")).findings
    assert (finding.rule, finding.location.line, finding.location.column) == ("rehearsal-fails", 3, 12)
    assert finding.excerpt.mark == ((3, 12), (3, 16))


def test_what_the_server_says_of_its_own_is_told(run):
    long = "a" * 70
    report = run(migration("0002", f"CREATE TABLE {long} (id int);\nDROP TABLE {long};", ""))
    assert [seen for _, _, seen in cells(report, "0002.up.sql")] == [
        f'said: identifier "{long}" will be truncated to "{long[:63]}"'
    ] * 2


def test_the_log_that_a_standby_has_to_receive_is_told_where_it_is_much(run):
    up = "ALTER TABLE author ADD COLUMN note text NOT NULL DEFAULT '';\nUPDATE author SET note = repeat('x', 1000);"
    told = [(line, seen) for line, _, seen in cells(run(migration("0002", up, ""), rows=300), "0002.up.sql")]
    ((line, seen),) = (each for each in told if "WAL" in each[1])
    assert line == "2"
    assert re.search(r"wrote \d{3} kB of WAL$", seen)


def test_what_a_failed_statement_did_not_make_is_not_missed_by_those_after_it(run):
    up = "CREATE TABLE draft (post int REFERENCES post (slug));\nALTER TABLE draft DROP COLUMN post;\nDROP TABLE draft;"
    report = run(migration("0002", up, ""))
    assert "rehearsal-fails" in rules(report)
    assert [row[0] for row in cells(report, "0002.up.sql")] == ["1", "2", "3"]


def test_an_index_built_concurrently_runs_outside_a_transaction(run):
    up = "CREATE INDEX CONCURRENTLY post_author ON post (author_id);"
    report = run(migration("0002", up, "DROP INDEX CONCURRENTLY post_author;", transaction="none"))
    assert rules(report) == ["rerun-fails"]
    assert "built post_author" in cells(report, "0002.up.sql")[0][2]


def test_concurrently_inside_the_runners_transaction_fails_as_foretold(run):
    report = run(migration("0002", "CREATE INDEX CONCURRENTLY post_author ON post (author_id);", ""))
    assert rules(report) == ["rehearsal-fails"]
    assert "25001" in report.findings[0].message


def test_a_down_that_fails_is_an_error_at_its_statement(run):
    report = run(migration("0002", "ALTER TABLE author ADD COLUMN x int;", "\nALTER TABLE author DROP COLUMN y;"))
    (finding,) = report.findings
    assert (finding.rule, finding.severity, finding.location.line) == ("down-fails", Severity.ERROR, 2)


def test_a_history_that_does_not_run_says_where_and_stops(run):
    report = run(migration("0002", "SELECT 1;"), history="CREATE TABLE a (id int);\nCREATE TABLE a (id int);")
    assert report.failed
    (finding,) = report.findings
    assert (finding.rule, finding.location.line) == ("history-fails", 2)
    assert "42P07" in finding.message


def test_each_new_migration_meets_the_rows_of_those_before_it(run):
    first = migration("0002", "CREATE TABLE tag (id int PRIMARY KEY, label text);", "DROP TABLE tag;")
    second = migration("0003", "ALTER TABLE tag DROP COLUMN label;", "ALTER TABLE tag ADD COLUMN label text;")
    report = run(first, second)
    assert "27 values of tag.label are lost" in cells(report, "0003.up.sql")[0][2]


def test_a_commit_inside_the_file_leaves_the_runners_transaction(run):
    up = "ALTER TABLE author ADD COLUMN x int;\nCOMMIT;\nCREATE INDEX CONCURRENTLY author_x ON author (x);"
    report = run(migration("0002", up, "DROP INDEX author_x; ALTER TABLE author DROP COLUMN x;"))
    assert "rehearsal-fails" not in rules(report)


def test_each_table_holds_as_many_rows_as_the_scenario_says(server):
    new = migration("0002", "ALTER TABLE author DROP COLUMN name; ALTER TABLE post DROP COLUMN slug;", "")
    rows = Rows(5, (("public.post", 70), ("p*", 1), ("auth*", 20)))
    seen = cells(rehearse(change(new), RehearseSettings(server.url, rows)), "0002.up.sql")
    assert [what.rpartition("; ")[2] for _, _, what in seen if "lost" in what] == [
        "20 values of author.name are lost", "70 values of post.slug are lost",
    ]  # fmt: skip


def test_nothing_new_starts_no_server():
    report = rehearse(change(), RehearseSettings("postgresql://nobody@127.0.0.1:1/none"))
    assert report.summary == "no new migration to run"


def test_a_server_that_does_not_answer_is_an_error_with_a_hint():
    new = migration("0002", "SELECT 1;")
    with pytest.raises(DatabaseError) as error:
        rehearse(change(new), RehearseSettings("postgresql://nobody:secret@127.0.0.1:1/none"))
    assert error.value.hint
    assert "secret" not in str(error.value)


@pytest.mark.usefixtures("cache")
def test_a_second_rehearsal_of_the_same_history_copies_it():
    new = migration("0002", "ALTER TABLE author ADD COLUMN x int;", "ALTER TABLE author DROP COLUMN x;")
    said = []
    for _ in range(2):
        report = rehearse(change(new), RehearseSettings("", Rows(5), lambda *step: said.append(step[2])))
        assert not report.findings
    assert said == ["running 0001", "rehearsing 0002", "rehearsing 0002"]


def test_an_alter_of_what_does_not_exist_is_passed_over_as_foretold(run):
    up = "ALTER TABLE IF EXISTS nobody ADD COLUMN x int; ALTER TABLE IF EXISTS author ADD COLUMN x int;"
    report = run(migration("0002", up, "ALTER TABLE author DROP COLUMN x;"))
    assert rules(report) == []


def test_a_block_that_changes_nothing_is_run_all_the_same(run):
    report = run(migration("0002", "DO $$ BEGIN PERFORM 1 / 0; END $$;", ""))
    assert "22012" in report.findings[0].message


def test_a_transaction_command_that_fails_is_a_finding_and_the_rest_is_watched(run):
    up = "ROLLBACK TO SAVEPOINT nowhere;\nALTER TABLE author DROP COLUMN born;"
    report = run(migration("0002", up, ""))
    assert [finding.rule for finding in report.findings] == ["rehearsal-fails"]
    assert "3B001" in report.findings[0].message
    assert cells(report, "0002.up.sql")[-1][2].startswith("ACCESS EXCLUSIVE on author")


def test_another_major_than_the_teams_is_said(server):
    new = migration("0002", "SELECT 1;", "")
    other = 16 if server.version != 16 else 17
    report = rehearse(change(new), RehearseSettings(server.url, Rows(1), version=other))
    assert f"(you run {other})" in report.summary


def test_a_down_that_needs_no_transaction_must_say_so_itself(run):
    up = """-- dbtools: no-transaction
DROP INDEX CONCURRENTLY IF EXISTS post_author;
CREATE INDEX CONCURRENTLY post_author ON post (author_id);"""
    down = "DROP INDEX CONCURRENTLY post_author;"
    report = run(migration("0002", up, down))
    assert [(finding.rule, finding.message[:28]) for finding in report.findings] == [
        ("down-fails", "the way down fails: 25001 DR")
    ]
    report = run(migration("0002", up, f"-- dbtools: no-transaction\n{down}"))
    assert rules(report) == []


def test_what_cannot_be_repeated_is_an_error_and_stops_the_rest(run):
    first = migration("0002", "CREATE TABLE tag (id int); CREATE TABLE tag2 (id int);", "DROP TABLE tag2;")
    second = migration("0003", "ALTER TABLE tag ADD COLUMN x int;", "ALTER TABLE tag DROP COLUMN x;")
    report = run(first, second)
    assert rules(report) == ["down-differs", "up-again-fails"]
    assert "1 not reached" in report.summary


def test_a_transaction_of_the_script_itself_is_kept_whole(run):
    up = "BEGIN;\nALTER TABLE author ADD COLUMN nick text;\nALTER TABLE author ADD COLUMN age int;\nROLLBACK;\n"
    assert rules(run(migration("0002", up, "SELECT 1;", transaction="none"))) == []


def test_what_no_transaction_allows_fails_in_the_scripts_own(run):
    up = "BEGIN;\nCREATE INDEX CONCURRENTLY i ON author (name);\nCOMMIT;\n"
    (finding,) = run(migration("0002", up, transaction="none")).findings
    assert (finding.rule, finding.location.line) == ("rehearsal-fails", 2)
    assert "25001" in finding.message


def test_a_transaction_that_is_left_open_ends_with_its_session(run):
    up = "BEGIN;\nALTER TABLE author ADD COLUMN nick text;\n"
    report = run(
        migration("0002", up, transaction="none"), migration("0003", "ALTER TABLE author ADD COLUMN nick text;")
    )
    assert "rehearsal-fails" not in rules(report)


def test_what_a_script_undid_is_not_seen_again_at_the_next_statement(run):
    up = """SAVEPOINT s;
ALTER TABLE author ALTER COLUMN born TYPE date;
ROLLBACK TO SAVEPOINT s;
ALTER TABLE author ADD COLUMN x int;"""
    assert rules(run(migration("0002", up, "ALTER TABLE author DROP COLUMN x;"))) == []


def test_what_a_schema_holds_has_its_new_name_after_it_was_renamed(run):
    up = """ALTER SCHEMA public RENAME TO other;
ALTER TABLE other.author ADD COLUMN x int;
ALTER SCHEMA other RENAME TO public;"""
    assert rules(run(migration("0002", up, "ALTER TABLE author DROP COLUMN x;"))) == []
