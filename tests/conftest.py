"""What tests may ask for: a PostgreSQL, started once per worker, with a fresh database per test; files in a folder."""

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from dbtools.errors import MissingExtra
from dbtools.pg.connect import connect
from dbtools.pg.server import server as start

# What one test folds must not spare another the work; those about the cache switch it on.
os.environ["DBTOOLS_NO_CACHE"] = "1"
os.environ["COLUMNS"] = "100"  # what a command writes is broken into lines where it always is
# At home every run tries other examples; a change is judged by the same ones each time.
settings.register_profile("ci", derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

MEMORY = Path("/dev/shm")
PLENTY = 4 << 30  # bytes

DATA = Path(__file__).parent / "data"
EMPTY = """
SET lock_timeout = '5s';
DO $$
DECLARE
  command text;
BEGIN
  FOR command IN
    SELECT format('DROP EVENT TRIGGER %I', evtname) FROM pg_event_trigger
    UNION ALL SELECT format('DROP PUBLICATION %I', pubname) FROM pg_publication
    UNION ALL SELECT format('DROP EXTENSION %I CASCADE', extname) FROM pg_extension WHERE extname <> 'plpgsql'
    UNION ALL SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace
      WHERE nspname <> 'information_schema' AND NOT starts_with(nspname, 'pg_')
  LOOP
    EXECUTE command;
  END LOOP;
  CREATE SCHEMA public;
END
$$
"""


def _fast_folder():
    """Where a database, which is some 300 files, is made forty times as fast as on some disks: in memory."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > PLENTY else Path("/var/tmp")


def pytest_configure(config):
    """The servers of one run of the tests live in a folder of their own, unless somebody named another."""
    if not hasattr(config, "workerinput") and "DBTOOLS_CACHE" not in os.environ and _fast_folder() == MEMORY:
        folder = tempfile.mkdtemp(prefix="dbtools-tests-", dir=MEMORY)
        Path(folder).chmod(0o755)
        os.environ["DBTOOLS_CACHE"] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.fixture(scope="session")
def data():
    """The folder of files that tests read."""
    return DATA


@pytest.fixture(scope="session")
def server():
    """A throw-away server, shared by the tests of one worker."""
    try:
        with start() as running:
            yield running
    except MissingExtra as missing:
        pytest.skip(str(missing))


@pytest.fixture
def database(server):
    """The URL of an empty database of its own; where a connection is enough, ``connection`` is ten times as fast."""
    with server.database() as url:
        yield url


@pytest.fixture(scope="session")
def _shared_database(server):
    with server.database() as url:
        yield url


@pytest.fixture
def connection(_shared_database):
    """A connection to an empty database, in autocommit."""
    with connect(_shared_database) as opened:
        yield opened
    with connect(_shared_database) as cleaner:
        cleaner.execute(EMPTY)


@contextmanager
def _folder_for_any_account():
    """Pytest's own temporary folders are closed to the account that runs PostgreSQL for root."""
    folder = Path(tempfile.mkdtemp(prefix="dbtools-test-", dir=_fast_folder()))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def cache(monkeypatch):
    """An empty cache folder."""
    with _folder_for_any_account() as folder:
        monkeypatch.setenv("DBTOOLS_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def _used_cache():
    with _folder_for_any_account() as folder:
        yield folder


@pytest.fixture
def used_cache(monkeypatch, _used_cache):
    """A cache folder that earlier tests may have used, but nobody else does now."""
    monkeypatch.setenv("DBTOOLS_CACHE", str(_used_cache))
    return _used_cache


@pytest.fixture
def put(tmp_path):
    """Writes a file under the test's folder."""

    def write(path, content):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)

    return write
