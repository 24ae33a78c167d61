"""What a group of tables is called: by the word that is most theirs, or else by the table in their middle."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Mapping

from dbtools.erd.cluster import common, stem, words
from dbtools.model.expression import Name

LEAST_SHARE = 0.4  # of a group's tables have the word that it is called by


def title(group: tuple[Name, ...], hub: Name, everywhere: Mapping[str, int], total: int) -> str:
    """Of all words that many in *group* share, the one that is rarest elsewhere; or else the words of its *hub*.

    *everywhere*: how many of all the *total* tables have each word; what most of them have says nothing.
    """
    within = common(group)
    shared = {
        word: number * number / everywhere[word]
        for word, number in within.items()
        if number > 1 and number >= LEAST_SHARE * len(group) and not word.isdigit()
        if 2 * everywhere[word] <= total or len(group) == total
    }
    if shared:
        word = min(shared, key=lambda word: (-shared[word], word))
        return _capital(_spelled(word, group))
    telling = [word for word in words(hub) if 2 * everywhere[stem(word)] <= total]
    return _capital(" ".join(word if word.isupper() else word.lower() for word in telling or words(hub)) or str(hub))


def key(shown: str, taken: Container[str]) -> str:
    """*shown* as the name of a domain: kebab-case in ASCII, and none of the pages' names that are *taken*."""
    letters = unicodedata.normalize("NFKD", shown).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "domain"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name


def _spelled(stemmed: str, group: Iterable[Name]) -> str:
    found = Counter(word for name in group for word in words(name) if stem(word) == stemmed)
    return min(found, key=lambda word: (-found[word], word))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
