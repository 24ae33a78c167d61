import json
import os
import subprocess

import pytest

from dbtools.change import Given, Project, Scope, gather, gather_paths
from dbtools.errors import GitError, SourceError
from dbtools.model.expression import Name
from dbtools.model.finding import Location, Severity
from dbtools.sources.layouts import Running

ONE = "CREATE TABLE a (id int PRIMARY KEY);"
TWO = "CREATE TABLE b (id int);"
THREE = "ALTER TABLE a ADD COLUMN x int;"
A, B = Name("public", "a"), Name("public", "b")


class Repository:
    """A real git repository, and the project in it."""

    def __init__(self, root, below=""):
        self.top, self.root = root, root / below
        self.root.mkdir(parents=True, exist_ok=True)

    def git(self, *arguments):
        identity = {f"GIT_{who}_{what}": "x@y.z" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = os.environ | identity | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(["git", *arguments], cwd=self.top, env=environment, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def write(self, **files):
        for path, text in files.items():
            self.put(f"migrations/{path.removeprefix('_')}.up.sql", text)

    def put(self, path, content):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, **files):
        self.write(**files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "x")
        return self.git("rev-parse", "HEAD")

    def change(self, scope=None, **settings):
        settings = {"sources": {"migrations": ("migrations",)}, "truth": "migrations"} | settings
        return gather(Project(self.root, **settings), scope or Scope())


@pytest.fixture
def repository(tmp_path):
    made = Repository(tmp_path)
    made.git("init", "--quiet", "--initial-branch", "main")
    return made


def names(migrations):
    return [migration.name for migration in migrations]


# What is compared with what -----------------------------------------------------------------------


def test_nothing_changed_is_an_empty_change(repository):
    repository.commit(_1=ONE)
    change = repository.change()
    assert change.empty
    assert not change.readings
    assert change.base == change.head
    assert "working tree against the last commit" in change.label


def test_files_that_git_does_not_know_yet_are_part_of_the_working_tree(repository):
    repository.commit(_1=ONE)
    repository.write(_2=TWO, _10=THREE)
    change = repository.change()
    assert names(change.new) == ["2", "10"]
    assert names(change.history) == ["1"]
    assert (A in change.base.tables, B in change.base.tables, B in change.head.tables) == (True, False, True)
    assert change.touched == ("migrations/10.up.sql", "migrations/2.up.sql")


def test_a_repository_with_longer_names_is_read_as_any_other(tmp_path):
    repository = Repository(tmp_path)
    repository.git("init", "--quiet", "--object-format=sha256")
    repository.commit(_1=ONE, _2=TWO)
    assert repository.change().empty
    repository.write(_2=ONE, _3=THREE)
    change = repository.change()
    assert (names(change.history), names(change.new)) == (["1"], ["2", "3"])


def test_what_is_on_disk_as_it_was_need_not_be_fetched(repository):
    name = repository.commit(_1=ONE, _2=TWO)
    repository.write(_3=THREE)
    blob = repository.git("rev-parse", f"{name}:migrations/1.up.sql")
    (repository.root / ".git/objects" / blob[:2] / blob[2:]).unlink()  # as in a clone without contents
    change = repository.change()
    assert (names(change.history), names(change.new)) == (["1", "2"], ["3"])
    assert A in change.base.tables


def test_a_base_means_the_commit_where_the_branches_parted(repository):
    repository.commit(_1=ONE)
    repository.git("checkout", "--quiet", "-b", "feature")
    repository.commit(_2=TWO)
    repository.git("checkout", "--quiet", "main")
    repository.commit(_3="CREATE TABLE c (id int);")
    repository.git("checkout", "--quiet", "feature")
    repository.write(_4=THREE)
    change = repository.change(Scope(base="main"))
    assert names(change.history) == ["1"]
    assert names(change.new) == ["2", "4"]
    assert "against main" in change.label


def test_a_commit_is_compared_with_its_parent_whatever_came_later(repository):
    repository.commit(_1=ONE)
    second = repository.commit(_2=TWO)
    repository.commit(_3=THREE)
    repository.write(_4="DROP TABLE a;")
    change = repository.change(Scope(commit=second[:8]))
    assert names(change.history) == ["1"]
    assert names(change.new) == ["2"]
    assert change.label == f"commit {second[:10]}"


def test_the_first_commit_is_all_new(repository):
    first = repository.commit(_1=ONE, _2=TWO)
    change = repository.change(Scope(commit=first))
    assert names(change.new) == ["1", "2"]
    assert change.base.tables == {}


def test_only_what_is_staged_counts_when_that_is_asked(repository):
    repository.commit(_1=ONE)
    repository.write(_2=TWO)
    repository.git("add", "--all")
    repository.write(_2="DROP TABLE a;", _3=THREE)
    change = repository.change(Scope(staged=True))
    assert names(change.new) == ["2"]
    assert change.new[0].up.text == TWO
    assert "staged" in change.label


@pytest.mark.parametrize("staged", [True, False])
def test_before_the_first_commit_everything_is_new(repository, staged):
    repository.write(_1=ONE)
    repository.git("add", "--all")
    change = repository.change(Scope(staged=staged))
    assert names(change.new) == ["1"]
    assert "no commit yet" in change.label


def test_everything_needs_no_git(tmp_path):
    repository = Repository(tmp_path)
    repository.write(_1=ONE, _2=TWO)
    change = repository.change(Scope(everything=True))
    assert names(change.new) == ["1", "2"]
    assert change.one_by_one
    assert change.base.tables == {}


def test_a_project_below_the_top_of_its_repository_has_paths_of_its_own(tmp_path):
    repository = Repository(tmp_path, "services/shop")
    repository.git("init", "--quiet", "--initial-branch", "main")
    first = repository.commit(_1=ONE)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "9.up.sql").write_text("DROP TABLE a;")
    repository.git("add", "--all")
    for scope in (Scope(), Scope(staged=True), Scope(base=first)):
        assert repository.change(scope).empty
    change = repository.change(Scope(commit=first))
    assert change.touched == ("migrations/1.up.sql",)


