"""What is to be written, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple


class Target(NamedTuple):
    """A file, and the language of its types."""

    language: Literal["kysely", "python"]
    path: str


@dataclass(frozen=True, slots=True)
class Writing:
    """``constants``: enums as objects that are there at run time, in place of unions of literals.

    ``camel_case``: the application uses Kysely's CamelCasePlugin. ``parsers``: what it registers with node-postgres, by
    PostgreSQL type.
    """

    constants: bool = False
    camel_case: bool = False
    parsers: Mapping[str, str] = field(default_factory=dict)
