"""Migrations with one fault each: a real server shows it, and the finding says what was seen."""

import pytest

from dbtools.lint import LintSettings, lint
from dbtools.model.finding import Damage, Evidence, Severity
from dbtools.pg.fill import Rows
from dbtools.rehearse import RehearseSettings, rehearse
from dbtools.review import review
from tests.rehearse.test_rehearse import HISTORY, change, migration, rules

pytestmark = [pytest.mark.server, pytest.mark.slow]

ALONE = "-- dbtools: no-transaction\n"
LOG = """
CREATE TABLE log (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE log_old PARTITION OF log FOR VALUES FROM ('2000-01-01') TO ('2030-01-01');
"""
BORN = "CREATE INDEX author_born ON author (born);\n"


@pytest.fixture
def run(server):
    def rehearsed(up, down=None, *, history=HISTORY, transaction="file"):
        new = migration("0002", up, down, transaction=transaction)
        return rehearse(change(new, history=history), RehearseSettings(server.url, Rows(30)))

    return rehearsed


def only(report, rule):
    (finding,) = [each for each in report.findings if each.rule == rule]
    assert finding.evidence is Evidence.REHEARSED
    return finding


def results(report):
    """What the overview says of the migration, by column."""
    overview = report.sections[0]
    return dict(zip(overview.header, overview.rows[0], strict=True))


def facts(report):
    return [row[2] for section in report.sections[1:] for row in section.rows]


# The way down.


def test_a_missing_down_is_a_warning_that_says_how_to_declare_it(run):
    report = run("ALTER TYPE mood ADD VALUE 'meh';")
    finding = only(report, "down-missing")
    assert (finding.severity, finding.message) == (Severity.WARNING, "there is no way back down")
    assert finding.hint.startswith("write 0002.down.sql, or say why there is none: -- dbtools: irreversible REASON")


@pytest.mark.parametrize("down", ["", "-- nothing to see\n", "SELECT 1;", "SELECT 'down SQL query';", ";\n;"])
def test_a_down_that_does_nothing_is_as_good_as_none(run, down):
    report = run("CREATE TABLE tag (id int);", down)
    finding = only(report, "down-missing")
    assert finding.message == "the way down does nothing; what it would have to do: DROP TABLE tag"
    assert finding.location.path == "0002.down.sql"
    assert rules(report) == ["down-missing"]


def test_the_next_migration_is_rehearsed_after_a_down_that_does_nothing(server):
    first = migration("0002", "CREATE TABLE tag (id int);", "SELECT 1;")
    second = migration("0003", "ALTER TABLE tag ADD COLUMN x int;", "ALTER TABLE tag DROP COLUMN x;")
    report = rehearse(change(first, second), RehearseSettings(server.url, Rows(30)))
    assert rules(report) == ["down-missing"]
    assert "not reached" not in report.summary


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ("-- dbtools: irreversible a label of an enum stays\n", None),
        ("-- dbtools: irreversible: a label of an enum stays\n", "SELECT 1;"),
        ("", "-- dbtools: irreversible a label of an enum stays"),
        ("/* dbtools: irreversible a label\n of an enum stays */\n", "SELECT 1 / 0;"),
    ],
)
def test_a_migration_that_says_why_it_is_irreversible_is_left_alone(run, up, down):
    report = run(f"{up}ALTER TYPE mood ADD VALUE 'meh';", down)
    assert rules(report) == []
    assert results(report)["down, up"] == "irreversible: a label of an enum stays"


@pytest.mark.parametrize("said", ["-- dbtools: irreversible", "-- dbtools: irreversible -- 42"])
@pytest.mark.parametrize("down", [None, "SELECT 1;"])
def test_irreversible_without_a_reason_is_a_finding_at_the_comment(run, said, down):
    report = run(f"-- Moods.\n{said}\nALTER TYPE mood ADD VALUE 'meh';", down)
    finding = only(report, "irreversible-without-reason")
    assert (finding.severity, finding.location.line) == (Severity.WARNING, 2)
    assert rules(report) == ["irreversible-without-reason"]


def test_lint_takes_the_declaration_for_no_mistaken_ignore():
    new = migration("0002", "-- dbtools: irreversible labels stay\nALTER TYPE mood ADD VALUE 'meh';")
    assert "invalid-ignore" not in rules(lint(change(new), LintSettings()))


