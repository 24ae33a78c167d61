import pytest

from dbtools.cli._files import checked, outdated, write
from dbtools.errors import UsageError
from dbtools.model.report import File, Report


def everything(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_only_what_differs_is_outdated(tmp_path):
    (tmp_path / "same").write_text("x")
    (tmp_path / "other").write_text("y")
    files = [File("same", "x"), File("other", "x"), File("new", "x"), File("gone", None)]
    assert [file.path for file in outdated(files, tmp_path)] == ["other", "new"]


def test_a_file_that_cannot_be_written_leaves_the_others_unwritten(tmp_path):
    (tmp_path / "a").write_text("old")
    (tmp_path / "blocked").touch()
    with pytest.raises(UsageError, match="cannot write"):
        write([File("a", "new"), File("z/b", "new"), File("blocked/c", "new")], tmp_path)
    assert (tmp_path / "a").read_text() == "old"
    assert [name for name in everything(tmp_path) if name != "z"] == ["a", "blocked"]


def test_a_folder_in_the_place_of_a_file_is_an_error(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(UsageError, match="it is a folder"):
        write([File("a", "x")], tmp_path)
    with pytest.raises(UsageError, match="cannot read"):
        outdated([File("a", "x")], tmp_path)


def test_a_link_keeps_pointing_and_its_file_keeps_its_mode(tmp_path):
    real = tmp_path / "real"
    real.write_text("old")
    real.chmod(0o640)
    (tmp_path / "link").symlink_to(real)
    write([File("link", "new")], tmp_path)
    assert (tmp_path / "link").readlink() == real
    assert (real.read_text(), real.stat().st_mode & 0o777) == ("new", 0o640)


def test_a_difference_says_when_a_line_does_not_end(tmp_path):
    (tmp_path / "a").write_text("one\n")
    report = checked(Report("erd"), [File("a", "one")], tmp_path)
    assert report.sections[0].text == "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-one\n+one\n\\ No newline at end of file\n"


def test_removing_a_file_is_a_difference(tmp_path):
    (tmp_path / "a").write_text("one\n")
    report = checked(Report("erd"), [File("a", None)], tmp_path)
    assert report.sections[0].text.endswith("@@ -1 +0,0 @@\n-one\n")
    assert [finding.location.path for finding in report.findings] == ["a"]
