"""Variations of the measured statements, run on a real server: predict knows kinds and state, not texts.

Names, sizes, further indexes and foreign keys change; what the server does is what was foretold.
"""

import json
from functools import reduce
from operator import or_
from pathlib import Path

import postgast
import psycopg
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from dbtools.model import operation as op
from dbtools.model.effects import strongest
from dbtools.model.identifiers import quote
from dbtools.model.migration import Migration, Script
from dbtools.model.predict import Session
from dbtools.model.schema import Schema
from dbtools.pg.connect import connect
from dbtools.pg.observe import observe
from dbtools.sql.walk import fold, walk

pytestmark = pytest.mark.server

DATA = Path(__file__).parents[1] / "data"
BASE = (DATA / "postgres-effects-base.sql").read_text()
ROWS = [
    row
    for row in json.loads((DATA / "postgres-effects.json").read_text())
    if not any("in_tx" in record or "unsupported_setup" in record for record in row["observed"].values())
]
NAMES = {"t": "A Table", "tt": "Retyped", "u": "über", "a": "select", "b": "Camel", "c": "c'c", "x": "naïve", "k": "K"}
EXTRA = {
    "more indexes": "CREATE INDEX extra ON t (e DESC, a); CREATE UNIQUE INDEX one ON t (id, e); "
    "CREATE INDEX h ON u USING hash (id);",
    "a foreign key": "CREATE TABLE other (t_id int REFERENCES t (id), u_id int); CREATE INDEX ON other (t_id);",
    "a check": "ALTER TABLE t ADD CONSTRAINT more CHECK (e > 0); ALTER TABLE u ADD CHECK (name <> '');",
    "nothing more": "",
}
# What the rows decide; said by predict's own docstring and by test_predict.
UNSAID = ("unique on duplicates",)
PLANNED = (op.Insert, op.Update, op.Delete, op.Select)


def renamed(sql, names):
    """*sql* with other identifiers, wherever PostgreSQL's scanner sees one."""
    data, parts, at = sql.encode(), [], 0
    for token in postgast.scan(sql).tokens:
        word = data[token.start : token.end].decode()
        if word in names:
            parts += [data[at : token.start].decode(), quote(names[word])]
            at = token.end
    return "".join(parts) + data[at:].decode()


@pytest.fixture(scope="module")
def shared(server):
    with server.database() as url, connect(url) as connection:
        connection.execute("SET client_min_messages = error")
        yield connection


variations = st.tuples(
    st.sampled_from(ROWS),
    st.sets(st.sampled_from(sorted(NAMES))),
    st.sampled_from(sorted(EXTRA)),
    st.sampled_from([60, 300]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(variations)
def test_a_variation_does_what_is_foretold(shared, variation):
    row, changed, extra, size = variation
    names = {name: NAMES[name] for name in changed}
    small = (BASE + row["setup"]).replace("(1,1000)", f"(1,{size})")
    script = renamed(f"{small}\n{EXTRA[extra]}", names)
    shared.execute("DROP SCHEMA IF EXISTS sc, sc2 CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    try:
        shared.execute(script.encode())
    except psycopg.Error:
        reject()  # this row's tables do not take the extra
    shared.execute("BEGIN")
    try:
        session = f"SET timezone = '{row['timezone'] or 'UTC'}'"
        shared.execute(session)
        migration = Migration("row", Script("row.sql", f"{session};{renamed(row['sql'], names)}"))
        held = {}
        version = shared.info.server_version // 10_000
        for steps in statements_of(migration, fold(Schema(), (script,)), version):
            held = strongest((held, compared(shared, row["id"], steps, held)))
    except RefusedError:
        pass
    finally:
        shared.execute("ROLLBACK")


class RefusedError(Exception):
    """The server refused a statement, as foretold: what follows it does not run."""


def statements_of(migration, schema, version):
    by_statement = {}
    for step in walk([migration], schema, Session(version)):
        by_statement.setdefault(id(step.statement), []).append(step)
    return list(by_statement.values())[1:]


def compared(connection, name, steps, held):
    """Run one statement, compare, and return the locks it added to those *held*."""
    foretold, text = reduce(or_, (step.effects for step in steps)), steps[0].statement.text
    seen = observe(connection, text)
    if not (foretold.uncertain or name in UNSAID):
        assert foretold.fails == seen.effects.fails, (text, seen.error)
    if seen.error:
        raise RefusedError
    if foretold.uncertain or name in UNSAID:
        return {}
    known = {*steps[0].before.tables, *steps[0].before.views}
    taken, expected = (
        {table: mode for table, mode in effects.locks.items() if table in known and mode > held.get(table, 0)}
        for effects in (seen.effects, foretold)
    )
    assert taken == expected, text
    assert seen.effects.rewrites == foretold.rewrites, text
    assert seen.effects.builds == foretold.builds, text
    planned = isinstance(steps[0].operation, PLANNED)
    assert planned or seen.effects.scans & known == foretold.scans, text
    return dict(seen.effects.locks)