def test_a_down_that_leaves_an_index_names_it(run):
    report = run("CREATE INDEX author_name ON author (name); CREATE TABLE tag (id int);", "DROP TABLE tag;")
    finding = only(report, "down-differs")
    assert finding.message == "the way down does not lead back: DROP INDEX author_name"


def test_a_down_that_brings_a_column_back_empty_says_how_many_values_are_gone(run):
    report = run("ALTER TABLE author DROP COLUMN born;", "-- Back.\nALTER TABLE author ADD COLUMN born timestamp(3);")
    finding = only(report, "down-restores-no-values")
    assert finding.message == "the way down brings author.born back empty: its 27 values are gone"
    assert (finding.severity, finding.damage) == (Severity.INFO, Damage.LOSES_DATA)
    assert (finding.location.path, finding.location.line) == ("0002.down.sql", 2)
    assert (finding.table, finding.object) == ("author", "born")
    assert results(report)["down, up"] == "same again; 60 of 60 rows, without 27 values"


def test_a_down_that_fills_a_column_with_its_default_does_not_pass_for_a_restored_one(run):
    report = run("ALTER TABLE post DROP COLUMN slug;", "ALTER TABLE post ADD COLUMN slug varchar(40) DEFAULT '';")
    finding = only(report, "down-restores-no-values")
    assert finding.message == "the way down brings post.slug back with other values than the 30 it had"


def test_a_down_that_makes_a_dropped_table_anew_says_how_many_rows_are_gone(run):
    back = "CREATE TABLE post (id int PRIMARY KEY, author_id int NOT NULL REFERENCES author (id), "
    report = run("DROP TABLE post;", f"{back}slug varchar(40) NOT NULL UNIQUE);")
    finding = only(report, "down-restores-no-values")
    assert finding.message == "the way down brings post back empty: its 30 rows are gone"
    assert results(report)["down, up"] == "same again; 30 of 60 rows"


def test_a_down_that_takes_values_which_up_had_left_alone_is_a_warning(run):
    report = run("CREATE TABLE tag (id int);", "DROP TABLE tag;\nUPDATE author SET born = NULL WHERE id <= 5;")
    finding = only(report, "down-loses-values")
    assert finding.message == "the way down takes 5 of the 27 values of author.born"
    assert (finding.severity, finding.location.line) == (Severity.WARNING, 2)


def test_a_down_that_deletes_rows_which_up_had_left_alone_is_a_warning(run):
    report = run("CREATE TABLE tag (id int);", "DROP TABLE tag; DELETE FROM post WHERE id > 20;")
    assert only(report, "down-loses-values").message == "the way down deletes 10 of the 30 rows of post"


def test_a_down_that_writes_other_values_into_a_column_is_a_warning(run):
    report = run("CREATE TABLE tag (id int);", "DROP TABLE tag; UPDATE author SET name = lower(name) || '?';")
    finding = only(report, "down-loses-values")
    assert finding.message == "the way down writes other values into author.name, which up had left alone"


def test_a_down_that_fails_on_rows_is_an_error_with_what_the_server_said(run):
    up = "ALTER TABLE post ALTER COLUMN author_id DROP NOT NULL; UPDATE post SET author_id = NULL WHERE id = 3;"
    report = run(up, "ALTER TABLE post ALTER COLUMN author_id SET NOT NULL;")
    finding = only(report, "down-fails")
    assert finding.severity is Severity.ERROR
    assert finding.message.startswith("the way down fails: 23502")
    assert results(report)["down, up"] == "down fails"


