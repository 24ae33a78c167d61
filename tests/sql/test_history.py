"""What a history adds up to is kept between runs: found again, never believed when it is not whole or not ours."""

import os
import pickle
import subprocess
import sys
import zlib
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given

from dbtools.model.expression import Name
from dbtools.model.schema import Schema
from dbtools.sql import history as module
from dbtools.sql import states, walk
from dbtools.sql.history import history
from dbtools.sql.states import _packed, _unpacked
from tests.strategies import schemas

SCRIPT = "CREATE TABLE t{0} (id bigint PRIMARY KEY, name text NOT NULL DEFAULT 'x', CHECK (name <> ''));\n-- {1}\n"
SCRIPTS = [SCRIPT.format(number, "x" * 300) for number in range(100)]


@pytest.fixture
def kept(cache, monkeypatch):
    """The folder of states, switched on and empty."""
    monkeypatch.delenv("DBTOOLS_NO_CACHE")
    forget()
    yield cache / "states"
    forget()


def forget():
    """What another run would not know."""
    module._STANDING.clear()
    walk.statements.cache_clear()


@pytest.fixture
def read(kept, monkeypatch):  # noqa: ARG001 - what is not kept is read
    """The scripts that are read, and not found."""
    texts = []
    real = walk.read
    monkeypatch.setattr(walk, "read", lambda text: texts.append(text) or real(text))
    return texts


def test_the_next_run_reads_no_script_again(kept, read):
    first = history(SCRIPTS)
    assert len(read) == 100
    forget()
    assert history(SCRIPTS) == first
    assert len(read) == 100
    assert kept.stat().st_mode & 0o777 == 0o700


def test_one_script_more_is_all_that_is_read(read):
    history(SCRIPTS)
    forget()
    read.clear()
    longer = history([*SCRIPTS, "CREATE TABLE more (id int);"])
    assert read == ["CREATE TABLE more (id int);"]
    assert Name("public", "more") in longer.tables


def test_a_script_that_comes_in_before_the_end_costs_those_after_it(read):
    history(SCRIPTS)
    forget()
    read.clear()
    between = [*SCRIPTS[:90], "CREATE TABLE between (id int);", *SCRIPTS[90:]]
    assert Name("public", "between") in history(between).tables
    assert len(read) < 40


@pytest.mark.usefixtures("kept")
def test_an_edited_script_is_read_again():
    history(SCRIPTS)
    forget()
    edited = ["CREATE TABLE other (id int);", *SCRIPTS[1:]]
    assert Name("public", "other") in history(edited).tables
    assert Name("public", "t0") not in history(edited).tables


@pytest.mark.usefixtures("kept")
def test_the_order_of_the_scripts_counts():
    drop = ["DROP TABLE IF EXISTS t5;"]
    one, other = history(drop + SCRIPTS), history(SCRIPTS + drop)
    assert one != other
    forget()
    assert (history(drop + SCRIPTS), history(SCRIPTS + drop)) == (one, other)


@pytest.mark.usefixtures("kept")
def test_temporary_tables_are_not_kept():
    temporary = ["CREATE TEMP TABLE x AS SELECT 1;"]
    assert history(temporary + SCRIPTS) == history(SCRIPTS)
    forget()
    assert history(temporary + SCRIPTS) == history(SCRIPTS)


def test_a_short_history_is_not_worth_a_file(kept):
    history(SCRIPTS[:3])
    assert not kept.exists()


