"""The relations that a text may name where no grammar can tell: every identifier in it that is no keyword."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from dbtools.model.expression import Name
from dbtools.model.identifiers import KEYWORDS

COMMENT = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
PART = re.compile(r'"(?:[^"]|"")+"|[^\W\d][\w$]*')
WORD = re.compile(r"[^\W\d][\w$]*")
PATH = re.compile(rf"(?:{PART.pattern})(?:\s*\.\s*(?:{PART.pattern}))*")
# The unreserved words of the statements that change tables; a table of that name must be quoted to be seen.
VERBS = frozenset(
    """
    add after alter always as begin before by cascade commit concurrently constraint delete do drop enum execute exists
    extension function identity if index insert key language materialized no of options owner partition procedure
    rename replace restrict returns schema sequence set start storage temporary trigger truncate type unlogged update
    valid validate values view
    """.split()
)


def named(text: str, namespace: str) -> tuple[Name, ...]:
    """Every name that *text* may mean by its identifiers, more rather than less; *namespace* where it gives none."""
    found: dict[Name, None] = {}
    for path in PATH.findall(COMMENT.sub(" ", text)):
        parts = [part for part in PART.findall(path) if part.lower() not in KEYWORDS | VERBS]
        plain = [part[1:-1].replace('""', '"') if part.startswith('"') else part.lower() for part in parts]
        found |= {Name(namespace, part): None for part in plain}
        found |= {Name(*pair): None for pair in pairwise(plain)}
    return tuple(found)


def mentions(text: str, local: str) -> bool:
    """Whether *local* stands in *text* as an identifier, quoted or not: where it does not, *text* cannot mean it."""
    lower = _lower(text)
    if local.lower() not in lower and ESCAPED not in lower and '"' not in local:
        return False
    words = _words(text)
    if ESCAPED in words or local.lower() in words:
        return True
    return WORD.fullmatch(local) is None and '"{}"'.format(local.replace('"', '""')) in text


ESCAPED = 'u&"'


@lru_cache(maxsize=4096)
def _lower(text: str) -> str:
    return text.lower()


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    """The words of *text* in lower case, found once however many names are looked for."""
    lower = _lower(text)
    return frozenset([*WORD.findall(lower), *([ESCAPED] if ESCAPED in lower else ())])
