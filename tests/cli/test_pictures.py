"""Pictures as a user asks for them."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

SQL = """
CREATE TABLE "User" (id int PRIMARY KEY, "học phí" numeric(10,2));
CREATE TABLE "Course" (id int PRIMARY KEY, "ownerId" int REFERENCES "User");
"""
CONFIG = """
sources: {sql: schema.sql}
erd:
  domains:
    people: {tables: [User]}
    learning: {tables: [Course]}
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "schema.sql").write_text(SQL, "utf-8")
    (tmp_path / "dbtools.yaml").write_text(CONFIG)
    return tmp_path


def dbtools(folder, *arguments, before="pass", env=()):
    program = f"import sys; {before}; from dbtools.cli import main; sys.argv[0] = 'dbtools'; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=folder, capture_output=True, check=False,
        env={**os.environ, "NO_COLOR": "1", **dict(env)},
    )  # fmt: skip
    assert b"Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_svg_and_dot_go_to_stdout_in_utf_8_whatever_the_system_prefers(project, encoding):
    done = dbtools(project, "erd", "--format", "svg", env={"PYTHONIOENCODING": encoding})
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b'<?xml version="1.0" encoding="UTF-8"')
    assert "học phí" in done.stdout.decode()
    done = dbtools(project, "erd", "--format", "dot", env={"PYTHONIOENCODING": encoding})
    assert "học phí" in done.stdout.decode()
    assert not (project / "docs").exists()


def test_a_picture_is_written_to_a_file(project):
    done = dbtools(project, "erd", "--format", "png", "--domain", "learning", "--output", "learning.png")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (project / "learning.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in project.iterdir()) == ["dbtools.yaml", "learning.png", "schema.sql"]


def test_a_png_may_be_piped_on_but_not_shown_in_a_terminal(project):
    assert dbtools(project, "erd", "--format", "png").stdout.startswith(b"\x89PNG")
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "dbtools", "erd", "--format", "png"], cwd=project, stdout=theirs, stderr=subprocess.PIPE,
        text=True, check=False,
    )  # fmt: skip
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "error: a terminal shows no picture",
        "hint: name a file with --output, or pipe it on",
    ]


@pytest.mark.parametrize("form", ["svg", "png", "dot"])
def test_without_the_extra_it_says_how_to_get_it(project, form):
    done = dbtools(project, "erd", "--format", form, "--output", "a.out", before="sys.modules['eralchemy2'] = None")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().splitlines() == [
        "error: drawing a picture needs the optional part 'pictures', which is not installed",
        "hint: pip install 'dbtools[pictures]'",
    ]
    assert not (project / "a.out").exists()


def test_a_page_to_look_around_in_needs_nothing_and_draws_where_it_can(project):
    done = dbtools(project, "erd", "--format", "html", "--domain", "learning")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"<svg" in done.stdout
    without = dbtools(
        project, "erd", "--format", "html", "--output", "a.html", before="sys.modules['eralchemy2'] = None"
    )
    assert (without.returncode, without.stderr) == (0, b"")
    text = (project / "a.html").read_text("utf-8")
    assert "học phí" in text
    assert "<svg" not in text


def test_pages_need_no_extra(project):
    done = dbtools(project, "erd", before="sys.modules['eralchemy2'] = sys.modules['pygraphviz'] = None")
    assert done.returncode == 0
    assert (project / "docs/schema/erd.md").exists()


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (("--format", "svg", "--domain", "peple"), "there is no domain peple", "did you mean people?"),
        (("--format", "svg", "--check"), "--check compares the files", "leave out --format svg"),
        (("--format", "svg", "--suggest-domains"), "--suggest-domains is not drawn as svg", "leave out --format svg"),
        (("--format", "html", "--changed", "HEAD"), "--changed is not drawn as html", "leave out --format html"),
        (("--format", "svg", "--output", "."), "it is a folder", "name a file"),
        (("--format", "jpeg"), "'jpeg' is not one of", "dbtools erd --help"),
    ],
)
def test_what_makes_no_sense_is_told_with_a_hint(project, arguments, said, hint):
    done = dbtools(project, "erd", *arguments)
    first, second = done.stderr.decode().splitlines()
    assert done.returncode == 2
    assert said in first
    assert hint in second


def test_what_is_wrong_with_the_schema_is_told_on_stderr_beside_the_picture(project):
    config = project / "dbtools.yaml"
    config.write_text(CONFIG.replace("[Course]", "[Course, User]"))
    done = dbtools(project, "erd", "--format", "svg", "--output", "a.svg")
    assert done.returncode == 1
    assert "User is claimed by" in done.stderr.decode()
    assert "User" in (project / "a.svg").read_text("utf-8")
    assert dbtools(project, "erd", "--format", "svg", "--fail-on", "never").returncode == 0
    config.write_text(CONFIG.replace("[Course]", "[Nothing]"))
    done = dbtools(project, "erd", "--format", "svg")
    assert (done.returncode, "Course belongs to no domain" in done.stderr.decode()) == (0, True)
    assert dbtools(project, "erd", "--format", "svg", "--quiet").stderr == b""


@pytest.mark.parametrize(("runner", "stands"), [("", True), ("true", False)])
def test_what_is_told_beside_a_picture_gives_a_runner_of_github_no_commands(project, runner, stands):
    (project / "dbtools.yaml").write_text(CONFIG.replace("[Course]", "['##[error]x']"))
    said = dbtools(project, "erd", "--format", "dot", env={"GITHUB_ACTIONS": runner}).stderr.decode()
    assert "[error]x" in said
    assert ("##[error]x" in said) is stands


def test_a_source_that_cannot_be_read_leaves_the_picture_that_is_there(project):
    (project / "a.svg").write_text("mine")
    done = dbtools(project, "erd", "--format", "svg", "--source", "prisma:nothing.prisma", "--output", "a.svg")
    assert done.returncode == 2
    assert b"nothing.prisma" in done.stderr
    assert (project / "a.svg").read_text() == "mine"


def test_no_other_command_draws(project):
    done = dbtools(project, "changes", "--format", "svg")
    assert done.returncode == 2
    assert b"'svg' is not one of" in done.stderr
    assert Path(project / "docs").exists() is False