def test_rows_that_each_way_up_adds_again_are_a_finding(run):
    report = run(f"INSERT INTO log VALUES (1, '2024-01-01');{BORN}", "DROP INDEX author_born;", history=HISTORY + LOG)
    finding = only(report, "up-again-differs")
    assert "log holds 2 rows, not 1" in finding.message
    assert "leaves 1 row more in log than there were before" in facts(report)


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ("CREATE TABLE tag (id int);", "DROP TABLE tag;"),
        ("ALTER TABLE author RENAME COLUMN name TO title;", "ALTER TABLE author RENAME COLUMN title TO name;"),
        ("ALTER TABLE author RENAME TO writer;", "ALTER TABLE writer RENAME TO author;"),
        ("ALTER TABLE post ALTER COLUMN slug TYPE text;", "ALTER TABLE post ALTER COLUMN slug TYPE varchar(40);"),
        ("ALTER TABLE author ALTER COLUMN born TYPE timestamptz;",
         "ALTER TABLE author ALTER COLUMN born TYPE timestamp(3);"),
        ("UPDATE author SET mood = 'ok' WHERE mood IS NULL; ALTER TABLE author ALTER COLUMN mood SET NOT NULL;",
         "ALTER TABLE author ALTER COLUMN mood DROP NOT NULL;"),
        ("ALTER TABLE author ADD COLUMN seen timestamptz DEFAULT clock_timestamp();",
         "ALTER TABLE author DROP COLUMN seen;"),
        ("CREATE TABLE birth AS SELECT id, born FROM author; ALTER TABLE author DROP COLUMN born;",
         """ALTER TABLE author ADD COLUMN born timestamp(3);
            UPDATE author SET born = birth.born FROM birth WHERE birth.id = author.id; DROP TABLE birth;"""),
        ("INSERT INTO author (id, name) VALUES (1000, 'x');", "DELETE FROM author WHERE id = 1000;"),
        ("UPDATE author SET name = trim(name);", "-- Nothing to undo."),
    ],
)  # fmt: skip
def test_a_way_there_and_back_that_keeps_the_rows_is_silent(run, up, down):
    report = run(up, down)
    assert rules(report) == []
    assert results(report)["down, up"] == "same again; 60 of 60 rows"


def test_rights_that_a_script_gives_up_hide_no_rows(run):
    up = "CREATE TABLE tag (id int); REVOKE ALL ON post FROM CURRENT_USER;"
    report = run(up, "DROP TABLE tag; GRANT ALL ON post TO CURRENT_USER; DELETE FROM post WHERE id > 20;")
    assert only(report, "down-loses-values").message == "the way down deletes 10 of the 30 rows of post"


def test_what_scripts_set_changes_no_comparison(run):
    up = "SET timezone = 'Asia/Tokyo'; SET datestyle = 'German'; SET search_path = ''; CREATE TABLE public.tag ();"
    report = run(up, "SET timezone = 'UTC'; UPDATE public.author SET born = born; DROP TABLE public.tag;")
    assert rules(report) == []


# Killed and run again.


def test_a_concurrent_build_that_is_killed_leaves_an_invalid_index_on_which_the_second_run_fails(run):
    report = run(f"{ALONE}CREATE INDEX CONCURRENTLY i ON post (author_id);", "DROP INDEX i;", transaction="none")
    finding = only(report, "rerun-fails")
    assert finding.message == (
        'killed while line 2 runs and run again, it fails: 42P07 relation "i" already exists; INVALID is left: i'
    )
    assert finding.severity is Severity.INFO
    assert finding.hint == "drop first what is left of it: DROP INDEX CONCURRENTLY IF EXISTS i;"
    assert results(report)["killed, run again"] == "fails after 1 of 1 kill"


def test_what_a_first_of_two_builds_left_is_in_the_way_of_both(run):
    up = f"{ALONE}CREATE INDEX CONCURRENTLY i ON post (author_id);\nCREATE INDEX CONCURRENTLY j ON author (name);"
    report = run(up, "DROP INDEX i; DROP INDEX j;", transaction="none")
    finding = only(report, "rerun-fails")
    assert (finding.severity, finding.location.line) == (Severity.WARNING, 2)
    assert finding.message.startswith('killed at 2 different moments and run again, it fails: 42P07 relation "i"')
    assert any("INVALID is left: j" in fact for fact in facts(report))


def test_if_not_exists_keeps_the_invalid_index_and_says_nothing(run):
    up = f"{ALONE}CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON post (author_id);"
    report = run(up, "DROP INDEX i;", transaction="none")
    finding = only(report, "invalid-index-on-retry")
    assert finding.message == "killed while it builds i and run again, it keeps the INVALID index and says nothing"
    assert finding.severity is Severity.WARNING
    assert rules(report) == ["invalid-index-on-retry"]


