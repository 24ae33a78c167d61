"""Names for types, made from names that may hold anything: each an identifier of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from dbtools.model.expression import Name


def type_names(names: Iterable[Name], taken: Iterable[str]) -> Mapping[Name, str]:
    """``user_account`` as ``UserAccount``; outside of ``public`` the namespace comes first.

    Where two would be called the same, or as one of *taken*, a number tells them apart.
    """
    used = set(taken)
    made: dict[Name, str] = {}
    for name in names:
        base = _pascal(name.local if name.namespace == "public" else f"{name.namespace}_{name.local}")
        found, number = base, 2
        while found in used:
            found, number = f"{base}{number}", number + 1
        used.add(found)
        made[name] = found
    return made


def _pascal(text: str) -> str:
    words = re.split(r"[\W_]+", text)
    name = "".join(word[:1].upper() + word[1:] for word in words)
    return name if name.isidentifier() else f"T{name}"
