"""What PostgreSQL did with the rules' examples, as it was measured, in words.

``rules/observed.json`` holds it, per statement of every example and joined where servers agree; ``make facts`` measures
anew. ``rules/advice.json`` holds what the rules say of their bad examples; ``make docs`` asks them again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from typing import Any

KINDS = ("bad", "good")
DIVIDER = "\n---\n"


def digest(sql: str) -> str:
    """What an example is found by: another text is another example."""
    return sha256(sql.encode()).hexdigest()[:12]


def history_of(sql: str) -> str:
    """What stands before the migrations of an example."""
    history, divider, _ = sql.partition(DIVIDER)
    return history if divider else ""


def news_of(sql: str) -> Iterator[tuple[int, str]]:
    """The migrations of an example, each with the line of the example that it begins on."""
    history, divider, new = sql.partition(DIVIDER)
    line = history.count("\n") + 3 if divider else 1
    for text in (new if divider else sql).split(DIVIDER):
        yield line, text
        line += text.count("\n") + 2


def observed(rule: str, sql: str) -> list[tuple[int, str]]:
    """Per statement of an example its last line and what servers did; nothing for an example that nobody has run."""
    statements = _data("observed.json")["rules"].get(rule, {}).get(digest(sql), [])
    return [(each["line"], _by_server(each["seen"])) for each in statements]


def servers() -> dict[str, str]:
    """The releases that were asked, by major version."""
    return dict(_data("observed.json")["servers"])


def advice(rule: str, sql: str) -> list[dict[str, str]]:
    """What the rule says of its bad example: ``message`` and ``hint`` of each finding."""
    return list(_data("advice.json").get(rule, {}).get(digest(sql), []))


def forget() -> None:
    """Read the files anew: one of them was written."""
    _data.cache_clear()


@cache
def _data(name: str) -> dict[str, Any]:
    return dict(json.loads(files("dbtools.rules").joinpath(name).read_text("utf-8")))


def _by_server(seen: list[dict[str, Any]]) -> str:
    """``PostgreSQL 15.18 and 18.6: ACCESS EXCLUSIVE on post, rewrites post``; where they differ, each in turn."""
    releases = servers()
    told = (f"PostgreSQL {_joined([releases[major] for major in each['on']])}: {_fact(each)}" for each in seen)
    return "; ".join(told)


def _fact(seen: dict[str, Any]) -> str:
    return ", ".join(_facts(seen)) or "nothing that anybody waits for"


def _facts(seen: dict[str, Any]) -> Iterator[str]:
    if "fails" in seen:
        yield f"fails with {seen['fails']}: {seen['error']}"
        return
    if seen.get("outside"):
        yield "runs outside a transaction, where its locks were not measured"
    locks = sorted(seen.get("locks", {}).items(), key=lambda item: item[1])
    for mode, pairs in groupby(locks, key=lambda item: item[1]):
        yield f"{mode} on {_joined([name for name, _ in pairs])}"
    written = seen.get("rewrites", [])
    works = {"rewrites": written, "reads all of": [name for name in seen.get("reads", ()) if name not in written]}
    for verb, names in {**works, "builds": seen.get("builds", [])}.items():
        if names:
            yield f"{verb} {_joined(names)}"
    yield from seen.get("loses", ())


def _joined(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