def test_a_constraint_on_the_invalid_index_fails(run):
    up = (
        f"{ALONE}CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON post (id, slug);\n"
        "ALTER TABLE post ADD CONSTRAINT i UNIQUE USING INDEX i;"
    )
    report = run(up, "ALTER TABLE post DROP CONSTRAINT i;", transaction="none")
    finding = only(report, "invalid-index-on-retry")
    assert finding.message.endswith('and fails later: 55000 index "i" is not valid')


def test_a_review_tells_what_lint_foretold_and_the_server_showed_once(server):
    up = f"{ALONE}CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON post (author_id);"
    new = change(migration("0002", up, "DROP INDEX i;", transaction="none"))
    rooms = {
        "lint": lambda each: lint(each, LintSettings()),
        "rehearse": lambda each: rehearse(each, RehearseSettings(server.url, Rows(30))),
    }
    parts = {part.command: part for part in review(new, rooms).parts}
    finding = only(parts["lint"], "invalid-index-on-retry")
    assert finding.severity is Severity.WARNING
    assert finding.values["seen"].startswith("killed while it builds i")
    assert rules(parts["rehearse"]) == []


def test_reindex_that_is_killed_leaves_a_second_index(run):
    up = f"{ALONE}REINDEX INDEX CONCURRENTLY author_born;"
    report = run(up, "SELECT 1;", history=HISTORY + BORN, transaction="none")
    finding = only(report, "rerun-differs")
    assert finding.message.endswith("it ends otherwise than undisturbed: INVALID stays: author_born_ccnew")
    assert finding.severity is Severity.WARNING


def test_a_detachment_that_is_killed_has_to_be_finished_by_hand(run):
    up = f"{ALONE}ALTER TABLE log DETACH PARTITION log_old CONCURRENTLY;"
    back = "ALTER TABLE log_old DROP CONSTRAINT log_old_at_check; ALTER TABLE log ATTACH PARTITION log_old "
    down = f"{back}FOR VALUES FROM ('2000-01-01') TO ('2030-01-01');"
    report = run(up, down, history=HISTORY + LOG, transaction="none")
    finding = only(report, "rerun-fails")
    assert 'fails: 55000 partition "log_old" already pending detach' in finding.message
    assert finding.hint.startswith("ALTER TABLE log DETACH PARTITION log_old FINALIZE;")


def test_statements_that_commit_one_by_one_cannot_be_run_again(run):
    up = "ALTER TABLE author ADD COLUMN x int;\nALTER TABLE author ADD COLUMN y int;"
    report = run(up, "ALTER TABLE author DROP COLUMN x, DROP COLUMN y;", transaction="statement")
    finding = only(report, "rerun-fails")
    assert finding.message == (
        'killed after line 1 and run again, it fails: 42701 column "x" of relation "author" already exists'
    )
    assert finding.hint.startswith("write IF NOT EXISTS")


def test_a_transaction_of_the_scripts_own_is_met_whole_by_the_second_run(run):
    up = "BEGIN;\nALTER TABLE author ADD COLUMN x int;\nCOMMIT;\nALTER TABLE author ADD COLUMN y int;"
    report = run(up, "ALTER TABLE author DROP COLUMN x, DROP COLUMN y;", transaction="none")
    finding = only(report, "rerun-fails")
    assert finding.location.line == 2
    assert finding.message.startswith("killed after line 3 and run again, it fails: 42701")


def test_what_a_file_that_is_sent_as_one_query_commits_itself_is_met_by_the_second_run(run):
    up = "ALTER TABLE author ADD COLUMN x int;\nCOMMIT;\nALTER TABLE author ADD COLUMN y int;"
    report = run(up, "ALTER TABLE author DROP COLUMN x, DROP COLUMN y;", transaction="query")
    assert only(report, "rerun-fails").message.startswith("killed after line 2 and run again, it fails: 42701")


def test_an_index_without_a_name_is_built_beside_the_invalid_one(run):
    up = f"{ALONE}CREATE INDEX CONCURRENTLY ON post (author_id);"
    report = run(up, "DROP INDEX post_author_id_idx;", transaction="none")
    finding = only(report, "rerun-differs")
    assert finding.message.endswith("INVALID stays: post_author_id_idx")


