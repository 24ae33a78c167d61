"""Run new migrations on a throw-away PostgreSQL with rows, up and down.

Every statement's locks, rewrites, scans, losses and errors are measured, and held against what lint foretold. What the
code before the change does, its models and named queries, is tried before and after: what then fails is an error.
Nothing but databases made for the purpose is written to; they are dropped afterwards.

With --database-url they are tried in a copy of production instead: in one transaction, which is rolled back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbtools.cli._call import Call
from dbtools.cli._command import report_command
from dbtools.cli._options import Amount, Copy, Stand, change_options, copy_options, rows_options, stand_options

if TYPE_CHECKING:
    from dbtools.change import Scope
    from dbtools.model.report import Report


@report_command
@change_options
@stand_options
@rows_options
@copy_options
def command(call: Call, scope: Scope, stand: Stand, amount: Amount, copy: Copy | None) -> Report:
    from dbtools.cli._project import change_of, rehearse_settings
    from dbtools.rehearse import DryRunSettings, dry_run, rehearse

    change = change_of(call, scope)
    if copy is not None:
        return dry_run(change, DryRunSettings(copy.url, copy.for_good, stand.timeout, call.say))
    return rehearse(change, rehearse_settings(call, stand, amount))
