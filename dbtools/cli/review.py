"""Review a schema change: what it breaks or blocks, and what a server did with it.

The rooms changes, lint, rehearse, drift, erd and types, one report. Without options the working tree is reviewed
against the last commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dbtools.cli._call import Call
from dbtools.cli._command import report_command
from dbtools.cli._options import Amount, Stand, change_options, rows_options, stand_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from dbtools.change import Change, Scope
    from dbtools.config import Config
    from dbtools.model.report import Report


@report_command
@change_options
@stand_options
@rows_options
@click.option("--no-rehearse", is_flag=True, help="Start no server; the findings stay predictions.")
def command(call: Call, scope: Scope, stand: Stand, amount: Amount, *, no_rehearse: bool) -> Report:
    from dbtools.cli._project import change_of
    from dbtools.review import review

    change = change_of(call, scope)
    everything = scope.everything  # nothing of it is news
    return review(change, _rooms(call, None if no_rehearse else stand, amount, pictures=not everything))


def _rooms(
    call: Call, stand: Stand | None, amount: Amount, *, pictures: bool
) -> dict[str, Callable[[Change], Report | None]]:
    """The rooms in the order of the report; no rehearsal where *stand* is None; *pictures* of what changed."""
    from dbtools.changes import changes
    from dbtools.cli._files import with_outdated
    from dbtools.cli._project import baseline_of, lint_settings, rehearse_settings, types_of
    from dbtools.drift import DriftSettings, drift
    from dbtools.lint import lint
    from dbtools.types import types

    config = call.config

    def rehearsed(change: Change) -> Report | None:
        from dbtools.rehearse import rehearse

        return None if stand is None else rehearse(change, rehearse_settings(call, stand, amount))

    def compared(change: Change) -> Report:
        known = baseline_of(call, config.drift.baseline)
        return drift(change.readings, DriftSettings(config.truth, baseline=known))

    def typed(change: Change) -> Report:
        return with_outdated(types(change.head, *types_of(config)), config.root)

    rooms: dict[str, Callable[[Change], Report | None]] = {
        "changes": changes,
        "lint": lambda change: lint(change, lint_settings(call)),
        "rehearse": rehearsed,
        "drift": compared,
        "erd": lambda change: _drawn(change, config, pictures=pictures),
        "types": typed,
    }
    if stand is None:
        del rooms["rehearse"]
    if not types_of(config)[0]:
        del rooms["types"]
    return rooms


def _drawn(change: Change, config: Config, *, pictures: bool) -> Report | None:
    """What changed as a picture, and whether the pages show it; None where there is neither."""
    from dataclasses import replace

    from dbtools.cli._files import with_outdated
    from dbtools.cli._project import existing_pages, pages_of
    from dbtools.erd import changed, erd
    from dbtools.model.report import Report

    wanted, existing = pages_of(config), existing_pages(config)
    news = changed(change, wanted, listed=False) if pictures else Report("erd")
    if not wanted.domains and not existing:  # a project that keeps no pages misses none
        return news if news.sections else None
    report = with_outdated(erd(change.head, wanted, existing), config.root)
    return replace(report, sections=(*news.sections, *report.sections))
