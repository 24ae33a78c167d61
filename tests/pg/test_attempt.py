"""What a server answers to statements of which nothing is to be left."""

import pytest

from dbtools.model.expression import Name
from dbtools.pg import attempt
from dbtools.pg.attempt import Refusal, asked, parameter_types, tried
from dbtools.pg.catalog import catalog
from dbtools.pg.fill import Rows, fill
from dbtools.pg.rows import held_rows, made_rows

pytestmark = pytest.mark.server

TABLES = """
CREATE TABLE owner (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE cat (
  id serial PRIMARY KEY, owner_id int REFERENCES owner (id) DEFERRABLE INITIALLY DEFERRED, name text UNIQUE
);
"""


def test_each_statement_is_answered_and_none_leaves_anything(connection):
    connection.execute(TABLES)
    answers = tried(
        connection,
        [
            "INSERT INTO owner VALUES (1, 'a')",
            "INSERT INTO owner VALUES (1, 'b')",
            "INSERT INTO owner (id) VALUES (2)",
            "SELECT nothing FROM owner",
            "INSERT INTO owner VALUES (3, 'c'); DELETE FROM owner WHERE id / 0 = 1",
            "DROP TABLE cat",
            "SELECT * FROM cat",
        ],
    )
    assert answers[0] is answers[1] is answers[5] is answers[6] is None
    assert answers[2] == Refusal(
        "23502", 'null value in column "name" of relation "owner" violates not-null constraint', "", "name"
    )
    assert [answer.sqlstate for answer in answers[3:5]] == ["42703", "22012"]
    assert connection.execute("SELECT count(*) FROM owner").fetchone() == (0,)


def test_what_a_commit_would_refuse_is_refused(connection):
    connection.execute(TABLES)
    (answer,) = tried(connection, ["INSERT INTO cat (owner_id) VALUES (5)"])
    assert (answer.sqlstate, answer.constraint) == ("23503", "cat_owner_id_fkey")


def test_one_that_takes_too_long_costs_the_others_nothing(connection, monkeypatch):
    monkeypatch.setattr(attempt, "TIMEOUT", "300ms")
    answers = tried(connection, ["SELECT 1", "SELECT pg_sleep(30)", "SELECT nothing"])
    assert [answer and answer.sqlstate for answer in answers] == [None, "57014", "42703"]
    assert connection.execute("SHOW statement_timeout").fetchone() == ("0",)


def test_the_search_path_is_that_of_a_new_session_and_what_it_was_afterwards(connection):
    connection.execute(TABLES)
    connection.execute("SET search_path = ''")
    assert tried(connection, ["SELECT FROM owner"]) == [None]
    assert connection.execute("SHOW search_path").fetchone() == ('""',)


def test_parameters_have_the_types_that_the_server_finds(connection):
    connection.execute(f"{TABLES} CREATE TYPE mood AS ENUM ('a'); CREATE TABLE m (mood mood);")
    texts = ["SELECT FROM cat WHERE id = $1 AND name = $2", "SELECT FROM m WHERE mood = $1", "SELECT 1", "SELEC 1"]
    assert parameter_types(connection, texts) == [("integer", "text"), ("public.mood",), (), None]
    assert asked(connection, ["SELECT ARRAY[1::text, NULL]", "SELECT nothing"]) == [("1", None), None]


def test_a_row_is_made_that_is_not_there_and_one_is_found_that_nobody_refers_to(connection):
    connection.execute(TABLES)
    schema = catalog(connection)
    fill(connection, schema, Rows(3))
    connection.execute("DELETE FROM cat WHERE owner_id = 2")
    owner, cat = Name("public", "owner"), Name("public", "cat")
    made = made_rows(connection, schema, [owner, cat])
    assert made[owner]["id"] not in {"1", "2", "3"}
    assert made[cat]["owner_id"] in {"1", "2", "3"}
    assert held_rows(connection, schema, [cat])[cat]["name"]
    assert held_rows(connection, schema, [owner])[owner] == {"id": "2", "name": "value number 2"}
