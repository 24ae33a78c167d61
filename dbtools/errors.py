"""Every error that dbtools raises on purpose; a finding is a value, never one of these.

* DbtoolsError        what went wrong, and what to do next: two lines on stderr, exit 2
  * UsageError        the command line asks for something impossible
  * ConfigError       dbtools.yaml is wrong
  * SourceError       a model definition, migration or SQL file cannot be read at all
  * GitError          the repository cannot answer: no repository, no such revision
  * DatabaseError     the server refused, or does not answer
  * MissingExtra      a command needs an optional part of dbtools that is not installed
"""

from __future__ import annotations


class DbtoolsError(Exception):
    """What went wrong, and in ``hint`` what to do next."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(DbtoolsError):
    """The command line asks for something impossible."""


class ConfigError(DbtoolsError):
    """dbtools.yaml is wrong."""


class SourceError(DbtoolsError):
    """A model definition, migration or SQL file cannot be read at all."""


class GitError(DbtoolsError):
    """The repository cannot answer: no repository, no such revision."""


class DatabaseError(DbtoolsError):
    """The server refused, or does not answer."""


class MissingExtra(DbtoolsError):  # noqa: N818 - it names the missing thing, as ModuleNotFoundError does
    """A command needs an optional part of dbtools that is not installed."""

    def __init__(self, extra: str, *, needed_for: str) -> None:
        super().__init__(
            f"{needed_for} needs the optional part '{extra}', which is not installed",
            hint=f"pip install 'dbtools[{extra}]'",
        )
