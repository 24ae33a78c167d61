"""Tell what a rule finds, why, what PostgreSQL was seen to do, and the safe form.

Without RULE all of them are listed, each with its default severity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dbtools.cli._call import Call
from dbtools.cli._command import report_command

if TYPE_CHECKING:
    from dbtools.model.report import Report


@report_command
@click.argument("rule", required=False, default="")
def command(call: Call, rule: str) -> Report:  # noqa: ARG001 - it needs no settings
    from dbtools.explain import explain

    return explain(rule.strip())
