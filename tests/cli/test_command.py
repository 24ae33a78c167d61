"""Judge nothing, for the sake of testing.

Files named here are made up.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from dbtools.cli import run
from dbtools.cli._command import report_command, writing_command
from dbtools.cli._options import change_options, stand_options
from dbtools.errors import SourceError
from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.report import File, Report


def found(severity):
    return Report("judge", f"one {severity}", (Finding("r", severity, "m", Location("a.sql")),))


REPORTS = {
    "nothing": Report("judge", "nothing to do"),
    "info": found(Severity.INFO),
    "warning": found(Severity.WARNING),
    "error": found(Severity.ERROR),
    "failed": Report("judge", "gave up", found(Severity.ERROR).findings, status="failed"),
}


@report_command
@click.argument("which", default="nothing")
@change_options
@stand_options
def judge(call, which, **given):
    if which == "config":
        return Report("judge", f"postgres {call.config.postgres} in {call.root}")
    if which == "given":
        scope = {name: getattr(given["scope"], name) for name in given["scope"].__match_args__}
        return Report("judge", json.dumps({**given, "scope": scope}, sort_keys=True))
    if which == "steps":
        call.say(1, 2, "looking")
        return REPORTS["nothing"]
    if which == "pipe":
        raise BrokenPipeError
    if which == "wrong":
        raise SourceError("a.sql cannot be read", hint="look at it")
    return REPORTS[which]


@writing_command
@click.option("--text", default="one\ntwo\n", help="What to write.")
@click.option("--fail", is_flag=True, help="Give up.")
def draw(_session, text, fail):
    part = Report("pages", files=(File("docs/a.md", text), File("old.md", None)), status="failed" if fail else "done")
    return Report("draw", "drawn", parts=(part,))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], judge))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "DBTOOLS_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("which", "fail_on", "code"),
    [
        ("nothing", None, 0),
        ("warning", None, 0),
        ("error", None, 1),
        ("warning", "warning", 1),
        ("info", "warning", 0),
        ("info", "info", 1),
        ("error", "never", 0),
        ("failed", None, 2),
        ("failed", "never", 2),
        ("wrong", None, 2),
    ],
)
def test_the_exit_code_is_the_verdict(which, fail_on, code):
    assert run([which, *(["--fail-on", fail_on] if fail_on else [])], judge) == code


def test_what_fails_a_command_may_stand_in_the_settings(folder):
    (folder / "dbtools.yaml").write_text("fail_on: warning\n")
    assert run(["warning"], judge) == 1
    assert run(["warning", "--fail-on", "error"], judge) == 0


def test_stdout_is_the_report_and_stderr_the_rest(capsys):
    run(["nothing"], judge)
    run(["wrong"], judge)
    assert capsys.readouterr() == (
        "✓ judge: nothing to do\n",
        "error: a.sql cannot be read\nhint: look at it\n",
    )


@pytest.mark.parametrize(
    ("form", "start"), [("text", "✗ judge"), ("json", '{\n  "version": 1'), ("markdown", "### ❌")]
)
def test_the_format_is_the_callers_choice(capsys, form, start):
    run(["error", "--format", form], judge)
    assert capsys.readouterr().out.startswith(start)


def test_a_command_given_its_inputs_needs_no_settings_and_says_so_when_it_does(folder, capsys):
    assert run(["nothing"], judge) == 0
    assert run(["config"], judge) == 2
    assert "there is no dbtools.yaml" in capsys.readouterr().err
    (folder / "dbtools.yaml").write_text("postgres: 16")
    assert run(["config"], judge) == 0
    assert capsys.readouterr().out == f"✓ judge: postgres 16 in {folder}\n"


def test_the_settings_may_be_named(folder, capsys):
    (folder / "conf").mkdir()
    (folder / "conf" / "mine.yaml").write_text("postgres: 17")
    assert run(["config", "--config", "conf/mine.yaml"], judge) == 0
    assert capsys.readouterr().out == f"✓ judge: postgres 17 in {folder}/conf\n"


def test_settings_with_a_mistake_stop_every_command(folder, capsys):
    (folder / "dbtools.yaml").write_text("postgre: 16")
    assert run(["nothing"], judge) == 2
    assert capsys.readouterr().err.startswith(
        "error: dbtools.yaml:1: unknown key 'postgre'\nhint: did you mean 'postgres'?"
    )


def test_what_to_review_arrives(capsys, monkeypatch):
    monkeypatch.setenv("DBTOOLS_SERVER_URL", "postgres://h/d")
    run(["given", "--base", "main", "--format", "json"], judge)
    given = json.loads(json.loads(capsys.readouterr().out)["summary"])
    scope = {"base": "main", "commit": None, "since": None, "staged": False, "everything": False}
    assert given == {"scope": scope, "stand": ["postgres://h/d", None]}


def test_only_one_thing_can_be_reviewed(capsys):
    assert run(["--base", "main", "--all"], judge) == 2
    assert capsys.readouterr().err.startswith("error: --base and --all exclude each other\nhint: ")


def test_help_is_the_modules_docstring_with_the_options_in_two_lists(capsys):
    assert run(["--help"], judge) == 0
    shown = capsys.readouterr().out
    assert "Judge nothing, for the sake of testing." in shown
    own, shared = shown.split("Report:\n")
    assert "--base REV" in own
    assert "[env var: DBTOOLS_SERVER_URL]" in " ".join(own.split())
    assert "--fail-on" in shared


@pytest.mark.parametrize(
    ("env", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_is_the_users_word_when_there_is_no_terminal(capsys, monkeypatch, env, coloured):
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    run(["error"], judge)
    assert ("\x1b[" in capsys.readouterr().out) is coloured


@pytest.mark.parametrize(
    ("env", "coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({"CLICOLOR": "0"}, False), ({"NO_COLOR": "1"}, False)],
)
def test_a_terminal_is_coloured_unless_it_cannot_or_should_not(capsys, monkeypatch, env, coloured):
    monkeypatch.setenv("TERM", "xterm")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    run(["error"], judge)
    assert ("\x1b[" in capsys.readouterr().out) is coloured


def test_a_report_in_a_file_is_never_coloured_and_leaves_nothing_beside(folder, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert run(["error", "--output", "deep/report.txt"], judge) == 1
    assert (folder / "deep/report.txt").read_text().startswith("✗ judge: one error\n")
    assert [path.name for path in (folder / "deep").iterdir()] == ["report.txt"]
    assert capsys.readouterr().out == ""


def test_a_dash_is_stdout(capsys):
    run(["nothing", "--output", "-"], judge)
    assert capsys.readouterr().out == "✓ judge: nothing to do\n"


def test_a_device_is_written_to_and_not_replaced(folder):
    os.mkfifo(folder / "pipe")
    reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert run(["nothing", "--output", "pipe"], judge) == 0
    assert os.read(reader, 100).decode() == "✓ judge: nothing to do\n"
    os.close(reader)
    assert (folder / "pipe").is_fifo()


@pytest.mark.parametrize("target", [".", "/dev/full", "file/below"])
def test_a_report_that_cannot_be_written_is_an_error(folder, capsys, target):
    (folder / "file").touch()
    assert run(["nothing", "--output", target], judge) == 2
    assert capsys.readouterr().err.startswith("error: cannot write ")


def test_a_full_disk_behind_stdout_is_an_error():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, __file__, "nothing"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.stderr.startswith("error: cannot write the report: No space left on device\n")


def test_a_reader_that_leaves_does_not_change_the_verdict():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, __file__, "error"], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_pipe_that_broke_inside_a_command_is_no_success(capsys):
    assert run(["pipe"], judge) == 2
    assert "a pipe to another program broke" in capsys.readouterr().err


def test_steps_are_lines_when_asked_for(capsys):
    run(["steps"], judge)
    assert capsys.readouterr().err == ""
    run(["steps", "--verbose"], judge)
    assert capsys.readouterr().err == "1/2 looking\n"


def test_files_are_written_and_said_once(folder, capsys):
    (folder / "old.md").touch()
    assert run([], draw) == 0
    assert (folder / "docs/a.md").read_text() == "one\ntwo\n"
    assert not (folder / "old.md").exists()
    assert capsys.readouterr().err == "wrote docs/a.md\nremoved old.md\n"
    assert run([], draw) == 0
    assert capsys.readouterr().err == ""


def test_files_belong_beside_the_settings(folder, monkeypatch):
    (folder / ".git").mkdir()
    (folder / "dbtools.yaml").touch()
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder / "inner")
    run(["--quiet"], draw)
    assert (folder / "docs/a.md").exists()


def test_check_writes_nothing_shows_the_difference_and_exits_1(folder, capsys):
    run([], draw)
    assert run(["--check"], draw) == 0
    assert run(["--check", "--text", "one\n2\n"], draw) == 1
    shown = capsys.readouterr().out
    assert "docs/a.md:1:1  error  file-outdated" in shown
    assert "--- a/docs/a.md\n    +++ b/docs/a.md\n" in shown
    assert "    -two\n    +2\n" in shown
    assert (folder / "docs/a.md").read_text() == "one\ntwo\n"


def test_what_gave_up_writes_nothing(folder):
    assert run(["--fail"], draw) == 2
    assert not list(folder.iterdir())


def test_quiet_says_nothing_of_what_was_written(capsys):
    run(["--quiet"], draw)
    assert capsys.readouterr().err == ""
