import jsonschema
import pytest
import yaml

from dbtools.config import Config, Domain, Rules, find, load, schema
from dbtools.errors import ConfigError

FULL = """\
version: 1
postgres: 16
fail_on: warning
sources:
  prisma: [schema/a.prisma, schema/b.prisma]
  migrations: migrations
  sql: db/schema.sql
  live: DATABASE_URL
truth: prisma
queries: schema/queries
migrations: {transaction: statement, lock_timeout: runner, placeholders: {Schema: app, "flyway:user": ""}}
lint: {select: [name-unusual], ignore: [], severity: {a-b: info}, baseline: b.json, paths: {old: {ignore: [c]}}}
rehearse: {deploy: code-first}
erd:
  out: docs/db
  max_tables: 8
  domains:
    learning: {title: Learning, tables: [User, "Course*"], description: Who learns, owner: team-a}
    social: [Post]
"""

# What is wrong, the line it is on, a word of the message, a word of the hint.
WRONG = [
    ("sources:\n  migration: x\n", 2, "unknown key 'sources.migration'", "did you mean 'migrations'?"),
    ("- a\n", 1, "expected keys with values, found a list", "settings of dbtools"),
    ("version: 2\n", 1, "'2' is not possible", "possible here: 1"),
    ("rehearse: {deploy: together}\n", 1, "'together' is not possible", "migrations-first, code-first, stopped"),
    ("postgres: 14\n", 1, "14 is not possible", "from 15 to 18"),
    ("postgres: '16'\n", 1, "found text", "without quotes"),
    ("truth: no\n", 1, "found true or false", "put it in quotes"),
    ("fail_on: errors\n", 1, "'errors' is not possible", "did you mean 'error'?"),
    ("sources:\n", 1, "found nothing", "Where the schema is said"),
    ("\n\nqueries: ''\n", 3, "queries is empty", "leave the key out"),
    ("queries: []\n", 1, "queries is empty", "leave the key out"),
    ("queries: [a, [b]]\n", 1, "queries[1]: expected text, found a list", "text stands here"),
    ("lint:\n  ignore: x\n", 2, "lint.ignore: expected a list, found text", "Rules not to apply"),
    ("lint:\n  severity: {a: off}\n", 2, "lint.severity.a: expected text", "quotes"),
    ("lint:\n  paths: {old: {baseline: x}}\n", 2, "unknown key 'lint.paths.old.baseline'", "possible here"),
    ("erd:\n  domains:\n    a: {title: A}\n", 3, "erd.domains.a needs the key 'tables'", "patterns"),
    ("erd:\n  domains:\n    ../a: [x]\n", 3, "expected a name of letters", "also that of its file"),
    ("erd: {domains: {a: {tables: [x], colour: red}}}\n", 1, "unknown key 'erd.domains.a.colour'", "possible here"),
    ("migrations:\n  placeholders: {'{{x}}': y}\n", 2, "without brackets", "without its brackets"),
    ("migrations: {placeholders: {x: 1}}\n", 1, "expected text", "put it in quotes"),
    ("migrations: {transaction: files}\n", 1, "'files' is not possible", "did you mean 'file'?"),
    ("1: a\n", 1, "expected text, found a number", "put it in quotes"),
]


def put(folder, text):
    (folder / "dbtools.yaml").write_text(text, "utf-8")
    return load(None, folder)


def wrong(folder, text):
    with pytest.raises(ConfigError) as caught:
        put(folder, text)
    return str(caught.value), caught.value.hint


def test_every_key_arrives(tmp_path):
    config = put(tmp_path, FULL)
    assert (config.postgres, config.fail_on, config.truth) == (16, "warning", "prisma")
    assert list(config.sources) == ["prisma", "migrations", "sql", "live"]
    assert config.sources["prisma"] == ("schema/a.prisma", "schema/b.prisma")
    assert config.queries == ("schema/queries",)
    assert (config.migrations.transaction, config.migrations.lock_timeout) == ("statement", "runner")
    assert config.migrations.placeholders == {"Schema": "app", "flyway:user": ""}
    assert config.lint.rules == Rules(("name-unusual",), (), {"a-b": "info"})
    assert (config.lint.baseline, config.lint.paths) == ("b.json", {"old": Rules(ignore=("c",))})
    assert config.rehearse.deploy == "code-first"
    assert (config.erd.out, config.erd.max_tables) == ("docs/db", 8)
    assert config.erd.domains == (
        Domain("learning", ("User", "Course*"), "Learning", "Who learns", "team-a"),
        Domain("social", ("Post",)),
    )
    assert config.at("migrations") == tmp_path / "migrations"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}\n"])
def test_an_empty_file_is_all_defaults(tmp_path, text):
    assert put(tmp_path, text) == Config(tmp_path / "dbtools.yaml")


