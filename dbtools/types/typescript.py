"""TypeScript's own spelling: keys, literals and comments."""

from __future__ import annotations

import json
import re

IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def key(name: str) -> str:
    """A name of a member, in quotes where it is no identifier."""
    return name if IDENTIFIER.fullmatch(name) else literal(name)


def literal(text: str) -> str:
    """A string literal."""
    return json.dumps(text, ensure_ascii=False)


def comment(text: str, indent: str = "") -> list[str]:
    """The lines of a JSDoc comment; none where there is nothing to say."""
    lines = [line.rstrip().replace("*/", "*\\/") for line in text.strip().splitlines()]
    if len(lines) <= 1:
        return [f"{indent}/** {line} */" for line in lines]
    return [f"{indent}/**", *(f"{indent} * {line}".rstrip() for line in lines), f"{indent} */"]
