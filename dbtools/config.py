"""dbtools.yaml as a frozen Config.

``config.schema.json`` is the one truth about what the file may say: editors complete from it, and
``_Walk`` holds the file against it, so that every mistake has a line and, where a word is nearly
right, a suggestion. This module knows the keywords that the schema uses and no key by name, except
where the values become a Config.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbtools.errors import ConfigError

if TYPE_CHECKING:
    from dataclasses import dataclass

    import yaml
else:
    from dbtools.model.value import dataclass

FILE_NAME = "dbtools.yaml"
EXAMPLE = "sources: {migrations: migrations, prisma: schema.prisma}"


@dataclass(frozen=True, slots=True)
class Migrations:
    """How the migrations are run: what shares a transaction ("": as their runner does it), and who sets lock_timeout.

    ``placeholders``: what the runner fills in, by name.
    """

    transaction: str = ""
    lock_timeout: str = "migration"
    placeholders: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules switched on and off by name, and weighed: ``severity`` says error, warning or info."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lint:
    """The rules for every migration, those for some ``paths`` by pattern, and the file of what is known already."""

    rules: Rules = field(default_factory=Rules)
    baseline: str = ""
    paths: Mapping[str, Rules] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drift:
    """The file of what is known to differ already."""

    baseline: str = ""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The ``file`` with the sizes of production's tables; ``rates`` in megabytes per second, slow and fast."""

    file: str = ""
    brief_ms: int = 1000
    rates: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Domain:
    """A part of the schema with a page of its own; ``tables`` are patterns."""

    name: str
    tables: tuple[str, ...]
    title: str = ""
    description: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Erd:
    """Where the pages go, how much one diagram shows, and which domains there are."""

    out: str = "docs/schema"
    max_tables: int = 12
    domains: tuple[Domain, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """How many rows the tables hold while migrations are rehearsed: some by pattern, None for as many as usual."""

    rows: int | None = None
    tables: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rehearse:
    """The scenarios, by name; what is deployed first, the migrations or the code, ``stopped`` where no code runs."""

    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    deploy: str = "migrations-first"


@dataclass(frozen=True, slots=True)
class Types:
    """The files of row types, "" where one is not wanted, and how they are written."""

    kysely: str = ""
    python: str = ""
    enums: str = "union"
    names: str = "database"
    parsers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Config:
    """dbtools.yaml. Its paths are as written; ``at`` resolves one.

    ``sources``: per kind where it is, in the order of the file; of ``live`` the name of an
    environment variable. ``truth``: the kind that the others are held against, "" without sources.
    ``postgres``: the major version that the team runs, None for the newest known. ``lines``: where each key stands.
    """

    path: Path
    postgres: int | None = None
    fail_on: str = "error"
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    truth: str = ""
    queries: tuple[str, ...] = ()
    migrations: Migrations = field(default_factory=Migrations)
    lint: Lint = field(default_factory=Lint)
    drift: Drift = field(default_factory=Drift)
    sizes: Sizes = field(default_factory=Sizes)
    erd: Erd = field(default_factory=Erd)
    rehearse: Rehearse = field(default_factory=Rehearse)
    types: Types = field(default_factory=Types)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def root(self) -> Path:
        """The folder of dbtools.yaml, which all paths are relative to."""
        return self.path.parent

    def at(self, path: str) -> Path:
        """*path* as the file means it."""
        return self.root / path


def find(cwd: Path) -> Path | None:
    """The nearest dbtools.yaml from *cwd* up to the root of its git repository; without one, only in *cwd*."""
    folders = (cwd, *cwd.parents)
    root = next((depth for depth, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    candidates = (folder / FILE_NAME for folder in folders[: root + 1])
    return next((path for path in candidates if path.is_file()), None)


def load(path: Path | None, cwd: Path) -> Config:
    """The Config of the file at *path*, or else of the nearest one; ConfigError where it is wrong or missing."""
    found = path or find(cwd)
    if found is None:
        raise ConfigError(
            f"there is no {FILE_NAME} in {cwd} or above it in the repository",
            hint=f"write one at the root of the repository, for example: {EXAMPLE}",
        )
    found = cwd / found
    shown = os.path.relpath(found, cwd)
    walk = _Walk(shown)
    return _config(found.resolve(), walk.read(_text(found, shown)), walk)


def schema() -> dict[str, Any]:
    """The JSON Schema of dbtools.yaml."""
    return dict(_schema())


@cache
def _schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("config.schema.json").read_text("utf-8"))
    return loaded


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(f"{shown}: {error.strerror}", hint="name the file with --config") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{shown}:{line}: this is not UTF-8", hint="save the file as UTF-8") from None


def _config(path: Path, values: dict[str, Any], walk: _Walk) -> Config:
    sources = {kind: _several(where) for kind, where in values.get("sources", {}).items()}
    truth = values.get("truth") or ("migrations" if "migrations" in sources else next(iter(sources), ""))
    if truth and truth not in sources:
        raise walk.wrong("truth", f"truth is '{truth}', but sources has no {truth}", hint=f"add sources.{truth}")
    erd = values.get("erd", {})
    lint = values.get("lint", {})
    rehearse = values.get("rehearse", {})
    sizes = values.get("sizes", {})
    return Config(
        path=path,
        postgres=values.get("postgres"),
        fail_on=values.get("fail_on", "error"),
        sources=sources,
        truth=truth,
        queries=_several(values.get("queries", [])),
        migrations=Migrations(**values.get("migrations", {})),
        lint=Lint(
            _rules(lint),
            lint.get("baseline", ""),
            {pattern: _rules(said) for pattern, said in lint.get("paths", {}).items()},
        ),
        drift=Drift(**values.get("drift", {})),
        sizes=Sizes(
            **{**sizes, "rates": {work: _pair(walk, work, said) for work, said in sizes.get("rates", {}).items()}}
        ),
        erd=Erd(**{**erd, "domains": tuple(_domain(name, said) for name, said in erd.get("domains", {}).items())}),
        rehearse=Rehearse(
            {name: Scenario(**said) for name, said in rehearse.get("scenarios", {}).items()},
            rehearse.get("deploy", "migrations-first"),
        ),
        types=Types(**values.get("types", {})),
        lines=walk.lines,
    )


def _several(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _pair(walk: _Walk, work: str, said: list[int]) -> tuple[int, int]:
    slow, fast = (*said, 0, 0)[:2]
    if len(said) != 2 or slow > fast:  # noqa: PLR2004 - a slow and a fast one
        raise walk.wrong(f"sizes.rates.{work}", f"sizes.rates.{work} is no slow and fast rate", hint="write [50, 100]")
    return slow, fast


def _rules(said: dict[str, Any]) -> Rules:
    return Rules(tuple(said.get("select", ())), tuple(said.get("ignore", ())), said.get("severity", {}))


def _domain(name: str, said: list[str] | dict[str, Any]) -> Domain:
    if isinstance(said, list):
        return Domain(name, tuple(said))
    return Domain(name, **{**said, "tables": tuple(said["tables"])})


_KINDS = {"map": "object", "seq": "array", "str": "string", "int": "integer", "float": "number", "bool": "boolean"}
_WORDS = {"object": "keys with values", "array": "a list", "string": "text", "integer": "a whole number"}
_BARE = {"integer": "a number", "number": "a number", "boolean": "true or false", "timestamp": "a date"}
_FOUND = {**_WORDS, **_BARE, "null": "nothing"}


class _Walk:
    """One file's YAML nodes, held against the schema; remembers where each key stands."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.lines: dict[str, int] = {}

    def read(self, text: str) -> dict[str, Any]:
        """The file's values; an empty file has none."""
        import yaml

        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            self.lines["the file"] = mark.line + 1 if mark else 1
            said = (getattr(error, "context", None), getattr(error, "problem", None))
            what = ", ".join(one for one in said if one) or str(error).splitlines()[0]
            raise self.wrong("the file", f"this is not YAML: {what}", hint="mind indentation and quotes") from None
        if node is None:
            return {}
        values: dict[str, Any] = self.value(node, _schema(), "the file")
        return values

    def wrong(self, where: str, message: str, *, hint: str) -> ConfigError:
        """An error that points at the key *where*."""
        return ConfigError(f"{self.shown}:{self.lines.get(where, 1)}: {message}", hint=hint)

    def value(self, node: yaml.Node, rules: Mapping[str, Any], where: str) -> Any:
        """What *node* says, if *rules* allow it."""
        if "$ref" in rules:
            rules = {**_schema()["$defs"][rules["$ref"].removeprefix("#/$defs/")], **rules}
        self.lines.setdefault(where, node.start_mark.line + 1)
        kind = self.kind(node, rules, where)
        if kind == "object":
            return dict(self.items(node, rules, where))
        self.check_size(node, rules, where, kind)
        if kind == "array":
            return [self.value(item, rules["items"], f"{where}[{n}]") for n, item in enumerate(node.value)]
        return self.scalar(node, rules, where, kind)

    def kind(self, node: yaml.Node, rules: Mapping[str, Any], where: str) -> str:
        """The node's type in JSON's words, if it is one of those allowed."""
        tag = node.tag.rpartition(":")[2]
        kind = _KINDS.get(tag, tag)
        allowed = rules["type"] if isinstance(rules["type"], list) else [rules["type"]]
        if kind in allowed:
            return kind
        expected = " or ".join(_WORDS[one] for one in allowed)
        hint = rules.get("description", f"{expected} stands here")
        if "string" in allowed and kind in _BARE:
            hint = "put it in quotes"
        elif "integer" in allowed and kind == "string":
            hint = "write it without quotes"
        raise self.wrong(where, f"{where}: expected {expected}, found {_FOUND.get(kind, kind)}", hint=hint)

    def items(self, node: yaml.Node, rules: Mapping[str, Any], where: str) -> Iterator[tuple[str, Any]]:
        """The keys and values of a mapping; none twice, none unknown, none missing."""
        known: Mapping[str, Any] = rules.get("properties", {})
        path = "" if where == "the file" else f"{where}."
        seen = set()
        for key_node, value_node in node.value:
            self.kind(key_node, {"type": "string"}, f"a key of {where}")
            key = str(key_node.value)
            place = path + key
            self.lines[place] = key_node.start_mark.line + 1
            if key in seen:
                raise self.wrong(place, f"the key '{place}' is here a second time", hint="keep one of the two")
            seen.add(key)
            inner = known.get(key) or rules["additionalProperties"]
            if not inner:
                raise self.wrong(place, f"unknown key '{place}'", hint=_suggestion(key, known))
            if "propertyNames" in rules:
                self.scalar(key_node, rules["propertyNames"], place, "string")
            yield key, self.value(value_node, inner, place)
        missing = [key for key in rules.get("required", ()) if key not in seen]
        if missing:
            raise self.wrong(where, f"{where} needs the key '{missing[0]}'", hint=known[missing[0]]["description"])

    def check_size(self, node: yaml.Node, rules: Mapping[str, Any], where: str, kind: str) -> None:
        """Refuses what is empty and must not be."""
        least = rules.get("minItems" if kind == "array" else "minLength", 0)
        if kind in ("array", "string") and len(node.value) < least:
            raise self.wrong(where, f"{where} is empty", hint="fill it in, or leave the key out")

    def scalar(self, node: yaml.Node, rules: Mapping[str, Any], where: str, kind: str) -> str | int:
        """A text or a number within its bounds. What does not match a pattern is not shown: it may be secret."""
        value: str | int = str(node.value) if kind == "string" else self.whole(node, where)
        if "pattern" in rules and not re.search(rules["pattern"], str(value)):
            raise self.wrong(where, f"{where}: {rules['patternErrorMessage']}", hint=rules["description"])
        if "enum" in rules and value not in rules["enum"]:
            raise self.wrong(where, f"{where}: '{value}' is not possible", hint=_suggestion(str(value), rules["enum"]))
        if "minimum" in rules and not rules["minimum"] <= int(value) <= rules["maximum"]:
            raise self.wrong(
                where,
                f"{where}: {value} is not possible",
                hint=f"a whole number from {rules['minimum']} to {rules['maximum']}",
            )
        return value

    def whole(self, node: yaml.Node, where: str) -> int:
        """A decimal number: YAML 1.1 also reads 0x10, 1_000 and 1:30 as integers, which nobody means here."""
        if not re.fullmatch("-?[0-9]+", node.value):
            raise self.wrong(where, f"{where}: expected a decimal number", hint="write it in digits")
        return int(node.value)


def _suggestion(word: str, known: Mapping[str, Any] | list[Any]) -> str:
    from difflib import get_close_matches

    words = [str(one) for one in known]
    near = get_close_matches(word, words, n=1)
    possible = f"possible here: {', '.join(words)}"
    return f"did you mean '{near[0]}'? {possible}" if near else possible
