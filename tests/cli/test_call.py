import sys

import pytest

from dbtools.cli._call import Call


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


def on_a_terminal(monkeypatch, **settings):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    return Call(**settings)


def test_a_short_wait_needs_no_bar(capsys, clock, monkeypatch):
    call = on_a_terminal(monkeypatch)
    clock[0] += 1.9
    call.say(1, 2, "step")
    call.close()
    assert capsys.readouterr().err == ""


def test_a_long_wait_has_a_bar_that_goes_away(capsys, clock, monkeypatch):
    call = on_a_terminal(monkeypatch)
    clock[0] += 2.1
    call.say(1, 4, "0002_x.up.sql")
    assert capsys.readouterr().err == "\r\x1b[K█████░░░░░░░░░░░░░░░ 1/4 0002_x.up.sql"
    call.say(2, 4, "drawn too soon")
    assert capsys.readouterr().err == ""
    call.close()
    call.close()
    assert capsys.readouterr().err == "\r\x1b[K"


def test_a_line_takes_the_place_of_the_bar(capsys, clock, monkeypatch):
    call = on_a_terminal(monkeypatch)
    clock[0] += 3
    call.say(0, 0, "x")
    capsys.readouterr()
    call.note("wrote a.md")
    assert capsys.readouterr().err == "\r\x1b[Kwrote a.md\n"


@pytest.mark.parametrize("quiet", [True, False])
def test_there_is_no_bar_without_a_terminal_or_when_quiet(capsys, clock, monkeypatch, quiet):
    call = on_a_terminal(monkeypatch, quiet=True) if quiet else Call()
    clock[0] += 9
    call.say(1, 2, "step")
    assert capsys.readouterr().err == ""
