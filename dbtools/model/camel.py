"""The names that Kysely's CamelCasePlugin translates between, letter by letter as it does."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple


class CamelCase(NamedTuple):
    """The plugin's options, which say how a name in the application becomes one in the database."""

    upper: bool = False
    before_digits: bool = False
    between_capitals: bool = False

    def snake(self, name: str) -> str:
        """The name in the database that ``fooBar`` stands for: ``foo_bar``."""
        made = name[:1].lower()
        for before, letter in pairwise(name):
            if self.before_digits and _is_digit(letter) and not _is_digit(before) and not made.endswith("_"):
                made += f"_{letter}"
            elif _is_capital(letter):
                made += ("_" if self.between_capitals or not _is_capital(before) else "") + letter.lower()
            else:
                made += letter
        return made.upper() if self.upper else made

    def camel(self, name: str) -> str:
        """The name in the application by which the rows have the column ``foo_bar``: ``fooBar``."""
        if self.upper and name == name.upper():
            name = name.lower()
        pairs = pairwise(name)
        return name[:1] + "".join(
            letter.upper() if before == "_" else letter for before, letter in pairs if letter != "_"
        )


def _is_digit(letter: str) -> bool:
    return "0" <= letter <= "9"


def _is_capital(letter: str) -> bool:
    return letter == letter.upper() != letter.lower()
