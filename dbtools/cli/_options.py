"""Options that several commands share, so that the same thing has the same name everywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, TypeVar

import click

from dbtools.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])


def base_option(function: F) -> F:
    """``--base REV`` as ``base``."""
    help_text = "Review what came since this revision and HEAD parted, the working tree included."
    return click.option("--base", metavar="REV", help=help_text)(function)


class Stand(NamedTuple):
    """Where to rehearse, "" for an embedded server, and how many seconds a statement may take, None where unsaid."""

    server_url: str
    timeout: float | None


def stand_options(function: F) -> F:
    """``--server-url URL`` and ``--timeout SECONDS`` as ``stand``."""

    @wraps(function)
    def joined(*args: Any, server_url: str | None, timeout: float | None, **values: Any) -> Any:
        return function(*args, stand=Stand(server_url or "", timeout), **values)

    url = click.option(
        "--server-url", metavar="URL", envvar="DBTOOLS_SERVER_URL", show_envvar=True,
        help="A PostgreSQL server where databases may be made and dropped.  [default: an embedded one]",
    )  # fmt: skip
    seconds = click.option(
        "--timeout", metavar="SECONDS", type=click.FloatRange(0, 86_400, min_open=True),
        help="Stop a statement that runs for longer.  [default: 60; in a copy of production, none]",
    )  # fmt: skip
    return url(seconds(joined))  # type: ignore[return-value]  # wraps keeps the signature


class Amount(NamedTuple):
    """How many rows the tables hold: those of a scenario, another number, or as many as usual."""

    scenario: str | None
    rows: int | None


def rows_options(function: F) -> F:
    """``--scenario NAME`` and ``--rows N`` as ``amount``."""

    @wraps(function)
    def joined(*args: Any, scenario: str | None, rows: int | None, **values: Any) -> Any:
        return function(*args, amount=Amount(scenario, rows), **values)

    named = click.option(
        "--scenario", metavar="NAME", help="How many rows the tables hold, as rehearse.scenarios of dbtools.yaml says."
    )
    number = click.option(
        "--rows", type=click.IntRange(0, 10_000_000), metavar="N",
        help="Rows in every table that the scenario does not name.  [default: 200]",
    )  # fmt: skip
    return named(number(joined))  # type: ignore[return-value]  # wraps keeps the signature


class Copy(NamedTuple):
    """A copy of production, and whether it may be changed for good."""

    url: str
    for_good: bool


def copy_options(function: F) -> F:
    """``--database-url URL`` and ``--yes`` as ``copy``, None without."""

    @wraps(function)
    def checked(*args: Any, database_url: str | None, for_good: bool, **values: Any) -> Any:
        if for_good and database_url is None:
            raise UsageError("--yes is about the database of --database-url", hint="give that, or leave --yes out")
        return function(*args, copy=None if database_url is None else Copy(database_url, for_good), **values)

    yes = click.option(
        "--yes", "for_good", is_flag=True, help="That copy may be changed for good: also run what cannot be undone."
    )
    url = click.option(
        "--database-url", metavar="URL", help="A copy of production to try the migrations in, and undo them."
    )
    return url(yes(checked))  # type: ignore[return-value]  # wraps keeps the signature


def change_options(function: F) -> F:
    """What to review, as ``scope``; at most one of its options is given."""
    flags = {"base": "--base", "commit": "--commit", "since": "--since", "staged": "--staged", "everything": "--all"}

    @wraps(function)
    def checked(*args: Any, **values: Any) -> Any:
        from dbtools.change import Scope

        asked = {name: values.pop(name) for name in flags}
        given = [flag for name, flag in flags.items() if asked[name]]
        if len(given) > 1:
            raise UsageError(f"{' and '.join(given)} exclude each other", hint=f"give one of them, say {given[0]}")
        return function(*args, scope=Scope(**asked), **values)

    options = (
        base_option,
        click.option("--commit", metavar="REV", help="Review what this commit changed."),
        click.option(
            "--since",
            metavar="REV",
            help="Review what is there now and was not at this revision, each migration by itself.",
        ),
        click.option("--staged", is_flag=True, help="Review what is staged, as the next commit will have it."),
        click.option("--all", "everything", is_flag=True, help="Review everything as if it were new."),
    )
    for option in reversed(options):
        checked = option(checked)
    return checked  # type: ignore[return-value]  # wraps keeps the signature
