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


def numbered(text: str) -> str | None:
    """*text* with a parameter for each value that is filled in, ready to be prepared; the same name is the same one.

    None where a template fills in what may be no value.
    """
    known: dict[str, int] = {}
    taken = max((int(number) for number in _OWN.findall(TOKEN.sub(_kept_out, text))), default=0)
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        if match["value"] is None:
            names.append(match["template"] or "")
            return _plain(match)
        written = match[0] if match[0] not in _POSITIONAL else f"{match[0]} {match.start()}"
        return f"${known.setdefault(_name(written), taken + len(known) + 1)}"

    replaced = TOKEN.sub(number, text)
    return None if any(names) else replaced


_OWN = re.compile(r"\$(\d+)")
_POSITIONAL = frozenset({"%s", "%b", "%t"})
_SPELLED = re.compile(r"sqlc\.\w+\(\s*'?(\w+)'?\s*\)|[:@]'?(\w+)'?")


def _name(written: str) -> str:
    """The name of a placeholder, however it is spelled."""
    match = _SPELLED.fullmatch(written)
    return (match[1] or match[2]) if match else written


def _kept_out(match: re.Match[str]) -> str:
    return " " if match["kept"] is not None else match[0]
