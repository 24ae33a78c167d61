r"""What a runner fills in before it sends a script: ``{{ .name }}``, ``${name}``, and psql's ``:name``.

With a value from the settings, or from psql's own ``\set``, the text is what the runner would send. Without one a
stand-in keeps the rest of the file readable: ``_name``, the same for the same name everywhere, so that what it names
is one thing. Lines never move, and columns do not where the text that comes in is the shorter one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.migration import Migration, Script
from dbtools.sources.layouts.layout import some
from dbtools.sources.layouts.signs import PLACEHOLDER

TEMPLATE = r"\{\{-?\s*(?P<template>[^{}]{1,300}?)\s*-?\}\}|(?P<block>\{[%#][^{}]{0,300}?[%#]\})"
SHELL = r"\$\{(?P<shell>[^{}\s]{1,200})\}"
VARIABLE = r"(?<![:\w\])\[\"'])\:(?P<variable>[A-Za-z_]\w*|\"[^\"\n]{1,63}\"|'[^'\n]{1,63}')"
QUOTED = r"--|/\*|[eE]?'|\"|\$(?:[A-Za-z_]\w*)?\$|^\\|\bfrom\s+stdin\b[^;\n]*;"
OUTSIDE = re.compile(f"{TEMPLATE}|{SHELL}|{VARIABLE}|(?P<quoted>{QUOTED})", re.MULTILINE | re.IGNORECASE)
INSIDE = re.compile(f"{TEMPLATE}|{SHELL}")
PIPED = re.compile(r"(\.[\w.]+)\s*\|")
NAME = re.compile(r"\.?[A-Za-z_][\w.]*\Z|\$[\w.]*\Z")
CONTROL = re.compile(
    r"(?:if|else|end|range|with|define|template|block|break|continue|set|for|endif|endfor)\b|/\*|\$\w+\s*:?="
)
SET = re.compile(r"^\\set[ \t]+(\w+)[ \t]+(.*?)[ \t]*$", re.MULTILINE)
CONTINUES = re.compile(r"[\w$\"']")


@dataclass
class Unset:
    """Placeholders without a value: how often each, and where the first stands."""

    times: dict[str, int] = field(default_factory=dict)
    first: Location | None = None

    def add(self, script: Script, written: str, offset: int) -> None:
        """One more."""
        self.times[written] = self.times.get(written, 0) + 1
        if self.first is None:
            self.first = Location(script.path, script.text.count("\n", 0, offset) + 1)

    def findings(self) -> tuple[Finding, ...]:
        """One for all, if there are any."""
        if self.first is None:
            return ()
        names = some(f"{written} ({times} times)" if times > 1 else written for written, times in self.times.items())
        count = "1 placeholder has" if len(self.times) == 1 else f"{len(self.times)} placeholders have"
        message = f"{count} no value: {names}; a name of its own is read in its place"
        example = next(iter(self.times)).lstrip(".")
        hint = f"say what is meant in dbtools.yaml, for example migrations: {{placeholders: {{{example}: ...}}}}"
        return (Finding("placeholder-unset", Severity.INFO, message, self.first, hint=hint),)


def filled(migrations: Iterable[Migration], values: Mapping[str, str]) -> tuple[tuple[Migration, ...], Unset]:
    """*migrations* with what stands for something else filled in, and what has no value."""
    unset = Unset()
    done = []
    for each in migrations:
        up = _script(each.up, values, unset)
        down = None if each.down is None else _script(each.down, values, unset)
        same = up is each.up and down is each.down
        done.append(each if same else replace(each, up=up, down=down))
    return tuple(done), unset


def _script(script: Script, values: Mapping[str, str], unset: Unset) -> Script:
    text = fill(script.text, values, partial(unset.add, script))
    return script if text is script.text else Script(script.path, text)


def fill(text: str, values: Mapping[str, str], missing: Callable[[str, int], None]) -> str:
    """*text* with every placeholder replaced; *missing* hears of each that has no value, and of its offset."""
    if not PLACEHOLDER.search(text):
        return text
    here = {**{found[1]: _unquoted(found[2]) for found in SET.finditer(text)}, **values} if "\\set" in text else values
    pieces, at = [], 0
    for found, kind in _found(text):
        new = _replacement(found, kind, here)
        if new is None:
            continue
        if new.unset:
            missing(new.unset, found.start())
        pieces += [text[at : found.start()], _kept(found[0], new.text, kind, text[found.end() : found.end() + 1])]
        at = found.end()
    return "".join((*pieces, text[at:])) if pieces else text


@dataclass(frozen=True, slots=True)
class _New:
    text: str
    unset: str = ""


def _found(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Every placeholder, and in what it stands: "" outside of quotes, or ``"``, ``'``, ``$``."""
    at = 0
    while found := OUTSIDE.search(text, at):
        opening = found["quoted"]
        if opening is None:
            yield found, ""
            at = found.end()
            continue
        end = _end(text, found.end(), opening)
        if opening[0] in "eE'\"$":
            inner = INSIDE.finditer(text, found.end(), end)
            yield from ((each, '"' if opening == '"' else "$" if opening[0] == "$" else "'") for each in inner)
        at = end


