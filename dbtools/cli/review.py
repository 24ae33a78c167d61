"""Review a schema change: what it breaks or blocks, and what a server did with it.

The rooms changes, lint, rehearse, drift, erd and types, one report. Without options the working tree is reviewed
against the last commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dbtools.cli._call import Call
from dbtools.cli._command import report_command
from dbtools.cli._options import Amount, change_options, rows_options, server_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from dbtools.change import Change, Scope
    from dbtools.model.report import Report


@report_command
@change_options
@server_option
@rows_options
@click.option("--no-rehearse", is_flag=True, help="Start no server; the findings stay predictions.")
def command(call: Call, scope: Scope, server_url: str | None, amount: Amount, *, no_rehearse: bool) -> Report:
    from dbtools.cli._project import change_of
    from dbtools.review import review

    change = change_of(call, scope)
    return review(change, _rooms(call, None if no_rehearse else server_url or "", amount))


def _rooms(call: Call, server_url: str | None, amount: Amount) -> dict[str, Callable[[Change], Report]]:
    """The rooms in the order of the report; no rehearsal where *server_url* is None."""
    from dbtools.changes import changes
    from dbtools.cli._files import with_outdated
    from dbtools.cli._project import baseline_of, existing_pages, lint_settings, pages_of, rows_of, types_of
    from dbtools.drift import DriftSettings, drift
    from dbtools.erd import erd
    from dbtools.lint import lint
    from dbtools.types import types

    config = call.config

    def rehearsed(change: Change) -> Report:
        from dbtools.rehearse import RehearseSettings, rehearse

        return rehearse(change, RehearseSettings(server_url or "", rows_of(config, amount), call.say, config.postgres))

    def compared(change: Change) -> Report:
        known = baseline_of(call, config.drift.baseline)
        return drift(change.readings, DriftSettings(config.truth, baseline=known))

    def drawn(change: Change) -> Report:
        return with_outdated(erd(change.head, pages_of(config), existing_pages(config)), config.root)

    def typed(change: Change) -> Report:
        return with_outdated(types(change.head, *types_of(config)), config.root)

    rooms: dict[str, Callable[[Change], Report]] = {
        "changes": changes,
        "lint": lambda change: lint(change, lint_settings(call)),
        "rehearse": rehearsed,
        "drift": compared,
        "erd": drawn,
        "types": typed,
    }
    if server_url is None:
        del rooms["rehearse"]
    if not config.erd.domains and not existing_pages(config):  # a project that keeps no pages misses none
        del rooms["erd"]
    if not types_of(config)[0]:
        del rooms["types"]
    return rooms
