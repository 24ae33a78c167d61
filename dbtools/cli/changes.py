"""Show what changed in the schema: tables, columns, keys, indexes, types.

The schema before and after are what the truth of dbtools.yaml says (the migrations, unless it says otherwise).
Without options the working tree is compared with the last commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbtools.cli._call import Call
from dbtools.cli._command import report_command
from dbtools.cli._options import change_options

if TYPE_CHECKING:
    from dbtools.change import Scope
    from dbtools.model.report import Report


@report_command
@change_options
def command(call: Call, scope: Scope) -> Report:
    from dbtools.changes import changes
    from dbtools.cli._project import change_of

    return changes(change_of(call, scope))
