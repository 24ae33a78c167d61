import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from dbtools import __version__
from dbtools.cli import Hall, hall, run
from dbtools.errors import DatabaseError

COMMAND = '''"""Say {what}.

More about it.
"""

import click

@click.command(help=__doc__)
@click.option("--loudly", is_flag=True, help="Loudly.")
def command(*, loudly):
    click.echo("{what}" + "!" * loudly)
'''


@pytest.fixture
def little(tmp_path, monkeypatch):
    """A hall of two commands in a package of its own."""
    folder = tmp_path / "little_package"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "_machinery.py").write_text("raise AssertionError")
    (folder / "say_hello.py").write_text(COMMAND.format(what="hello"))
    (folder / "broken.py").write_text('"""Break."""\nraise AssertionError("imported")\n')
    monkeypatch.syspath_prepend(tmp_path)
    yield Hall("little_package", folder, name="dbtools")
    for name in [name for name in sys.modules if name.startswith("little_package")]:
        del sys.modules[name]


def raising(error):
    @click.command()
    @click.option("-v", "verbose", is_flag=True)
    def command(**_):
        raise error

    return command


def test_a_file_is_a_command_and_help_imports_none(little, capsys):
    assert run(["--help"], little) == 0
    shown = capsys.readouterr().out
    assert "say-hello  Say hello.\n" in shown
    assert "broken     Break.\n" in shown
    assert "machinery" not in shown
    assert "little_package.broken" not in sys.modules


def test_a_command_is_called_by_its_name(little, capsys):
    assert run(["say-hello", "--loudly"], little) == 0
    assert capsys.readouterr().out == "hello!\n"


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (["say-helo"], "there is no command 'say-helo'", "did you mean 'say-hello'?"),
        (["zzz"], "there is no command 'zzz'", "dbtools --help shows what there is"),
        (["say-hello", "--louder"], "No such option '--louder'", "did you mean '--loudly'?"),
        (["say-hello", "--zzz"], "No such option '--zzz'", "dbtools say-hello --help shows what there is"),
        (["say-hello", "x"], "Got unexpected extra argument (x)", "dbtools say-hello --help shows what there is"),
    ],
)
def test_a_slip_of_the_fingers_is_answered_with_the_nearest(little, capsys, arguments, error, hint):
    assert run(arguments, little) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0].replace(": --", " '--").rstrip("'") == f"error: {error}".rstrip("'")
    assert said[1:] == [f"hint: {hint}"]


def test_the_version_is_said(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"dbtools {__version__}\n"


def test_an_error_is_two_lines_without_passwords(capsys):
    error = DatabaseError("no answer from\npostgres://me:s3cr:et@host/db", hint="start it")
    assert run([], raising(error)) == 2
    assert capsys.readouterr().err == "error: no answer from postgres://me:***@host/db\nhint: start it\n"


def test_our_own_bug_is_told_from_the_users(capsys, monkeypatch):
    monkeypatch.delenv("DBTOOLS_DEBUG", raising=False)
    assert run([], raising(KeyError("x"))) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: dbtools itself broke (KeyError: 'x'); this is a bug of dbtools")
    assert "Traceback" not in said


@pytest.mark.parametrize(("arguments", "debug"), [(["-v"], ""), ([], "1")])
def test_the_whole_story_is_told_when_asked_for(capsys, monkeypatch, arguments, debug):
    monkeypatch.setenv("DBTOOLS_DEBUG", debug)
    assert run(arguments, raising(KeyError("postgres://me:pw@h"))) == 2
    said = capsys.readouterr().err
    assert said.startswith("Traceback")
    assert "me:pw@" not in said


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_interrupting_exits_130(capsys, error):
    assert run([], raising(error)) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_a_reader_that_leaves_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "dbtools", "--help"], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_being_terminated_still_cleans_up(tmp_path):
    program = (
        "import sys, time\nimport dbtools.cli as cli\n"
        "def forever(*_):\n"
        "    try:\n        open('started', 'x').close()\n        time.sleep(60)\n"
        "    finally:\n        open('cleaned', 'x').close()\n"
        "cli.run = forever\ncli.main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path.cwd())}
    )
    deadline = time.monotonic() + 10
    while not (tmp_path / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 143
    assert (tmp_path / "cleaned").exists()


def test_names_that_stdout_cannot_spell_do_not_stop_it():
    program = "import sys, dbtools.cli as cli\ncli.run = lambda _: print('Ti\\u1ebfng \\udce9')\ncli.main()\n"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"Ti?ng ?\n")


def test_the_real_hall_lists_the_modules_beside_it():
    names = hall.list_commands(click.Context(hall))
    assert names == sorted(names)
    assert not any(name.startswith("_") for name in names)
