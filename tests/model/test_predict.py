"""What `predict` says of the measured statements, on every server they were measured on."""

import json
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import pytest

from dbtools.model.effects import Effects
from dbtools.model.migration import Migration, Script
from dbtools.model.predict import Session
from dbtools.model.schema import Schema
from dbtools.sql.walk import fold, walk

DATA = Path(__file__).parents[1] / "data"
BASE = (DATA / "postgres-effects-base.sql").read_text()
ROWS = json.loads((DATA / "postgres-effects.json").read_text())
VERSIONS = (15, 16, 18)

# What predict does not say, with the reason; anything else that disagrees is a failure.
NOT_PREDICTED = {
    "unique on duplicates": "which rows are there is not in the schema",
}


@dataclass
class Observed:
    locks: dict[str, str]
    rewrites: set[str]
    builds: set[str]
    scans: set[str]
    error: str


def observed(record: dict) -> Observed:
    kinds = {name: mode for name, mode in record.get("locks", {}).items() if not name.endswith(("(i)", "(I)"))}
    return Observed(
        {name.split("(")[0]: mode for name, mode in kinds.items()},
        set(record.get("rewritten", ())),
        set(record.get("index_rebuilt", ())),
        set(record.get("scans", {})),
        record.get("error", "")[:5],
    )


def predicted(row: dict, version: int, *, transaction: str = "file") -> Effects:
    schema = fold(Schema(), (BASE, row["setup"]))
    zone = row["timezone"] or "UTC"
    migration = Migration("row", Script("row.sql", f"SET timezone = '{zone}';{row['sql']}"), transaction=transaction)
    steps = list(walk([migration], schema, Session(version)))[1:]
    return reduce(lambda one, two: one | two, (step.effects for step in steps), Effects())


def cases():
    for row in ROWS:
        for versions, record in row["observed"].items():
            for version in map(int, versions.split(", ")):
                if "unsupported_setup" not in record:
                    yield pytest.param(row, version, record, id=f"{row['id']} on {version}")


@pytest.mark.parametrize(("row", "version", "record"), list(cases()))
def test_prediction_equals_what_the_server_did(row, version, record):
    alone = "in_tx" in record
    effects = predicted(row, version, transaction="none" if alone else "file")
    seen = observed(record)
    if row["id"] in NOT_PREDICTED:
        assert (effects.fails or "") != seen.error  # once it is predicted, it is no exception any more
        return
    assert not effects.uncertain, effects.uncertain
    assert (effects.fails or "") == seen.error
    if seen.error:
        return
    if not alone:
        modes = {
            n.local: m.name.title().replace("_", "") for n, m in effects.locks.items() if n.local not in owned(row)
        }
        assert modes == {n: m for n, m in seen.locks.items() if n not in owned(row)}
        assert {name.local for name in effects.scans} == scans(row, seen)
    assert {name.local for name in effects.rewrites} == seen.rewrites
    rebuilt = {name.local for name in effects.builds}
    assert seen.builds <= rebuilt


def owned(row: dict) -> set[str]:
    """Sequences: those of columns are not followed."""
    return {"t_x_seq", "sq"} if "DEFAULT nextval" in row["sql"] or "IDENTITY" in row["sql"] else set()


def scans(row: dict, seen: Observed) -> set[str]:
    """What a plan decides is not predicted."""
    return seen.scans - ({"u", "t"} if row["sql"].startswith(("MERGE", "SELECT * FROM")) else set())
