"""From dbtools.yaml to the plain values that rooms take."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from dbtools.change import Change, Project, Scope, gather
from dbtools.config import Config, Domain, Rules
from dbtools.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from dbtools.baseline import Baseline
    from dbtools.cli._call import Call
    from dbtools.cli._options import Amount, Stand
    from dbtools.erd import Pages
    from dbtools.lint import Choice, LintSettings
    from dbtools.model.sizes import Sizes
    from dbtools.pg.fill import Rows
    from dbtools.rehearse import RehearseSettings
    from dbtools.types import Target, Writing

KINDS = (
    "migrations", "prisma", "drizzle", "kysely", "sqlalchemy", "sqlalchemy+import", "django", "sql", "live",
)  # fmt: skip
RUN = frozenset({"live", "sqlalchemy+import"})
URLS = ("postgresql://", "postgres://")


def project_of(config: Config, *, live: bool = False) -> Project:
    """Where the project keeps what; with *live*, databases are asked as well, and models that are to be run are."""
    if not config.sources:
        hint = "name them, for example: sources: {migrations: migrations, prisma: schema.prisma}"
        raise ConfigError(f"{config.path.name} names no sources", hint=hint)
    return Project(
        root=config.root,
        sources={kind: places for kind, places in config.sources.items() if kind not in RUN},
        truth=config.truth,
        queries=config.queries,
        transaction=config.migrations.transaction,
        placeholders=config.migrations.placeholders,
        live=tuple(_live(name) for name in config.sources.get("live", ())) if live else (),
        imported=config.sources.get("sqlalchemy+import", ()) if live else (),
    )


def _live(variable: str) -> tuple[str, str]:
    url = os.environ.get(variable)
    if not url:
        hint = f"set {variable} to the URL of the database, or take sources.live out"
        raise ConfigError(f"sources.live is {variable}, which is not set", hint=hint)
    return variable, url


def _readable() -> tuple[str, ...]:
    """The kinds that have a reader: of each language, the module of that name."""
    from importlib.util import find_spec

    return tuple(kind for kind in KINDS if kind == "sql" or find_spec(f"dbtools.sources.{kind.replace('+', '_')}"))


def source_of(written: str, project: Project | None = None) -> tuple[str, str]:
    """``KIND:PATH`` as kind and path; UsageError where it is neither that nor a configured kind."""
    kind, colon, where = written.partition(":")
    if kind not in KINDS:
        from difflib import get_close_matches

        near = get_close_matches(kind, KINDS, n=1)
        hint = f"did you mean {near[0]}?" if near and colon else f"write KIND:PATH; the kinds are {', '.join(KINDS)}"
        raise UsageError(f"there is no kind of source {kind}", hint=hint)
    if kind not in _readable():
        hint = f"the kinds that it reads are {', '.join(_readable())}"
        raise UsageError(f"this version of dbtools does not read {kind} yet", hint=hint)
    if colon and where:
        return kind, where
    places = project.sources.get(kind, ()) if project is not None else ()
    if not places:
        raise UsageError(f"{written} names no path", hint=f"write {kind}:PATH")
    return kind, places[0]


def change_of(call: Call, scope: Scope) -> Change:
    """The change that the command's options name."""
    return gather(project_of(call.config), scope)


def pages_of(config: Config) -> Pages:
    """The pages that dbtools.yaml asks for."""
    from dbtools.erd import DomainPages, Pages

    domains = tuple(
        DomainPages(domain.name, domain.tables, domain.title, domain.owner, domain.description, _lines(config, domain))
        for domain in config.erd.domains
    )
    line = config.lines.get("erd.domains", 1)
    return Pages(config.erd.out, domains, config.erd.max_tables, config.path.name, line=line)


def _lines(config: Config, domain: Domain) -> tuple[int, ...]:
    """Where in dbtools.yaml the patterns of *domain* stand."""
    key = f"erd.domains.{domain.name}"
    long = f"{key}.tables" in config.lines
    return tuple(config.lines[f"{key}{'.tables' if long else ''}[{n}]"] for n in range(len(domain.tables)))


def existing_pages(config: Config) -> dict[str, str]:
    """The texts of what stands where the pages go, in Markdown; a byte that is not UTF-8 is a lone surrogate."""
    folder = _folder_of_pages(config)
    paths = sorted(path for path in folder.glob("*.md") if path.exists()) if folder.is_dir() else []
    return {f"{config.erd.out}/{path.name}": _page_at(path) for path in paths}


def _page_at(path: Path) -> str:
    """What stands at *path*; a folder is nothing that dbtools wrote."""
    if not path.is_file():
        return "no file"
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        hint = "see that you may read it, or move it away"
        raise UsageError(f"cannot read {path}: {error.strerror}", hint=hint) from None


def _folder_of_pages(config: Config) -> Path:
    """Where the pages go; ConfigError where that is a file or, through links too, outside the repository."""
    folder = config.at(config.erd.out)
    top = next((above for above in (config.root, *config.root.parents) if (above / ".git").exists()), config.root)
    where = f"{config.path.name}:{config.lines.get('erd.out', 1)}"
    if not folder.resolve().is_relative_to(top.resolve()):
        leads = f", which leads to {folder.resolve()}" if folder.is_symlink() else ""
        message = f"{where}: erd.out is {config.erd.out}{leads}, outside the repository"
        raise ConfigError(message, hint=f"name a folder in {top}")
    in_the_way = next((path for path in (folder, *folder.parents) if path.exists() and not path.is_dir()), None)
    if in_the_way is not None:
        message = f"{where}: the pages go to {config.erd.out}, but {os.path.relpath(in_the_way, config.root)} is a file"
        raise ConfigError(message, hint="move it away, or name another folder after erd.out")
    return folder


