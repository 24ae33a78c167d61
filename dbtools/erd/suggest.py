"""Domains proposed for the tables that have none, as settings to paste, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dbtools.erd.assign import EVERYTHING, THE_REST, slugs
from dbtools.erd.atlas import Atlas, atlas
from dbtools.erd.cluster import clusters, common
from dbtools.erd.naming import key, title
from dbtools.erd.patterns import Patterns
from dbtools.erd.settings import DomainPages, Pages
from dbtools.model.expression import Name
from dbtools.model.report import Report, TableSection, TextSection
from dbtools.model.schema import Schema
from dbtools.model.wording import counted

ALONE = DomainPages("unrelated", (), title="Unrelated tables")
HEADER = ("Domain", "", "Around", "Tables", "Foreign keys inside", "Across")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A domain as it should be, and the tables that it gets; ``hub`` is the one that most foreign keys meet at.

    ``inside`` and ``across`` count the foreign keys that stay within it, and those that cross its border.
    """

    domain: DomainPages
    tables: tuple[Name, ...]
    hub: Name | None
    new: bool
    inside: int = 0
    across: int = 0


def suggest(schema: Schema, pages: Pages) -> Report:
    """A report whose last section is the ``erd`` of dbtools.yaml with a domain for every table; it writes no file."""
    from dbtools.erd.written import written

    book, _ = atlas(schema, pages)
    homeless = [table.name for made in book.chapters if made.domain in (EVERYTHING, THE_REST) for table in made.tables]
    if not homeless:
        why = "every table has a domain" if book.home else "there are no tables"
        return Report(command="erd", summary=f"nothing to suggest: {why}")
    proposals = _proposals(book, homeless, pages.domains)
    domains = _merged(pages.domains, proposals)
    between, total = _across(book, proposals)
    share = f"{between} of {counted(total, 'foreign key')} cross from one domain to another"
    return Report(
        command="erd",
        summary=f"{counted(len(homeless), 'table')} in {counted(len(proposals), 'domain')}; {share}"
        + (f" ({round(100 * between / total)} %)" if total else ""),
        sections=(
            TableSection("Why", HEADER, tuple(map(_row, proposals))),
            TextSection(
                f"To paste into {pages.config}, in place of erd", written(replace(pages, domains=domains)), "yaml"
            ),
        ),
        figures={"tables": len(homeless), "domains": len(domains)},
    )


def _merged(domains: Iterable[DomainPages], proposals: Iterable[Proposal]) -> tuple[DomainPages, ...]:
    """The domains of the settings with what they get, in their order, and then the new ones."""
    found = {domain.name: domain for domain in domains} | {one.domain.name: one.domain for one in proposals}
    return tuple(found.values())


def _row(proposal: Proposal) -> tuple[str, ...]:
    numbers = (len(proposal.tables), proposal.inside, proposal.across)
    return proposal.domain.name, "new" if proposal.new else "grows", str(proposal.hub or ""), *map(str, numbers)


def _across(book: Atlas, proposals: Iterable[Proposal]) -> tuple[int, int]:
    """How many foreign keys go from one domain to another if *proposals* are taken, and how many there are."""
    home = {name: made.domain.name for name, made in book.home.items()}
    home |= {name: one.domain.name for one in proposals for name in one.tables}
    references = [ref for ref in book.references() if ref.parent in home]
    return sum(home[ref.child] != home[ref.parent] for ref in references), len(references)


def _proposals(book: Atlas, homeless: list[Name], domains: Iterable[DomainPages]) -> tuple[Proposal, ...]:
    kept = {domain.name: domain for domain in domains}
    pages = {*slugs(kept), THE_REST.name}
    taken = {*pages, ALONE.name}
    patterns, everywhere = Patterns(book.home), common(book.home)
    made: list[Proposal] = []
    borders = [_Border(group, book) for group in clusters(homeless, book.references())]
    lonely = tuple(sorted(border.group[0] for border in borders if border.is_lonely))
    for border in borders:
        joins = border.neighbour(frozenset(homeless))
        if joins:
            domain = kept[joins] = replace(kept[joins], tables=(*kept[joins].tables, *patterns.of(border.group)))
        elif not border.is_lonely:
            shown = title(border.group, border.hub, everywhere, len(book.home))
            domain = DomainPages(key(shown, taken), patterns.of(border.group), shown)
            taken.add(domain.name)
        else:
            continue
        made.append(Proposal(domain, border.group, border.hub, not joins, len(border.within), len(border.strangers)))
    if lonely:
        domain = replace(ALONE, name=key(ALONE.name, pages), tables=patterns.of(lonely))
        made.append(Proposal(domain, lonely, None, new=True))
    return tuple(made)


class _Border:
    """A group of tables, its foreign keys ``within``, and the ``strangers`` that others lead to or come from."""

    def __init__(self, group: tuple[Name, ...], book: Atlas) -> None:
        own = set(group)
        out = [ref for name in group for ref in book.outgoing.get(name, ()) if ref.parent in book.home]
        into = [ref for name in group for ref in book.incoming.get(name, ()) if ref.child not in own]
        self.group = group
        self.within = [ref for ref in out if ref.parent in own]
        self.strangers = [ref.parent for ref in out if ref.parent not in own] + [ref.child for ref in into]
        self._home = {name: book.home[name].domain.name for name in self.strangers}

    @property
    def hub(self) -> Name:
        """The table that most of its foreign keys meet at; of equals the one that more of them refer to."""
        ends = Counter(end for ref in self.within for end in (ref.child, ref.parent))
        parents = Counter(ref.parent for ref in self.within)
        return min(self.group, key=lambda name: (-ends[name], -parents[name], name))

    @property
    def is_lonely(self) -> bool:
        """Whether it is one table that no foreign key joins to another."""
        return len(self.group) == 1 and not self.strangers

    def neighbour(self, homeless: frozenset[Name]) -> str:
        """The domain that has more to do with the group than its own tables with each other, "" for none."""
        near = Counter(self._home[name] for name in self.strangers if name not in homeless)
        best = min(near, key=lambda name: (-near[name], name), default="")
        return best if near[best] > len(self.within) else ""