def test_a_source_beside_the_project_has_the_same_path_in_every_tree(tmp_path):
    repository = Repository(tmp_path, "backend")
    repository.git("init", "--quiet", "--initial-branch", "main")
    first = repository.commit(_1=ONE)
    repository.put("../sql/1.sql", ONE)
    repository.git("add", "--all")
    sources = {"migrations": ("migrations",), "sql": ("../sql",)}
    assert repository.change(Scope(staged=True), sources=sources).touched == ("../sql/1.sql",)
    assert repository.change(Scope(base=first), sources=sources).touched == ("../sql/1.sql",)


@pytest.mark.parametrize("where", ["migrations", "migrations/", "./migrations", ".", "[id]/*"])
def test_a_place_is_a_path_and_no_pattern(repository, where):
    repository.put("[id]/*/1.up.sql", TWO)
    first = repository.commit(_1=ONE)
    for scope in (Scope(), Scope(staged=True), Scope(base=first)):
        assert repository.change(scope, sources={"migrations": (where,)}).empty


# What happened to files ---------------------------------------------------------------------------


def test_an_edited_migration_is_told_and_judged_again(repository):
    repository.commit(_1=ONE, _2=TWO)
    repository.write(_2="CREATE TABLE b (id bigint);")
    change = repository.change()
    (problem,) = change.problems
    assert (problem.rule, problem.severity) == ("migration-edited", Severity.WARNING)
    assert problem.location == Location("migrations/2.up.sql")
    assert names(change.new) == ["2"]
    assert B not in change.base.tables


def test_a_way_back_that_is_added_later_edits_nothing(repository):
    repository.commit(_1=ONE)
    repository.put("migrations/1.down.sql", "DROP TABLE a;")
    change = repository.change()
    assert names(change.new) == ["1"]
    assert change.problems == ()
    assert change.new[0].down.text == "DROP TABLE a;"


def test_a_removed_migration_is_told_and_still_part_of_what_was_before(repository):
    repository.commit(_1=ONE, _2=TWO)
    (repository.root / "migrations/2.up.sql").unlink()
    change = repository.change()
    assert [problem.rule for problem in change.problems] == ["migration-removed"]
    assert change.touched == ("migrations/2.up.sql",)
    assert names(change.history) == ["1", "2"]
    assert (B in change.base.tables, B in change.head.tables) == (True, False)


def test_a_renamed_migration_is_new_and_removed(repository):
    repository.commit(_1=ONE)
    repository.git("mv", "migrations/1.up.sql", "migrations/01.up.sql")
    change = repository.change()
    assert names(change.new) == ["01"]
    assert [problem.rule for problem in change.problems] == ["migration-removed"]


def test_files_that_nobody_reads_change_nothing(repository):
    repository.commit(_1=ONE)
    repository.put("migrations/README.md", "about")
    repository.put("migrations/picture.png", b"\x89PNG\xff")
    repository.put("elsewhere/9.up.sql", TWO)
    assert repository.change().empty


def test_named_queries_are_part_of_a_change(repository):
    repository.commit(_1=ONE)
    repository.put("queries/all.sql", "-- name: everything\nSELECT id FROM a")
    change = repository.change(queries=("queries",))
    assert [(query.name, query.location) for query in change.queries] == [
        ("everything", Location("queries/all.sql", 2))
    ]
    assert change.touched == ("queries/all.sql",)
    assert [reader.source for reader in change.readers(A, "id")] == ["query everything"]
    assert change.readers_known