def types_of(config: Config) -> tuple[tuple[Target, ...], Writing]:
    """The files of types that dbtools.yaml asks for, and how they are written."""
    from dbtools.types import Target, Writing

    said = config.types
    targets = (Target("kysely", said.kysely), Target("python", said.python))
    parsers = {_built_in(config, name): given for name, given in said.parsers.items()}
    writing = Writing(said.enums == "constants", said.names == "camel", parsers)
    return tuple(target for target in targets if target.path), writing


def _built_in(config: Config, name: str) -> str:
    """The type of PostgreSQL that *name* means: ``int8`` is bigint."""
    from dbtools.sql.types import read_type

    try:
        kind = read_type(name)
    except ValueError:
        kind = None
    if kind is None or kind.namespace or kind.dimensions:
        message = f"{config.path.name}: types.parsers.{name} is no type that PostgreSQL brings"
        raise ConfigError(message, hint="name one as PostgreSQL does: bigint, numeric, date, timestamptz")
    return kind.base


def lint_settings(
    call: Call,
    *,
    version: int | None = None,
    choice: tuple[tuple[str, ...], tuple[str, ...]] = ((), ()),
    baseline: str | None = None,
    stats: str | None = None,
) -> LintSettings:
    """What to judge by. Of *choice* select replaces that of dbtools.yaml, ignore is added to it.

    *baseline* and *stats* are files, "" for none; None means those that dbtools.yaml names.
    """
    from datetime import UTC, datetime

    from dbtools.lint import Choice, LintSettings
    from dbtools.model.predict.session import NEWEST

    config = call.config_or_none
    if config is None:
        known, sizes = baseline_of(call, baseline or ""), _sizes(call, stats or "")
        today = datetime.now(UTC).date()
        return LintSettings(version or NEWEST, Choice(*choice), baseline=known, sizes=sizes, today=today)
    runner = config.migrations.lock_timeout == "runner"
    return LintSettings(
        version or config.postgres or NEWEST,
        _choice(config.lint.rules).then(Choice(*choice)),
        tuple((pattern, _choice(rules)) for pattern, rules in config.lint.paths.items()),
        "the runner's" if runner else "",
        baseline_of(call, config.lint.baseline if baseline is None else baseline),
        _sizes(call, config.sizes.file if stats is None else stats),
        datetime.now(UTC).date(),
    )


def _choice(rules: Rules) -> Choice:
    from dbtools.lint import Choice
    from dbtools.model.finding import Severity

    weights = {rule: Severity[word.upper()] for rule, word in rules.severity.items()}
    return Choice(rules.select, rules.ignore, weights)


def baseline_of(call: Call, path: str) -> Baseline:
    """The baseline at *path*; none where it is empty."""
    from dbtools.baseline import Baseline, read

    return read(_text(call, path, "dbtools baseline"), path) if path else Baseline()


def _sizes(call: Call, path: str) -> Sizes:
    """The sizes at *path*, with the rates of dbtools.yaml; none where it is empty."""
    from dataclasses import replace

    from dbtools.model.sizes import RATES, Sizes
    from dbtools.sources.sizes import read_text

    if not path:
        return Sizes()
    said = call.config_or_none.sizes if call.config_or_none else None
    found = read_text(_text(call, path, "dbtools stats export URL"), path)
    return replace(found, rates={**RATES, **said.rates}, brief=said.brief_ms / 1000) if said else found


def rehearse_settings(call: Call, stand: Stand, amount: Amount) -> RehearseSettings:
    """How to rehearse, on an embedded server where no other is named."""
    from dbtools.pg.guard import SECONDS
    from dbtools.rehearse import RehearseSettings

    config = call.config
    seconds = SECONDS if stand.timeout is None else stand.timeout
    return RehearseSettings(
        stand.server_url, _rows(config, amount), call.say, config.postgres, config.rehearse.deploy,
        lock_timeout=config.migrations.lock_timeout == "runner", timeout=seconds,
    )  # fmt: skip


def _rows(config: Config, amount: Amount) -> Rows:
    """How many rows the tables hold while migrations are rehearsed; UsageError where there is no such scenario."""
    from dbtools.config import Scenario
    from dbtools.pg.fill import Rows
    from dbtools.rehearse.settings import ROWS

    scenarios = config.rehearse.scenarios
    said = scenarios.get(amount.scenario or "", Scenario())
    if amount.scenario is not None and amount.scenario not in scenarios:
        known = f"there is {', '.join(scenarios)}" if scenarios else "there is none"
        example = f"rehearse: {{scenarios: {{{amount.scenario}: {{rows: 1000}}}}}}"
        raise UsageError(
            f"there is no scenario '{amount.scenario}': {known}", hint=f"add it to dbtools.yaml: {example}"
        )
    numbers = (amount.rows, said.rows, ROWS.every)
    return Rows(next(number for number in numbers if number is not None), tuple(said.tables.items()))


def _text(call: Call, path: str, written_by: str) -> str:
    try:
        return (call.root / path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"cannot read {path}: {reason}", hint=f"write it with {written_by}") from None