def test_a_backfill_that_is_done_twice_is_an_error_at_its_statement(run):
    up = "SET lock_timeout = '1s';\nUPDATE author SET name = name || '!';\nALTER TABLE post ADD IF NOT EXISTS x int;"
    report = run(up, "ALTER TABLE post DROP COLUMN x;", transaction="none")
    finding = only(report, "rerun-differs")
    assert (finding.severity, finding.damage, finding.location.line) == (Severity.ERROR, Damage.LOSES_DATA, 2)
    assert finding.message.endswith("it ends otherwise than undisturbed: author holds other values in name")


def test_every_statement_that_is_done_twice_has_a_finding(run):
    up = (
        "UPDATE author SET name = name || '!';\nUPDATE post SET slug = slug || '!';\nCREATE TABLE IF NOT EXISTS tag ();"
    )
    report = run(up, "DROP TABLE tag;", transaction="none")
    found = {each.location.line: each.message for each in report.findings if each.rule == "rerun-differs"}
    assert found[1].startswith("killed at 2 different moments")
    assert found[2].startswith("killed after line 2")
    assert found[2].endswith("post holds other values in slug")


def test_rows_that_are_inserted_twice_are_an_error_at_their_statement(run):
    up = "CREATE TABLE IF NOT EXISTS tag (id int);\nINSERT INTO tag VALUES (1);\nCREATE TABLE IF NOT EXISTS tag2 ();"
    report = run(up, "DROP TABLE tag, tag2;", transaction="none")
    finding = only(report, "rerun-differs")
    assert finding.message.endswith("tag holds 2 rows, not 1")
    assert (finding.severity, finding.location.line) == (Severity.ERROR, 2)


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ("DROP INDEX CONCURRENTLY IF EXISTS i;\nCREATE INDEX CONCURRENTLY i ON post (author_id);", "DROP INDEX i;"),
        ("DROP INDEX CONCURRENTLY IF EXISTS i;\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON post (author_id);",
         "DROP INDEX i;"),
        ("DROP INDEX CONCURRENTLY author_born;", BORN),
        ("ALTER TABLE author ADD COLUMN IF NOT EXISTS x int;\nALTER TABLE post ADD COLUMN IF NOT EXISTS y int;",
         "ALTER TABLE author DROP COLUMN x; ALTER TABLE post DROP COLUMN y;"),
        ("UPDATE author SET mood = 'sad' WHERE mood IS NULL;\nCREATE TABLE IF NOT EXISTS tag ();", "DROP TABLE tag;"),
        ("UPDATE author SET born = clock_timestamp();\nCREATE TABLE IF NOT EXISTS tag ();", "DROP TABLE tag;"),
        ("""DO $$ BEGIN
              FOR page IN 0 .. 3 LOOP
                UPDATE author SET mood = 'sad' WHERE mood IS NULL AND id % 4 = page;
                COMMIT;
              END LOOP;
            END $$;""", "SELECT 1;"),
    ],
)  # fmt: skip
def test_what_can_be_run_again_is_silent_and_counts_its_kills(run, up, down):
    report = run(ALONE + up, down, history=HISTORY + BORN, transaction="none")
    assert rules(report) == []
    assert results(report)["killed, run again"].startswith("recovers from ")


@pytest.mark.parametrize("transaction", ["file", "batch", "query"])
def test_one_transaction_is_not_said_to_have_been_killed(run, transaction):
    up = "ALTER TABLE author ADD COLUMN x int; ALTER TABLE author ADD COLUMN y int;"
    report = run(up, "ALTER TABLE author DROP COLUMN x, DROP COLUMN y;", transaction=transaction)
    assert rules(report) == []
    assert results(report)["killed, run again"] == "one transaction"


def test_nothing_is_tried_of_what_fails_undisturbed(run):
    report = run("UPDATE author SET id = NULL;\nCREATE TABLE tag ();", "", transaction="none")
    assert "rehearsal-fails" in rules(report)
    assert "rerun-fails" not in rules(report)


def test_no_database_and_no_session_is_left(run, server):
    before = server.databases()
    run(f"{ALONE}CREATE INDEX CONCURRENTLY i ON post (author_id);", "DROP INDEX i;", transaction="none")
    assert server.databases() == before
