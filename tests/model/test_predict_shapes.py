"""Predict against a server, systematically: every kind of statement on tables of every shape.

Each run tries a fixed part of all pairs; `make versions` tries them all, on every PostgreSQL that is there.
"""

import os

import pytest

from dbtools.pg.connect import connect
from tests.model.differential import prepared, tried
from tests.model.shapes import BESIDE, SHAPES, SHAPES_18, STATEMENTS, lines_of

pytestmark = pytest.mark.server

ALL = SHAPES | SHAPES_18
EVERY = 1 if os.environ.get("DBTOOLS_EXHAUSTIVE") else 9
SCRIPTS = lines_of("effects-scripts.sql")
ATTACHED = lines_of("effects-attach.sql")
ON_SHAPES = (
    "plain", "index on a", "partial index", "unique constraint", "key to u", "key deferred", "key from w", "check",
    "check not null", "view", "serial", "identity", "parent", "by range", "by range, default", "by range, indexed",
    "by two levels",
)  # fmt: skip
# A doubly wrong statement, of which the server names the other mistake first.
OTHER_MISTAKE = {("ALTER TABLE t ALTER g DROP EXPRESSION", "fails")}
MOST_UNCERTAIN = 1 / 6  # of the statements on one shape: who says "uncertain" is never wrong


@pytest.fixture(scope="module")
def shared(server):
    with server.database() as url, connect(url) as connection:
        connection.execute("SET client_min_messages = error; SET timezone = 'UTC'")
        yield connection, server.version


@pytest.mark.parametrize("name", ALL)
def test_what_a_statement_does_to_a_table_of_this_shape_is_foretold(shared, name):
    connection, version = shared
    if name in SHAPES_18 and version < 18:
        pytest.skip("PostgreSQL 18 brought this")
    schema = prepared(connection, ALL[name])
    compared, uncertain, wrong = 0, [], []
    for statement in STATEMENTS[list(ALL).index(name) % EVERY :: EVERY]:
        trial = tried(connection, statement, schema, version)
        compared += trial.compared
        uncertain += trial.uncertain
        wrong += [found for found in trial.differences if (found.statement, found.field) not in OTHER_MISTAKE]
    assert wrong == []
    assert len(uncertain) <= compared * MOST_UNCERTAIN


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_a_statement_does_after_others_of_its_transaction_is_foretold(shared, script):
    connection, version = shared
    for name in ON_SHAPES[SCRIPTS.index(script) % EVERY :: EVERY]:
        trial = tried(connection, script, prepared(connection, ALL[name]), version)
        assert trial.differences == (), name
        assert len(trial.uncertain) < trial.compared


@pytest.mark.parametrize("script", ATTACHED)
def test_whether_a_new_partition_is_read_is_foretold(shared, script):
    connection, version = shared
    setup, _, statement = script.rpartition("; ")
    trial = tried(connection, statement, prepared(connection, f"{BESIDE} {setup};"), version)
    assert trial.compared == 1
    assert trial.differences == ()
