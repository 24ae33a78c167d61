"""``observe`` against 320 statements that were observed by other means (tests/data/postgres-effects.json)."""

import json
import re
from pathlib import Path

import pytest

from dbtools.model.effects import LockMode
from dbtools.pg.connect import connect
from dbtools.pg.observe import MODES, observe

pytestmark = pytest.mark.server

DATA = Path(__file__).parents[1] / "data"
BASE = (DATA / "postgres-effects-base.sql").read_text(encoding="utf-8")
FRESH = """
DROP SCHEMA IF EXISTS w CASCADE; DROP SCHEMA IF EXISTS sc CASCADE; DROP PUBLICATION IF EXISTS pb;
RESET ALL; CREATE SCHEMA w; SET search_path = w, sc;
"""


def _rows():
    """Every row, those with the same setup side by side, so that few setups are needed."""
    rows = json.loads((DATA / "postgres-effects.json").read_text(encoding="utf-8"))
    return sorted(rows, key=lambda row: (row["setup"], row["timezone"]))


def truth_of(row, version):
    """What was observed on the major *version*; skipped where that was not measured, or cannot be set up."""
    truth = next((truth for majors, truth in row["observed"].items() if str(version) in majors.split(", ")), None)
    if truth is None:
        pytest.skip(f"it was not measured on PostgreSQL {version}")
    if "unsupported_setup" in truth:
        pytest.skip(f"PostgreSQL {version} cannot set it up: {truth['unsupported_setup']}")
    return truth


class World:
    """The database that the statements run in, put back when one of them left a trace."""

    def __init__(self, connection):
        self.connection = connection
        self.stands = None

    def prepare(self, row):
        if self.stands != (row["setup"], row["timezone"]):
            self.connection.execute(FRESH + BASE)
            self.connection.execute(row["setup"] or "SELECT")
            self.connection.execute("SELECT set_config('timezone', %s, false)", (row["timezone"] or "UTC",))
            self.stands = (row["setup"], row["timezone"])
        relations = self.connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'w'::regnamespace")
        return {name for (name,) in relations}

    def run(self, row, *, transactional):
        if not transactional:
            self.stands = None
            return observe(self.connection, row["sql"], transactional=False)
        self.connection.execute("BEGIN")
        seen = observe(self.connection, row["sql"])
        self.connection.execute("ROLLBACK")
        if LockMode.ROW_EXCLUSIVE in seen.effects.locks.values():
            self.stands = None  # what was rolled back is still read by the next index build
        return seen


@pytest.fixture(scope="module")
def world(server):
    with server.database() as url, connect(url) as connection:
        yield World(connection)


def local(names):
    return {name.local for name in names}


def expected_locks(truth):
    """Without those on indexes, which effects do not speak of."""
    plain = {name: mode for name, mode in truth["locks"].items() if not name.endswith(("(i)", "(I)"))}
    return {name.partition("(")[0]: MODES[f"{mode}Lock"] for name, mode in plain.items()}


def expected_builds(truth, before):
    """Rebuilt ones, and by the server's debug messages those that are new on a table from before."""
    messages = (re.match(r'building index "(.+?)(?:_ccnew)?" on table "(.+)"', message) for message in truth["debug"])
    return {*truth["index_rebuilt"], *(found[1] for found in messages if found and found[2] in before)}


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in _rows()])
def test_a_statement_has_the_effects_that_were_observed(world, server, row):
    truth = truth_of(row, server.version)
    before = world.prepare(row)
    refuses_transactions = truth.get("in_tx", "").startswith("25001")
    if refuses_transactions:
        assert world.run(row, transactional=True).effects.fails == "25001"
    seen = world.run(row, transactional=not refuses_transactions)
    effects = seen.effects
    assert f"{effects.fails} {seen.error}" == truth.get("error", "None None")
    if effects.fails:
        return
    assert local(effects.rewrites) == set(truth["rewritten"])
    assert local(effects.builds) == expected_builds(truth, before)
    if "locks" in truth:
        assert {name.local: mode for name, mode in effects.locks.items()} == expected_locks(truth)
        assert {name.local: rows for name, rows in seen.scanned.items()} == {
            name: rows for name, (_, rows) in truth["scans"].items()
        }
        assert effects.scans == seen.scanned.keys()