# Files that cannot be read ------------------------------------------------------------------------


def test_a_file_that_is_no_utf8_is_told_and_read_as_far_as_it_goes(repository):
    repository.commit(_1=ONE)
    repository.put("migrations/2.up.sql", b"-- caf\xe9\n" + TWO.encode())
    change = repository.change()
    (problem,) = change.problems
    assert (problem.rule, problem.location) == ("unreadable-file", Location("migrations/2.up.sql", 1))
    assert "0xe9" in problem.message
    assert problem.hint
    assert B in change.head.tables


def test_problems_alone_are_no_empty_change(repository):
    repository.commit()
    repository.put("migrations/README.sql/1.up.sql", b"-- \xff\n")
    change = repository.change()
    assert [problem.rule for problem in change.problems] == ["unreadable-file"]
    assert not change.empty


def test_a_byte_order_mark_is_no_part_of_the_text(repository):
    repository.put("migrations/1.up.sql", b"\xef\xbb\xbf" + ONE.encode())
    assert repository.change(Scope(everything=True)).new[0].up.text == ONE


def test_a_folder_called_like_a_file_is_a_folder(repository):
    repository.commit()
    repository.put("migrations/20240101_x.sql/migration.sql", ONE)
    repository.put("migrations/20240102_y.sql/notes.txt", "nothing here")
    change = repository.change()
    assert names(change.new) == ["20240101_x.sql"]
    repository.commit()
    assert repository.change().empty


def test_a_source_that_is_a_folder_called_like_a_file_without_sql_is_a_finding(repository):
    repository.put("x.sql/notes.txt", "nothing here")
    change = repository.change(Scope(everything=True), sources={"sql": ("x.sql",)}, truth="sql")
    (problem,) = change.problems
    assert (problem.rule, problem.severity, problem.location.path) == ("unreadable-source", Severity.ERROR, "x.sql")


@pytest.mark.parametrize("kind", ["migrations", "sql", "prisma"])
def test_an_empty_folder_and_a_missing_path_are_findings_with_a_hint(repository, kind):
    repository.commit()
    (repository.root / "empty").mkdir()
    for where in ("empty", "missing"):
        change = repository.change(sources={kind: (where,)}, truth=kind)
        (problem,) = change.problems
        assert problem.rule == "unreadable-source"
        assert where in problem.message
        assert problem.hint


def test_broken_sql_is_kept_as_unknown_and_the_rest_is_read(repository):
    repository.write(_1=f"ALTER TABEL zzz; {ONE}")
    change = repository.change(Scope(everything=True))
    (reading,) = change.readings
    assert A in change.head.tables
    assert [each.location for each in reading.unknown] == [Location("migrations/1.up.sql", 1, 7)]


# What git cannot answer ---------------------------------------------------------------------------


def test_outside_of_a_repository_the_error_says_what_to_do(tmp_path):
    repository = Repository(tmp_path)
    repository.write(_1=ONE)
    for scope in (Scope(), Scope(staged=True), Scope(base="main"), Scope(commit="HEAD")):
        with pytest.raises(GitError, match="not a git repository") as error:
            repository.change(scope)
        assert "--all" in error.value.hint


@pytest.mark.parametrize(
    "scope", [Scope(base="nowhere"), Scope(commit="nowhere"), Scope(base="--all"), Scope(commit="")]
)
def test_a_revision_that_does_not_exist_is_told_with_a_hint(repository, scope):
    repository.commit(_1=ONE)
    with pytest.raises(GitError, match="there is no revision") as error:
        repository.change(scope)
    assert "fetch" in error.value.hint


def test_branches_without_a_common_commit_are_told(repository):
    repository.commit(_1=ONE)
    repository.git("checkout", "--quiet", "--orphan", "other")
    repository.commit(_2=TWO)
    with pytest.raises(GitError, match="no commit in common"):
        repository.change(Scope(base="main"))


def test_a_parent_that_was_not_fetched_is_no_first_commit(repository, tmp_path_factory):
    repository.commit(_1=ONE)
    repository.commit(_2=TWO)
    clone = Repository(tmp_path_factory.mktemp("clone") / "shallow")
    clone.top.rmdir()
    repository.git("clone", "--quiet", "--depth", "1", f"file://{repository.top}", str(clone.top))
    with pytest.raises(GitError) as error:
        clone.change(Scope(commit="HEAD"))
    assert "fetch-depth" in error.value.hint


def test_a_place_outside_of_the_repository_is_told(repository):
    repository.commit(_1=ONE)
    with pytest.raises(GitError, match="outside"):
        repository.change(Scope(staged=True), sources={"migrations": ("../elsewhere",)})


