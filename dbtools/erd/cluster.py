"""Tables in groups that belong together: by the foreign keys between them, and by the words in their names.

What everybody refers to says little about who belongs to whom, so a foreign key weighs less the more there are to its
parent, and a word less the more tables have it. Words are nodes of the graph like tables: that keeps it linear.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import sqrt

from dbtools.erd.atlas import Reference
from dbtools.model.expression import Name

_WORD = re.compile(r"[^\W\d_]+|\d+")
_HUMP = re.compile(r"(?<=[^\W\dA-Z_])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][^\W\dA-Z_])")
_SEED = 0
MOST_TABLES = 30
COARSE = 0.35  # Louvain's resolution for cuts: at 1 they are so small that twice as many foreign keys cross


def words(name: Name) -> tuple[str, ...]:
    """The words of a table's name, as spelled: ``UserProgress``, ``user_progress`` and ``HTMLPage`` have two."""
    return tuple(word for part in _WORD.findall(name.local) for word in _HUMP.split(part))


def stem(word: str) -> str:
    """*word* as it is counted: in lower case, and in the singular as far as English endings tell."""
    low = word.lower()
    if len(low) > 4 and low.endswith("ies"):  # noqa: PLR2004 - "series" apart, no short word ends so
        return f"{low[:-3]}y"
    return low[:-1] if len(low) > 3 and low.endswith("s") and not low.endswith("ss") else low  # noqa: PLR2004


def common(names: Iterable[Name]) -> Counter[str]:
    """How many of the tables have each word."""
    return Counter(found for name in names for found in {stem(word) for word in words(name)})


def clusters(names: Iterable[Name], references: Iterable[Reference]) -> tuple[tuple[Name, ...], ...]:
    """The tables called *names* in groups, each in the order of names, the biggest first; the same for equal graphs."""
    found = _groups(sorted(names), list(references), 1)
    return tuple(sorted(found, key=lambda group: (-len(group), group)))


def _groups(names: list[Name], references: list[Reference], resolution: float) -> Iterator[tuple[Name, ...]]:
    """A group too big for a page that people read is cut again, as if there were no other tables."""
    found = _louvain(names, references, resolution)
    for group in found:
        if len(group) <= MOST_TABLES or len(found) == 1:
            yield tuple(group)
        else:
            own = set(group)
            yield from _groups(group, [ref for ref in references if ref.child in own and ref.parent in own], COARSE)


def _louvain(names: list[Name], references: list[Reference], resolution: float) -> list[list[Name]]:
    from networkx import Graph
    from networkx.algorithms.community import louvain_communities

    graph = Graph()
    graph.add_nodes_from(range(len(names)))  # numbers: their order in a set is the same in every process
    graph.add_weighted_edges_from((one, other, weight) for (one, other), weight in _weights(names, references).items())
    found = louvain_communities(graph, weight="weight", resolution=resolution, seed=_SEED)
    groups = ([names[node] for node in sorted(group) if node < len(names)] for group in found)
    return [group for group in groups if group]


def _weights(names: list[Name], references: Iterable[Reference]) -> Mapping[tuple[int, int], float]:
    place = {name: number for number, name in enumerate(names)}
    pairs = sorted(
        (place[ref.child], place[ref.parent])
        for ref in references
        if ref.child in place and ref.parent in place and ref.child != ref.parent
    )
    referred = Counter(parent for _, parent in pairs)
    weights: dict[tuple[int, int], float] = defaultdict(float)
    for child, parent in pairs:
        weights[min(child, parent), max(child, parent)] += 1 / sqrt(referred[parent])
    counted = common(names)
    telling = sorted(word for word, number in counted.items() if 1 < number <= max(2, len(names) // 3))
    node = {word: len(names) + number for number, word in enumerate(telling)}
    for number, name in enumerate(names):
        for word in sorted({stem(word) for word in words(name)} & node.keys()):
            weights[number, node[word]] = 1 / sqrt(counted[word])
    return weights
