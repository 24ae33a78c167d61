"""Which table stands on whose page, and what is wrong with that."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import translate

from dbtools.erd.settings import DomainPages, Pages
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
    slugs = _slugs([domain.name for domain in pages.domains] + [THE_REST.name])
    made = [
        Chapter(domain, slugs[place], tuple(table for table in listed if owner.get(table.name) == place))
        for place, domain in enumerate(pages.domains)
    ]
    if alone:
        made.append(Chapter(THE_REST, slugs[-1], tuple(alone)))
    return tuple(made), tuple(findings)


def _owners(tables: tuple[Table, ...], pages: Pages, findings: list[Finding]) -> dict[Name, int]:
    spellings = {spelling: table.name for table in tables for spelling in _spellings(table.name)}
    owner: dict[Name, int] = {}
    for place, domain in enumerate(pages.domains):
        matched = {pattern: _matched(pattern, spellings) for pattern in domain.tables}
        findings.extend(_matches_nothing(pattern, domain, pages) for pattern, names in matched.items() if not names)
        for name in sorted({name for names in matched.values() for name in names}):
            first = owner.setdefault(name, place)
            if first != place:
                findings.append(_in_two(name, pages.domains[first], domain, pages))
    return owner


def _spellings(name: Name) -> tuple[str, str]:
    return str(name), f"{name.namespace}.{name.local}"


def _matched(pattern: str, spellings: dict[str, Name]) -> list[Name]:
    """Names are looked up as they are first, since ``isActive?`` and ``a[b]`` are legal ones."""
    if pattern in spellings:
        return [spellings[pattern]]
    if not set("*?[") & set(pattern):
        return []
    fits = re.compile(translate(pattern)).match
    return sorted({name for spelling, name in spellings.items() if fits(spelling)})


def _slugs(names: list[str]) -> list[str]:
    """Kebab-case names for files, all different on a file system that ignores case."""
    made: list[str] = []
    for name in names:
        letters = unicodedata.normalize("NFC", name).lower()
        base = slug = re.sub(r"[\W_]+", "-", letters).strip("-") or "domain"
        number = 2
        while slug in made:
            slug, number = f"{base}-{number}", number + 1
        made.append(slug)
    return made


def _without_domain(name: Name, pages: Pages) -> Finding:
    return Finding(
        rule="table-without-domain",
        severity=Severity.WARNING,
        message=f"{name} belongs to no domain, so it stands among the other tables",
        location=Location(pages.config),
        hint=f'add "{name}" to erd.domains.<name>.tables in {pages.config}',
        table=str(name),
    )


def _in_two(name: Name, first: DomainPages, second: DomainPages, pages: Pages) -> Finding:
    return Finding(
        rule="table-in-two-domains",
        severity=Severity.ERROR,
        message=f"{name} is claimed by {first.name} and by {second.name}; it stands on the page of {first.name}",
        location=Location(pages.config),
        hint=f"narrow erd.domains.{second.name}.tables in {pages.config}, or erd.domains.{first.name}.tables",
        table=str(name),
        object=second.name,
    )


def _matches_nothing(pattern: str, domain: DomainPages, pages: Pages) -> Finding:
    return Finding(
        rule="domain-pattern-matches-nothing",
        severity=Severity.WARNING,
        message=f'"{pattern}" of the domain {domain.name} matches no table',
        location=Location(pages.config),
        hint=f"correct or remove it in erd.domains.{domain.name}.tables in {pages.config}; "
        "a table outside public is named with its namespace, a partition stands with its table",
        object=domain.name,
        anchor=pattern,
    )
