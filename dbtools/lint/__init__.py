"""Judge migrations before they run: Change -> Report."""

from dbtools.lint.judge import LintSettings, lint

__all__ = ["LintSettings", "lint"]
