"""What changed: git and the project's sources, joined into one value that every room takes."""

from dbtools.change.gather import Project, Scope, gather
from dbtools.change.given import Given, gather_paths
from dbtools.change.value import Change

__all__ = ["Change", "Given", "Project", "Scope", "gather", "gather_paths"]
