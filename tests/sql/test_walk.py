"""A connection over a migration's statements: what is held, what is set, where a transaction begins and ends."""

import pytest

from dbtools.model.effects import LockMode
from dbtools.model.expression import Name
from dbtools.model.migration import Migration, Script
from dbtools.model.predict import Session
from dbtools.model.schema import Schema
from dbtools.sql.walk import fold, walk

BASE = "CREATE TABLE a (id int); CREATE TABLE b (id int);"
A = Name("public", "a")
LOCK = "ALTER TABLE a ADD x int;"


def steps(*scripts, mode="file", lock_timeout=""):
    migrations = [Migration(f"{n}", Script(f"{n}.sql", text), transaction=mode) for n, text in enumerate(scripts)]
    return list(walk(migrations, fold(Schema(), (BASE,)), Session(lock_timeout=lock_timeout)))


def held_last(*scripts, **how):
    return steps(*scripts, **how)[-1].transaction.held(A)


@pytest.mark.parametrize(
    ("scripts", "mode", "held"),
    [
        ([LOCK + "SELECT 1;"], "file", True),
        ([LOCK + "SELECT 1;"], "query", True),
        ([LOCK + "SELECT 1;"], "statement", False),
        ([LOCK + "SELECT 1;"], "none", False),
        (["BEGIN;" + LOCK + "SELECT 1;"], "none", True),
        (["BEGIN;" + LOCK + "COMMIT; SELECT 1;"], "none", False),
        ([LOCK + "COMMIT; SELECT 1;"], "file", False),
        ([LOCK, "SELECT 1;"], "file", False),
        ([LOCK, "SELECT 1;"], "batch", True),
        (["ALTER TABLE a RENAME TO c; ALTER TABLE c RENAME TO a; SELECT 1;"], "file", True),
    ],
)
def test_locks_are_held_until_the_transaction_ends(scripts, mode, held):
    assert (held_last(*scripts, mode=mode) is LockMode.ACCESS_EXCLUSIVE) is held


def test_a_statement_does_not_count_its_own_actions_as_earlier():
    first, second = steps("ALTER TABLE a ADD x int, ADD y int;")
    assert len(first.transaction) == len(second.transaction) == 0


def test_a_migration_remembers_what_it_did_in_other_transactions():
    last = steps(LOCK + "SELECT 1;", mode="none")[-1]
    assert (len(last.transaction), len(last.done)) == (0, 1)


@pytest.mark.parametrize(
    ("script", "mode", "waits"),
    [
        ("SET lock_timeout = '2s'; SELECT 1;", "file", "2s"),
        ("SET lock_timeout = '2s'; SELECT 1;", "none", "2s"),
        ("SET LOCAL lock_timeout = '2s'; SELECT 1;", "file", "2s"),
        ("SET LOCAL lock_timeout = '2s'; SELECT 1;", "none", ""),
        ("SET LOCAL lock_timeout = '2s'; COMMIT; SELECT 1;", "file", ""),
        ("SET lock_timeout = '2s'; RESET lock_timeout; SELECT 1;", "file", ""),
        ("SET lock_timeout = '2s'; SET LOCAL lock_timeout = '5s'; COMMIT; SELECT 1;", "file", "2s"),
    ],
)
def test_lock_timeout_lasts_as_long_as_it_was_set_for(script, mode, waits):
    assert steps(script, mode=mode)[-1].session.lock_timeout == waits


def test_what_the_runner_sets_is_there_again_after_a_reset():
    assert (
        steps("SET lock_timeout = 0; RESET lock_timeout; SELECT 1;", lock_timeout="5s")[-1].session.lock_timeout == "5s"
    )


def test_a_commit_inside_a_file_ends_the_transaction_of_its_runner():
    assert steps(LOCK + "COMMIT; SELECT 1;")[-1].session.in_transaction is False


def test_a_file_sent_as_one_query_is_in_a_transaction_again_after_a_commit():
    last = steps(LOCK + "COMMIT; VACUUM a;", mode="query")[-1]
    assert last.session.in_transaction is True
    assert last.effects.fails == "25001"


def test_labels_of_one_pending_migration_are_new_in_the_next_of_its_batch():
    scripts = ("CREATE TYPE mood AS ENUM ('sad');", "ALTER TYPE mood ADD VALUE 'ok';", "SELECT 1;")
    assert steps(*scripts, mode="batch")[-1].session.new_labels
    assert not steps(*scripts)[-1].session.new_labels


def test_a_table_that_is_emptied_counts_as_empty_until_the_transaction_ends():
    inside = steps("TRUNCATE a; ALTER TABLE a ADD n int NOT NULL; CREATE TABLE c (id int); SELECT 1;")
    assert inside[1].effects.fails is None
    assert {A, Name("public", "c")} <= set(inside[-1].session.empty)
    after = steps("BEGIN; TRUNCATE a; COMMIT; ALTER TABLE a ADD n int NOT NULL;", mode="none")
    assert after[-1].effects.fails == "23502"


def test_a_rollback_to_a_savepoint_frees_the_locks_taken_since_and_keeps_those_before():
    script = "BEGIN; LOCK TABLE b; SAVEPOINT s;" + LOCK + "ROLLBACK TO s; SELECT 1;"
    last = steps(script, mode="none")[-1]
    assert last.transaction.held(A) is None
    assert last.transaction.held(Name("public", "b")) is LockMode.ACCESS_EXCLUSIVE
    assert "x" not in {column.name for column in last.before.tables[A].columns}


@pytest.mark.parametrize("mode", ["file", "query", "none"])
def test_a_rollback_undoes_what_its_transaction_made_and_set(mode):
    begin = "BEGIN;" if mode == "none" else ""
    last = steps(begin + "SET lock_timeout = '1s';" + LOCK + "CREATE TABLE c (id int); ROLLBACK; SELECT 1;", mode=mode)[
        -1
    ]
    assert last.before == fold(Schema(), (BASE,))
    assert (last.session.lock_timeout, list(last.born), last.transaction.held(A)) == ("", [], None)
