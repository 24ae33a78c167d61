"""Judge migrations before they run: Change -> Report."""

from dbtools.lint.fix import fix
from dbtools.lint.judge import lint
from dbtools.lint.settings import Choice, LintSettings

__all__ = ["Choice", "LintSettings", "fix", "lint"]
