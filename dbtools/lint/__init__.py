"""Judge migrations before they run: Change -> Report."""

from dbtools.lint.judge import lint
from dbtools.lint.settings import Choice, LintSettings

__all__ = ["Choice", "LintSettings", "lint"]