def _end(text: str, start: int, opening: str) -> int:
    """Where what *opening* opens ends; the end of the text where it does not."""
    if opening[0] in "eE":
        closing = re.compile(r"(?:[^'\\]|\\.|'')*+'", re.DOTALL).match(text, start)
        return closing.end() if closing else len(text)
    mark = {"--": "\n", "\\": "\n", "/*": "*/"}.get(opening, "\n\\." if opening[-1] == ";" else opening)
    end = text.find(mark, start)
    return len(text) if end < 0 else end + len(mark)


def _replacement(found: re.Match[str], kind: str, values: Mapping[str, str]) -> _New | None:
    """What comes in its place; None where it is no placeholder, or stands where it disturbs nobody."""
    if found["block"] is not None:
        return _New("") if kind in {"", "$"} else None
    if found["template"] is not None:
        return _template(found["template"], kind, values)
    if found["shell"] is not None:
        return _shell(found["shell"], kind, values)
    return _variable(found["variable"], values)


def _template(inner: str, kind: str, values: Mapping[str, str]) -> _New | None:
    if piped := PIPED.match(inner):
        inner = piped[1]
    if NAME.match(inner):
        if inner.lstrip(".$") in values or inner in values:
            return _New(values.get(inner, values.get(inner.lstrip(".$"), "")))
        if CONTROL.match(inner):
            return _New("")
        dotted = inner[0] in ".$"
        return _New(_stand_in(inner), inner) if kind in {"", '"'} or (kind == "$" and dotted) else None
    if kind == "'":
        return None
    if CONTROL.match(inner):
        return _New("")
    return _New(_stand_in(inner), inner) if kind == "" else None


def _shell(inner: str, kind: str, values: Mapping[str, str]) -> _New | None:
    title, _, default = re.split(r"(:?[-=])", inner, maxsplit=1) if re.search(r":?[-=]", inner) else (inner, "", "")
    if title in values:
        return _New(values[title])
    if kind == "'":
        return None
    return _New(default or _stand_in(title), title)


def _variable(written: str, values: Mapping[str, str]) -> _New | None:
    title = written.strip("\"'")
    value, unset = (values[title], "") if title in values else (_stand_in(title), title)
    if written[0] == "'":
        return _New("'" + value.replace("'", "''") + "'", unset)
    return _New('"' + value.replace('"', '""') + '"' if written[0] == '"' else value, unset)


def _stand_in(written: str) -> str:
    """An identifier that is no keyword."""
    return "_" + "_".join(re.findall(r"[A-Za-z0-9]+", written)).lower()


def _unquoted(value: str) -> str:
    return value[1:-1].replace("''", "'") if len(value) > 1 and value[0] == value[-1] == "'" else value


def _kept(old: str, new: str, kind: str, following: str) -> str:
    """*new* with as many lines as *old*, and where that is without meaning, as many columns."""
    lines = old.count("\n")
    new = " ".join(new.splitlines()) + "\n" * lines
    short = len(old) - len(new)
    return new + " " * short if short > 0 and not lines and kind == "" and not CONTINUES.match(following) else new
