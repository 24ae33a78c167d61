"""From dbtools.yaml to the plain values that rooms take."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dbtools.change import Change, Project, Scope, gather
from dbtools.config import Config
from dbtools.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from dbtools.cli._call import Call
    from dbtools.erd import Pages
    from dbtools.lint import LintSettings

KINDS = ("migrations", "prisma", "sql", "live")


def project_of(config: Config, *, live: bool = False) -> Project:
    """Where the project keeps what; with *live*, databases are asked as well."""
    if not config.sources:
        hint = "name them, for example: sources: {migrations: migrations, prisma: schema.prisma}"
        raise ConfigError(f"{config.path.name} names no sources", hint=hint)
    return Project(
        root=config.root,
        sources={kind: places for kind, places in config.sources.items() if kind != "live"},
        truth=config.truth,
        queries=config.queries,
        transaction=_override(config),
        live=tuple(_live(name) for name in config.sources.get("live", ())) if live else (),
    )


def _override(config: Config) -> str:
    """What the configuration says of all files; ``file`` is what a layout says unless it knows better."""
    return "" if config.migrations.transaction == "file" else config.migrations.transaction


def _live(variable: str) -> tuple[str, str]:
    url = os.environ.get(variable)
    if not url:
        hint = f"set {variable} to the URL of the database, or take sources.live out"
        raise ConfigError(f"sources.live is {variable}, which is not set", hint=hint)
    return variable, url


def source_of(written: str, project: Project | None = None) -> tuple[str, str]:
    """``KIND:PATH`` as kind and path; UsageError where it is neither that nor a configured kind."""
    kind, colon, where = written.partition(":")
    if kind not in KINDS:
        from difflib import get_close_matches

        near = get_close_matches(kind, KINDS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"the kinds are {', '.join(KINDS)}"
        raise UsageError(f"there is no kind of source {kind}", hint=hint)
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
        DomainPages(domain.name, domain.tables, domain.title, domain.owner, domain.description)
        for domain in config.erd.domains
    )
    return Pages(config.erd.out, domains, config.erd.max_tables, config.path.name)


def existing_pages(config: Config) -> dict[str, str]:
    """The texts of the Markdown files that stand where the pages go."""
    folder = config.at(config.erd.out)
    paths = sorted(folder.glob("*.md")) if folder.is_dir() else []
    return {path.relative_to(config.root).as_posix(): path.read_text("utf-8", "replace") for path in paths}


def lint_settings(config: Config | None, *, version: int | None = None, ignore: tuple[str, ...] = ()) -> LintSettings:
    """What to judge by; an option on the command line goes before dbtools.yaml."""
    from dbtools.lint import LintSettings
    from dbtools.model.predict.session import NEWEST

    configured = config.postgres if config is not None else None
    select = config.lint.select if config is not None else ()
    ignored = (*(config.lint.ignore if config is not None else ()), *ignore)
    waits = config is not None and config.migrations.lock_timeout == "runner"
    return LintSettings(version or configured or NEWEST, select, ignored, "the runner's" if waits else "")