def test_a_file_that_cannot_be_opened_is_told(repository):
    repository.write(_1=ONE)
    (repository.root / "migrations/loop.sql").symlink_to("loop.sql")
    assert names(repository.change(Scope(everything=True)).new) == ["1"]
    if os.geteuid() == 0:
        pytest.skip("root may open everything")
    (repository.root / "migrations/1.up.sql").chmod(0)
    with pytest.raises(SourceError, match="cannot be read"):
        repository.change(Scope(everything=True))


# Files given by name --------------------------------------------------------------------------------


def test_files_are_judged_one_by_one_without_a_history():
    change = gather_paths(Given({"b.sql": TWO.encode(), "a.txt": b"SELECT \xff"}), Running())
    assert names(change.new) == ["b", "a"]
    assert not change.base.complete
    assert change.one_by_one


def test_a_folder_is_a_history_of_its_own():
    folders = {"m": {"m/2.up.sql": TWO.encode(), "m/1.up.sql": ONE.encode()}, "n": {}}
    change = gather_paths(Given(folders=folders), Running())
    assert names(change.new) == ["1", "2"]
    assert change.base.complete
    assert [problem.rule for problem in change.problems] == ["unreadable-source"]


# How migrations are laid out ------------------------------------------------------------------------


def journal(*tags):
    entries = [{"idx": number, "when": number, "tag": tag} for number, tag in enumerate(tags)]
    return json.dumps({"dialect": "postgresql", "entries": entries})


def test_a_file_that_the_journal_names_at_last_is_new_though_it_was_there(repository):
    repository.put("migrations/0000_a.sql", ONE)
    repository.put("migrations/0001_b.sql", TWO)
    repository.put("migrations/meta/_journal.json", journal("0000_a"))
    repository.commit()
    assert repository.change().empty
    repository.put("migrations/meta/_journal.json", journal("0000_a", "0001_b"))
    change = repository.change()
    assert names(change.new) == ["0001_b"]
    assert change.new[0].transaction == "batch"
    assert [problem.rule for problem in change.problems] == []
    assert (B in change.base.tables, B in change.head.tables) == (False, True)


def test_what_was_laid_out_wrongly_before_is_told_again_only_where_it_stops_somebody(repository):
    repository.put("migrations/0000_a.sql", ONE)
    repository.put("migrations/0001_lost.sql", TWO)
    repository.put("migrations/meta/_journal.json", journal("0000_a", "0002_gone"))
    repository.commit()
    repository.put("migrations/0003_c.sql", THREE)
    assert [problem.rule for problem in repository.change().problems] == ["journal-missing-file", "journal-orphan"]
    assert [problem.location.path for problem in repository.change().problems][1] == "migrations/0003_c.sql"


def test_a_way_back_in_the_same_file_edits_no_way_up(repository):
    repository.put("migrations/1_a.sql", f"-- +goose Up\n{ONE}\n-- +goose Down\n")
    repository.commit()
    repository.put("migrations/1_a.sql", f"-- +goose Up\n{ONE}\n-- +goose Down\nDROP TABLE a;\n")
    change = repository.change()
    assert names(change.new) == ["1_a"]
    assert change.problems == ()
    repository.put("migrations/1_a.sql", f"-- +goose Up\n{TWO}\n-- +goose Down\n")
    assert [problem.rule for problem in repository.change().problems] == ["migration-edited"]


def test_another_value_for_a_placeholder_makes_no_migration_new(repository):
    repository.commit(_1="CREATE TABLE {{ .Schema }}.a (id int);")
    assert repository.change(placeholders={"Schema": "shop"}).empty
    repository.write(_2="ALTER TABLE {{ .Schema }}.a ADD COLUMN b int;")
    change = repository.change(placeholders={"Schema": "shop"})
    assert names(change.new) == ["2"]
    assert change.problems == ()
    assert Name("shop", "a") in change.base.tables


def test_a_migration_in_code_that_is_new_is_told(repository):
    repository.commit(_1=ONE)
    repository.put("migrations/2_b.go", "package migrations")
    change = repository.change()
    assert [problem.rule for problem in change.problems] == ["code-migration"]
    assert change.base.complete
    repository.commit()
    assert repository.change().empty
    repository.write(_3=THREE)
    change = repository.change()
    assert [problem.rule for problem in change.problems] == []
    assert not change.base.complete


def test_several_places_are_one_history(repository):
    repository.put("base/V10__a.sql", THREE)
    repository.put("more/V9__b.sql", ONE)
    change = repository.change(Scope(everything=True), sources={"migrations": ("base", "more", "none")})
    assert names(change.new) == ["V9__b", "V10__a"]
    assert [(reading.where, len(reading.schema.tables[A].columns)) for reading in change.readings] == [
        ("base, more, none", 2)
    ]
    assert [problem.message for problem in change.problems] == ["there is nothing to read at none"]