def damaged(path, how):
    data = path.read_bytes()
    path.write_bytes(
        {"empty": b"", "cut": data[: len(data) // 2], "bent": data[:-9] + bytes(9), "noise": b"x" * 99}[how]
    )


@pytest.mark.parametrize("how", ["empty", "cut", "bent", "noise"])
def test_a_damaged_file_is_made_again(kept, read, how):
    whole = history(SCRIPTS)
    for path in kept.iterdir():
        damaged(path, how)
    forget()
    read.clear()
    assert history(SCRIPTS) == whole
    assert len(read) == 100
    forget()
    read.clear()
    assert history(SCRIPTS) == whole
    assert read == []


class Evil:
    """What a pickle can ask for: any function of any module, called."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_planted_file_runs_nothing_even_if_its_digest_fits(kept, tmp_path):
    whole = history(SCRIPTS)
    assert pickle.loads(pickle.dumps(Evil(tmp_path / "first"))) is None
    assert (tmp_path / "first").exists()  # so it would work
    data = zlib.compress(pickle.dumps(Evil(tmp_path / "second")))
    for path in kept.iterdir():
        path.write_bytes(sha256(data).digest() + data)
    forget()
    assert history(SCRIPTS) == whole
    assert not (tmp_path / "second").exists()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"), ("builtins", "eval"), ("dbtools.model.schema", "replace"),
        ("dbtools.model.schema", "Schema.of"),
        ("dbtools.model.objects", "field"), ("dbtools.model.expression", "field"), ("dbtools.sql.walk", "Step"),
        ("dbtools.model.schema", "TypeVar"), ("dbtools.model.objects", "attrgetter"),
    ],
)  # fmt: skip
def test_nothing_but_the_values_of_a_schema_can_be_named(module, name):
    data = zlib.compress(f"c{module}\n{name}\n.".encode())
    assert _unpacked(sha256(data).digest() + data) is None


def test_what_unpacks_to_more_than_anybody_has_is_not_unpacked(monkeypatch):
    packed = _packed(history(SCRIPTS))
    monkeypatch.setattr(states, "MOST_BYTES", 100)
    assert _unpacked(packed) is None


@given(schemas())
def test_every_schema_survives_being_kept(schema):
    found = _unpacked(_packed(schema))
    assert found == schema
    assert found.uncertain == schema.uncertain
    assert repr(found) == repr(schema)


def test_doubt_survives_being_kept():
    schema = Schema(complete=False, uncertain_all=True).doubting(Name("public", "t"))
    found = _unpacked(_packed(schema))
    assert (found.complete, found.uncertain_all, set(found.uncertain)) == (False, True, {Name("public", "t")})


def test_old_states_are_let_go(kept, monkeypatch):
    monkeypatch.setattr(states, "MOST_KEPT", 3)
    for number in range(5):
        history([f"CREATE TABLE a{number} (id int);", *SCRIPTS])
    assert len(list(kept.iterdir())) == 3


def test_what_is_used_is_kept_longer(kept, monkeypatch):
    monkeypatch.setattr(states, "MOST_KEPT", 3)
    monkeypatch.setattr(module, "STRIDES", ())
    for number in range(3):
        history([f"CREATE TABLE a{number} (id int);", *SCRIPTS])
    for path in kept.iterdir():
        os.utime(path, (1, 1))
    forget()
    history(["CREATE TABLE a0 (id int);", *SCRIPTS])
    history(["CREATE TABLE a4 (id int);", *SCRIPTS])
    times = sorted(path.stat().st_mtime for path in kept.iterdir())
    assert times[0] == 1
    assert times[1] > 1
    assert len(times) == 3


def test_it_can_be_switched_off(kept, monkeypatch):
    monkeypatch.setenv("DBTOOLS_NO_CACHE", "1")
    history(SCRIPTS)
    assert not kept.exists()


def test_a_folder_that_cannot_be_used_is_no_error(kept, monkeypatch):
    (kept.parent / "file").write_text("")
    monkeypatch.setenv("DBTOOLS_CACHE", str(kept.parent / "file"))
    assert len(history(SCRIPTS).tables) == 100


def test_a_folder_that_others_can_write_to_is_not_used(kept):
    kept.mkdir(mode=0o777)
    kept.chmod(0o777)
    history(SCRIPTS)
    assert list(kept.iterdir()) == []


PROGRAM = """
import sys
from dbtools.sql.history import history
scripts = [open(path).read() for path in sys.argv[1:]]
print(len(history(scripts).tables))
"""


def test_runs_at_the_same_time_do_not_disturb_each_other(kept, tmp_path):
    paths = []
    for number, text in enumerate(SCRIPTS):
        paths.append(tmp_path / f"{number}.sql")
        paths[-1].write_text(text)
    command = [sys.executable, "-c", PROGRAM, *map(str, paths)]
    for _ in range(2):
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
        assert [each.communicate()[0] for each in running] == ["100\n"] * 4
    assert all(_unpacked(path.read_bytes()) is not None for path in kept.iterdir())


def run(folder, *arguments):
    command = [str(Path(sys.executable).with_name("dbtools")), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_lint_keeps_it_in_the_cache_and_nothing_in_the_repository(kept, tmp_path):
    folder = tmp_path / "project"
    (folder / "migrations").mkdir(parents=True)
    for number, text in enumerate([*SCRIPTS, "ALTER TABLE t7 DROP COLUMN name;"]):
        (folder / "migrations" / f"{number:03}.sql").write_text(text)
    (folder / "dbtools.yaml").write_text("sources: {migrations: migrations}\n")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    before = sorted(folder.rglob("[!.]*"))
    without = run(folder, "lint", "--no-cache", "migrations/100.sql")
    assert not kept.exists()
    first, second = (run(folder, "lint", "migrations/100.sql") for _ in range(2))
    assert without.stdout == first.stdout == second.stdout
    assert "drops t7.name: its values are lost" in first.stdout
    assert list(kept.iterdir())
    assert sorted(folder.rglob("[!.]*")) == before
