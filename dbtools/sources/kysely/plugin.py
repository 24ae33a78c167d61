"""CamelCasePlugin, found where the application makes its Kysely: the types then have other names than the database."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dbtools.model.camel import CamelCase

MADE = re.compile(r"\bnew\s+CamelCasePlugin\s*\(([^)]*)\)")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
OPTIONS = {
    "upperCase": "upper",
    "underscoreBeforeDigits": "before_digits",
    "underscoreBetweenUppercaseLetters": "between_capitals",
}


def plugin_in(texts: Iterable[str]) -> CamelCase | None:
    """The plugin that one of *texts* makes, with its options; None where none does."""
    for text in texts:
        if "CamelCasePlugin" in text:
            found = MADE.search(COMMENT.sub("", text))
            if found is not None:
                said = re.findall(r"(\w+)\s*:\s*true\b", found[1])
                return CamelCase(**{OPTIONS[option]: True for option in said if option in OPTIONS})
    return None
