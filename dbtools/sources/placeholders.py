"""Queries as applications keep them, with what a driver or a template fills in made SQL; no character moves.

What stands for a value becomes ``$1``: ``:name``, ``@name``, ``%(name)s``, ``sqlc.arg(name)``, ``#{name}``. What a
template fills in may be a name as well: it becomes a parameter that no query has, ``TEMPLATE``. Conditional parts are
taken as they stand; where there is a choice, ``{% else %}`` becomes such a parameter, which is no SQL there.
"""

from __future__ import annotations

import re

from dbtools.sql.queries import TEMPLATE

TOKEN = re.compile(
    r"""
    (?P<kept> [eE]'(?:\\.|''|[^'\\])*' | '(?:''|[^'])*' | "(?:""|[^"])*" | --[^\n]* | /\*.*?\*/
        | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ )
    | (?P<blank> \{\#.*?\#\} | \{%(?!-?\s*el).*?%\} )
    | sqlc\.embed\( \s*(?P<embedded>\w+)\s* \)
    | (?P<doubled> %% )
    | (?P<template> (?<![:\w]):"\w+" | \{\{.*?\}\} | \{%.*?%\} | \$\{.*?\} )
    | (?P<value> \#\{.*?\} | sqlc\.(?:n?arg|slice)\([^()]*\)
        | %\(\w+\)[sbt] | %[sbt](?!\w)
        | (?<![:\w]) :(?:'\w+' | [A-Za-z_]\w*)
        | (?<![\w@<>=~!\#%^&|*/+?-]) @[A-Za-z_]\w* )
    """,
    re.VERBOSE | re.DOTALL,
)


def plain(text: str) -> str:
    """*text* with its placeholders as parameters of PostgreSQL, as long as before and with the same lines."""
    return TOKEN.sub(_plain, text)


def _plain(match: re.Match[str]) -> str:
    written = match[0]
    if match["kept"] is not None:
        return written
    if match["blank"] is not None:
        return _padded("", written)
    if match["embedded"] is not None:
        return _padded(f"{match['embedded']}.*", written)
    if match["doubled"] is not None:
        return "% "
    if match["template"] is not None:
        return _padded(f"${TEMPLATE}", written) if "\n" in written else f"${TEMPLATE.zfill(len(written) - 1)}"
    return _padded("$1", written) if "\n" in written else f"${'1'.zfill(len(written) - 1)}"


def _padded(new: str, old: str) -> str:
    return new + re.sub(r"[^\n]", " ", old[len(new) :])