def test_the_migrations_are_the_truth_unless_another_is_named(tmp_path):
    assert put(tmp_path, "sources: {prisma: a, migrations: b}").truth == "migrations"
    assert put(tmp_path, "sources: {sql: a, prisma: b}").truth == "sql"


@pytest.mark.parametrize(("text", "line", "message", "hint"), WRONG)
def test_a_mistake_has_its_line_and_a_next_step(tmp_path, text, line, message, hint):
    said, next_step = wrong(tmp_path, text)
    assert said.startswith(f"dbtools.yaml:{line}: ")
    assert message in said
    assert hint in next_step


@pytest.mark.parametrize("text", [case[0] for case in WRONG if not case[0].startswith("1:")])
def test_what_the_loader_refuses_editors_refuse_too(text):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text), schema())


@pytest.mark.parametrize("text", [FULL, "{}", "queries: [a, b]", "truth: sql\nsources: {sql: a}"])
def test_what_the_loader_takes_editors_take_too(tmp_path, text):
    jsonschema.validate(yaml.safe_load(text), schema())
    put(tmp_path, text)


def test_the_schema_is_a_schema_and_describes_every_key():
    jsonschema.Draft202012Validator.check_schema(schema())
    seen = []

    def walk(rules):
        for key, inner in rules.get("properties", {}).items():
            seen.append(key)
            assert inner.get("description"), key
            walk(inner)

    walk(schema())
    assert "lock_timeout" in seen


def test_an_address_with_a_password_is_refused_and_not_repeated(tmp_path):
    said, hint = wrong(tmp_path, "sources:\n  live: postgres://u:hunter2@h/d\n")
    assert said.startswith("dbtools.yaml:2: sources.live: expected the name of an environment variable")
    assert "hunter2" not in said + hint
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"sources": {"live": "postgres://u:hunter2@h/d"}}, schema())


def test_a_key_given_twice_is_refused_at_the_second(tmp_path):
    said, _ = wrong(tmp_path, "postgres: 16\nqueries: a\npostgres: 17\n")
    assert said == "dbtools.yaml:3: the key 'postgres' is here a second time"


def test_a_truth_that_is_no_source_is_refused(tmp_path):
    said, hint = wrong(tmp_path, "sources: {migrations: m}\n\ntruth: prisma\n")
    assert said == "dbtools.yaml:3: truth is 'prisma', but sources has no prisma"
    assert hint == "add sources.prisma"


@pytest.mark.parametrize("number", ["0x10", "1_6", "1:30"])
def test_a_number_is_written_in_digits(tmp_path, number):
    said, hint = wrong(tmp_path, f"postgres: {number}\n")
    assert said == "dbtools.yaml:1: postgres: expected a decimal number"
    assert hint == "write it in digits"


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [\n", 2), ("a: 1\n\tb: 2\n", 2), ("a: *b\n", 1), ("a: 1\n---\nb: 1\n", 2), ("a: 'b\n", 2), ("a: \x01\n", 1)],
)
def test_what_is_not_yaml_is_said_with_its_line(tmp_path, text, line):
    said, _ = wrong(tmp_path, text)
    assert said.startswith(f"dbtools.yaml:{line}: this is not YAML: ")


@pytest.mark.parametrize("text", ["version: !!python/name:os.system x", "queries: &a [*a]", "? [a]\n: 1", "<<: {a: 1}"])
def test_the_tricks_of_yaml_are_refused(tmp_path, text):
    wrong(tmp_path, text)


def test_a_file_that_is_not_utf8_is_said_with_its_line(tmp_path):
    (tmp_path / "dbtools.yaml").write_bytes(b"version: 1\nqueries: caf\xe9\n")
    with pytest.raises(ConfigError, match=r"dbtools\.yaml:2: this is not UTF-8"):
        load(None, tmp_path)


def test_it_is_found_upward_but_never_outside_the_repository(tmp_path):
    inner = tmp_path / "repository" / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "dbtools.yaml").touch()
    assert find(inner) is None
    (tmp_path / "repository" / ".git").mkdir()
    assert find(inner) is None
    (tmp_path / "repository" / "dbtools.yaml").write_text("postgres: 17")
    config = load(None, inner)
    assert (config.postgres, config.root) == (17, tmp_path / "repository")
    (inner.parent / "dbtools.yaml").touch()
    assert find(inner) == inner.parent / "dbtools.yaml"


def test_a_missing_file_is_answered_with_one_to_write(tmp_path):
    with pytest.raises(ConfigError, match=r"there is no dbtools\.yaml") as caught:
        load(None, tmp_path)
    example = caught.value.hint.partition("for example: ")[2]
    assert put(tmp_path, example).truth == "migrations"


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_named_file_that_cannot_be_read_is_said(tmp_path, name):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / name, tmp_path)
    assert caught.value.hint == "name the file with --config"
