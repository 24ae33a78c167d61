"""Which table stands on whose page, and what is wrong with that."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import translate
from typing import NamedTuple

from dbtools.erd.settings import DomainPages, Pages
from dbtools.errors import UsageError
from dbtools.model.expression import Name
from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.objects import Table

EVERYTHING = DomainPages("all", ("*",), title="All tables")
THE_REST = DomainPages("other", (), title="Other tables", description="Tables that no domain claims yet.")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One domain with its tables, by name; ``slug`` is its name in file names."""

    domain: DomainPages
    slug: str
    tables: tuple[Table, ...]

    @property
    def file(self) -> str:
        """The name of its page."""
        return f"erd-{self.slug}.md"

    @property
    def title(self) -> str:
        """What people call it."""
        return self.domain.title or re.sub(r"[-_]+", " ", self.domain.name).strip().capitalize() or self.slug


def chapters(tables: Iterable[Table], pages: Pages) -> tuple[tuple[Chapter, ...], tuple[Finding, ...]]:
    """A chapter for every domain, in the order of the configuration, then one for tables in no domain.

    Without any domain there is one chapter for everything. A table that two domains claim stays
    with the first.
    """
    listed = tuple(tables)
    if not pages.domains:
        return (Chapter(EVERYTHING, EVERYTHING.name, listed),), ()
    findings: list[Finding] = []
    owner = _owners(listed, pages, findings)
    alone = [table for table in listed if table.name not in owner]
    findings.extend(_without_domain(table.name, pages) for table in alone)
    named = slugs([*(domain.name for domain in pages.domains), THE_REST.name])
    findings.extend(_same_page(named, pages))
    made = [
        Chapter(domain, named[place], tuple(table for table in listed if owner.get(table.name) == place))
        for place, domain in enumerate(pages.domains)
    ]
    if alone:
        made.append(Chapter(THE_REST, named[-1], tuple(alone)))
    return tuple(made), tuple(findings)


def _same_page(named: list[str], pages: Pages) -> Iterator[Finding]:
    """A finding for every domain whose own page's name an earlier one has."""
    first: dict[str, DomainPages] = {}
    for domain, slug in zip(pages.domains, named, strict=False):
        own = slugs([domain.name])[0]
        if own in first:
            yield _shares_page(domain, first[own], slug, pages)
        first.setdefault(own, domain)


def chosen(made: tuple[Chapter, ...], only: tuple[str, ...]) -> tuple[Chapter, ...]:
    """Those of the domains called *only*, all where it is empty; UsageError where one is not there."""
    known = {chapter.domain.name: chapter for chapter in made}
    for name in only:
        if name not in known:
            from difflib import get_close_matches

            near = get_close_matches(name, known, n=1)
            there = f"there are {', '.join(known)}"
            raise UsageError(f"there is no domain {name}", hint=f"did you mean {near[0]}? {there}" if near else there)
    return tuple(chapter for chapter in made if not only or chapter.domain.name in only)


def _owners(tables: tuple[Table, ...], pages: Pages, findings: list[Finding]) -> dict[Name, int]:
    """The place of the domain that each table stands with."""
    spelled = by_spelling(table.name for table in tables)
    owner: dict[Name, tuple[int, str]] = {}
    for place, domain in enumerate(pages.domains):
        claims = {pattern: matched(pattern, spelled) for pattern in domain.tables}
        findings.extend(_matches_nothing(pattern, domain, pages) for pattern, names in claims.items() if not names)
        for name, pattern in sorted({name: pattern for pattern, names in claims.items() for name in names}.items()):
            first, by = owner.setdefault(name, (place, pattern))
            if first != place:
                findings.append(_in_two(name, _Claim(pages.domains[first], by), _Claim(domain, pattern), pages))
    return {name: place for name, (place, _) in owner.items()}


def by_spelling(names: Iterable[Name]) -> dict[str, Name]:
    """What tables may be called in a pattern: ``Invoice`` and ``public.Invoice``; with it, no two are the same."""
    listed = tuple(names)
    return {str(name): name for name in listed} | {f"{name.namespace}.{name.local}": name for name in listed}


def matched(pattern: str, spelled: Mapping[str, Name]) -> list[Name]:
    """The tables that *pattern* claims; as a name first, since ``isActive?`` and ``a[b]`` are legal ones.

    Only a pattern with a dot is about schemas: ``p*`` does not mean all that is in public.
    """
    if pattern in spelled:
        return [spelled[pattern]]
    if not set("*?[") & set(pattern):
        return []
    fits = re.compile(translate(pattern)).match
    dotted = "." in pattern
    return sorted({name for text, name in spelled.items() if fits(text) and (dotted or text == str(name))})


def slugs(names: Iterable[str]) -> list[str]:
    """Kebab-case names for files, all different on a file system that ignores case."""
    made: dict[str, None] = {}
    for name in names:
        letters = unicodedata.normalize("NFC", name).lower()
        base = slug = re.sub(r"[\W_]+", "-", letters).strip("-") or "domain"
        number = 2
        while slug in made:
            slug, number = f"{base}-{number}", number + 1
        made[slug] = None
    return list(made)


def _without_domain(name: Name, pages: Pages) -> Finding:
    return Finding(
        rule="table-without-domain",
        severity=Severity.WARNING,
        message=f"{name} belongs to no domain, so it stands among the other tables",
        location=Location(pages.config, pages.line),
        hint=f'add "{name}" to the tables of a domain in {pages.config}; dbtools erd --suggest-domains proposes one',
        table=str(name),
    )


class _Claim(NamedTuple):
    """A domain, and that of its patterns which fits."""

    domain: DomainPages
    pattern: str

    def __str__(self) -> str:
        """How it is said."""
        return f'"{self.pattern}" of {self.domain.name}'


def _in_two(name: Name, first: _Claim, second: _Claim, pages: Pages) -> Finding:
    line = first.domain.line(first.pattern)
    where = f" on line {line}" if first.domain.lines else ""
    return Finding(
        rule="table-in-two-domains",
        severity=Severity.ERROR,
        message=f"{name} is claimed by {second} and by {first}{where}; it stands on the page of {first.domain.name}",
        location=Location(pages.config, second.domain.line(second.pattern)),
        hint=f"name it in one of the two only, or narrow the pattern of the other in {pages.config}",
        table=str(name),
        object=second.domain.name,
    )


def _shares_page(domain: DomainPages, first: DomainPages, slug: str, pages: Pages) -> Finding:
    return Finding(
        rule="domains-share-page",
        severity=Severity.WARNING,
        message=f"{domain.name} would have the page of {first.name}, so it has erd-{slug}.md",
        location=Location(pages.config, domain.lines[0] if domain.lines else 1),
        hint=f"give one of the two another name under erd.domains in {pages.config}; the order there decides the file",
        object=domain.name,
    )


def _matches_nothing(pattern: str, domain: DomainPages, pages: Pages) -> Finding:
    return Finding(
        rule="domain-pattern-matches-nothing",
        severity=Severity.WARNING,
        message=f'"{pattern}" of the domain {domain.name} matches no table',
        location=Location(pages.config, domain.line(pattern)),
        hint=f"correct or remove it in erd.domains.{domain.name}.tables in {pages.config}; "
        "a table outside public is named with its namespace, a partition stands with its table",
        object=domain.name,
        anchor=pattern,
    )
