"""A rehearsal that is interrupted, has company, or finds the disk full."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dbtools.pg.connect import connect

pytestmark = [pytest.mark.server, pytest.mark.slow]

# A shell hides ^C from what it runs in the background, and so from all that this starts.
PROGRAM = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
import dbtools.cli
dbtools.cli.main()
"""
SLEEPS = "SELECT pg_sleep(30);"
AT_ONCE = 20.0  # seconds; what would have been waited for is longer


class Project:
    """A repository with a history of two migrations and a new one, and a cache of its own."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder, self.cache = folder, cache
        self.write("dbtools.yaml", "sources: {migrations: migrations}\n")
        self.migrate(1, "CREATE TABLE author (id int PRIMARY KEY);", "DROP TABLE author;")
        self.migrate(2, "ALTER TABLE author ADD COLUMN name text;", "ALTER TABLE author DROP COLUMN name;")
        self.git("init", "--quiet")
        self.commit()
        self.migrate(3, "ALTER TABLE author ADD COLUMN x int;", "ALTER TABLE author DROP COLUMN x;")

    def write(self, path, text):
        (self.folder / path).parent.mkdir(exist_ok=True)
        (self.folder / path).write_text(text)

    def migrate(self, number, up, down):
        self.write(f"migrations/000{number}_change.up.sql", up)
        self.write(f"migrations/000{number}_change.down.sql", down)

    def git(self, *arguments):
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", *who, *arguments], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "a change")

    def start(self, *arguments, **environment):
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "rehearse", "--verbose", *arguments],
            cwd=self.folder, env={**os.environ, "DBTOOLS_CACHE": str(self.cache), **environment}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, *arguments, **environment):
        """The exit code and what was said."""
        with self.start(*arguments, **environment) as process:
            said = process.stdout.read()
        return process.returncode, said

    def servers(self):
        """The processes of PostgreSQL that use the cache."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(self.cache) in command and ("postgres" in command or "initdb" in command):
                found.append(command)
        return found


@pytest.fixture
def project(tmp_path, cache):
    return Project(tmp_path, cache)


@pytest.fixture
def warm_project(tmp_path, used_cache):
    return Project(tmp_path, used_cache)


def read_until(process, words):
    """What is said up to the line with these *words*."""
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return
    raise AssertionError("".join(said))


def interrupted(project, process, sent):
    """The exit code after a signal, which comes soon and leaves no server."""
    began = time.monotonic()
    process.send_signal(sent)
    process.stdout.read()
    process.wait()
    assert time.monotonic() - began < AT_ONCE
    assert project.servers() == []
    return process.returncode


CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
proc = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are looked for in /proc")


@proc
@pytest.mark.parametrize("sent", CODES)
def test_interrupting_while_the_cluster_is_made_leaves_nothing(project, sent):
    with project.start() as process:
        while not any("initdb" in command for command in project.servers()):
            time.sleep(0.01)
        assert interrupted(project, process, sent) == CODES[sent]
    code, said = project.run()
    assert code == 0, said


@proc
@pytest.mark.parametrize("sent", CODES)
def test_interrupting_while_the_server_starts_leaves_nothing(warm_project, sent):
    assert warm_project.run()[0] == 0
    with warm_project.start() as process:
        while not warm_project.servers():
            time.sleep(0.001)
        assert interrupted(warm_project, process, sent) == CODES[sent]
    code, said = warm_project.run()
    assert code == 0, said


@proc
@pytest.mark.parametrize("sent", CODES)
def test_interrupting_the_history_keeps_no_half_of_it(warm_project, sent):
    project = warm_project
    project.migrate(2, f"ALTER TABLE author ADD COLUMN {sent.name} text;", "")
    project.commit()
    project.migrate(4, "CREATE TABLE last (id int);", "DROP TABLE last;")
    text = (project.folder / "migrations/0003_change.up.sql").read_text()
    project.migrate(3, f"{text} {SLEEPS}", "ALTER TABLE author DROP COLUMN x;")
    project.commit()
    project.migrate(5, "ALTER TABLE author ADD COLUMN y int;", "ALTER TABLE author DROP COLUMN y;")
    with project.start() as process:
        read_until(process, "running 0003_change")
        time.sleep(0.3)
        assert interrupted(project, process, sent) == CODES[sent]
    project.migrate(3, text, "ALTER TABLE author DROP COLUMN x;")
    project.commit()
    project.migrate(5, "ALTER TABLE author ADD COLUMN z int;", "ALTER TABLE author DROP COLUMN z;")
    code, said = project.run("--base", "HEAD")
    assert code == 0, said


@proc
@pytest.mark.parametrize("sent", CODES)
@pytest.mark.parametrize("after", [0.0, 0.3, 1.0])
def test_interrupting_a_statement_leaves_nothing(warm_project, sent, after):
    project = warm_project
    project.migrate(3, f"CREATE ROLE app; CREATE EXTENSION pg_buffercache; {SLEEPS}", "DROP ROLE app;")
    with project.start() as process:
        read_until(process, "rehearsing 0003_change")
        time.sleep(after)
        assert interrupted(project, process, sent) == CODES[sent]
    project.migrate(3, "CREATE ROLE app;", "DROP ROLE app;")
    code, said = project.run()
    assert code == 0, said


def test_two_rehearsals_of_one_history_run_at_once(warm_project):
    with warm_project.start() as first, warm_project.start() as second:
        said = [process.stdout.read() for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), said


def test_two_rehearsals_on_one_server_run_at_once_and_leave_nothing(warm_project, server):
    def everything():
        with connect(server.url) as connection:
            found = connection.execute("SELECT rolname FROM pg_roles UNION ALL SELECT datname FROM pg_database")
            return sorted(name for (name,) in found)

    before = everything()
    with (
        warm_project.start("--server-url", server.url) as first,
        warm_project.start("--server-url", server.url) as second,
    ):
        said = [process.stdout.read() for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), said
    assert everything() == before


@pytest.mark.parametrize("sent", CODES)
def test_interrupting_on_a_server_that_was_named_leaves_nothing_there(warm_project, server, sent):
    def everything():
        with connect(server.url) as connection:
            found = connection.execute("SELECT rolname FROM pg_roles UNION ALL SELECT datname FROM pg_database")
            return sorted(name for (name,) in found)

    before = everything()
    warm_project.migrate(3, f"CREATE ROLE app; GRANT SELECT ON author TO reader; {SLEEPS}", "SELECT 1;")
    with warm_project.start("--server-url", server.url) as process:
        read_until(process, "rehearsing 0003_change")
        time.sleep(1.0)
        process.send_signal(sent)
        process.stdout.read()
    assert process.returncode == CODES[sent]
    assert everything() == before


@pytest.fixture
def small_disk(cache):
    """Mounts a file system of that many megabytes over the cache."""
    mounted = []

    def mount(megabytes):
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "dbtools-test", str(cache)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
        mounted.append(cache)

    yield mount
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("megabytes", [20, 200])
def test_a_full_disk_is_said_and_nothing_half_is_kept(project, small_disk, megabytes):
    try:
        small_disk(megabytes)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    rows = "CREATE TABLE much AS SELECT g, md5(g::text) FROM generate_series(1, 3000000) AS g;"
    project.migrate(3, rows, "DROP TABLE much;")
    code, said = project.run()
    assert code == 2, said
    assert "No space left" in said
    assert "hint: " in said
    assert "dbtools itself broke" not in said
    project.migrate(3, "ALTER TABLE author ADD COLUMN x int;", "ALTER TABLE author DROP COLUMN x;")
    if megabytes > 100:
        assert project.run()[0] == 0
