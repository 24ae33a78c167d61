from __future__ import annotations

from dataclasses import replace

import pytest

from dbtools.erd import DomainPages, Pages, erd
from dbtools.errors import UsageError
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.objects import Columns, PartitionOf, Table
from dbtools.model.schema import Schema
from tests.erd.schemas import columns, name, simple, table

SCHEMA = Schema.of([simple("Course"), simple("Quiz"), simple("QuizQuestion"), simple("audit.Log"), simple("a[b]*")])


def pages_of(*domains: DomainPages, schema: Schema = SCHEMA) -> tuple[dict[str, list[str]], list[tuple[str, ...]]]:
    report = erd(schema, Pages(domains=domains), {})
    headings = {
        file.path.rpartition("/")[2]: [line[4:] for line in file.content.splitlines() if line.startswith("### ")]
        for file in report.files
        if "erd-" in file.path
    }
    return headings, [(f.rule, str(f.severity), f.table or f.anchor) for f in report.findings]


def test_names_and_patterns_claim_tables():
    pages, findings = pages_of(
        DomainPages("learning", ("Course", "Quiz*")), DomainPages("log", ("audit.*",)), DomainPages("odd", ("a[b]*",))
    )
    assert pages == {
        "erd-learning.md": ["Course", "Quiz", "QuizQuestion"],
        "erd-log.md": ["audit.Log"],
        "erd-odd.md": ["a&#91;b&#93;&#42;"],
    }
    assert findings == []


def test_a_pattern_without_a_dot_does_not_mean_a_schema():
    pages, _ = pages_of(DomainPages("people", ("p*",)), DomainPages("rest", ("public.*",)))
    assert (pages["erd-people.md"], len(pages["erd-rest.md"])) == ([], 4)


def test_a_table_in_no_domain_stands_among_the_others_and_is_a_warning():
    report = erd(SCHEMA, Pages(domains=(DomainPages("all but one", ("public.*",)),)), {})
    (finding,) = report.findings
    assert (finding.rule, finding.severity, finding.table) == ("table-without-domain", Severity.WARNING, "audit.Log")
    assert finding.hint.startswith('add "audit.Log" to the tables of a domain in dbtools.yaml; ')
    other = next(file for file in report.files if file.path.endswith("erd-other.md"))
    assert "# Other tables" in other.content
    assert "### audit.Log" in other.content
    readme = next(file for file in report.files if file.path.endswith("README.md"))
    assert "- Tables in no domain: [audit.Log](erd-other.md#auditlog)\n" in readme.content


def test_the_first_domain_wins_a_table_that_two_claim():
    pages, findings = pages_of(DomainPages("one", ("*",)), DomainPages("two", ("Quiz", "Quiz*")))
    assert pages["erd-two.md"] == []
    assert set(findings) == {
        ("table-in-two-domains", "error", "Quiz"),
        ("table-in-two-domains", "error", "QuizQuestion"),
    }
    assert len(findings) == 2


def test_a_table_in_two_domains_is_told_with_both_patterns_and_their_lines():
    one, two = DomainPages("one", ("Course", "Q*"), lines=(4, 5)), DomainPages("two", ("audit.*", "Quiz"), lines=(7, 8))
    report = erd(SCHEMA, Pages(domains=(one, two, DomainPages("rest", ("a[b]*",)))), {})
    (finding,) = report.findings
    assert str(finding.location) == "dbtools.yaml:8"
    assert finding.message.startswith('Quiz is claimed by "Quiz" of two and by "Q*" of one on line 5; ')


def test_domains_that_would_have_the_same_page_are_told():
    pages, findings = pages_of(DomainPages("a-b", ("*",)), DomainPages("A_b", ("Quiz",)))
    assert list(pages) == ["erd-a-b-2.md", "erd-a-b.md"]
    assert findings[1] == ("domains-share-page", "warning", "")


def test_with_its_schema_a_table_is_told_from_one_with_a_dot_in_its_name():
    dotted = Table(Name("public", "audit.Log"), Columns([]))
    pages, _ = pages_of(DomainPages("one", ("public.audit.Log",)), schema=SCHEMA.with_table(dotted))
    assert pages["erd-one.md"] == ["audit.Log"]
    pages, _ = pages_of(DomainPages("one", ("audit.Log",)), schema=SCHEMA.with_table(dotted))
    assert pages["erd-other.md"].count("audit.Log") == 1


def test_only_the_pages_of_the_domains_that_are_named_are_made():
    asked = Pages(domains=(DomainPages("learning", ("Course", "Quiz*")), DomainPages("log", ("*.*",))), only=("log",))
    report = erd(SCHEMA, asked, {"docs/schema/erd-gone.md": "<!-- dbtools:erd domain=gone; x -->\n"})
    assert [file.path for file in report.files] == ["docs/schema/erd-log.md"]
    everything = erd(SCHEMA, replace(asked, only=()), {})
    assert report.files[0] in everything.files
    assert report.summary == "2 tables on 1 page"
    with pytest.raises(UsageError, match="no domain lerning") as error:
        erd(SCHEMA, replace(asked, only=("log", "lerning")), {})
    assert error.value.hint.startswith("did you mean learning?")


def test_a_domain_may_name_its_own_table_twice():
    assert pages_of(DomainPages("one", ("*", "Quiz")))[1] == []


@pytest.mark.parametrize("pattern", ["Lesson", "Lesson*", "Log", "quiz", ""])
def test_a_pattern_that_matches_nothing_is_a_warning(pattern):
    findings = pages_of(DomainPages("one", ("*", pattern)))[1]
    assert findings == [("domain-pattern-matches-nothing", "warning", pattern)]


def test_without_domains_there_is_one_page_and_nothing_to_find():
    pages, findings = pages_of()
    assert list(pages) == ["erd-all.md"]
    assert len(pages["erd-all.md"]) == len(SCHEMA.tables)
    assert findings == []


def test_a_partition_stands_with_its_table():
    part = table("part", columns("id"), partition_of=PartitionOf(name("Course"), "DEFAULT"))
    pages, findings = pages_of(DomainPages("one", ("*",)), schema=SCHEMA.with_table(part))
    assert "part" not in pages["erd-one.md"]
    assert findings == []


def test_domain_names_become_different_kebab_case_files():
    domains = tuple(DomainPages(word, ()) for word in ("Tài chính", "a b", "A--B", "other", "../x", "!!"))
    assert sorted(pages_of(*domains)[0]) == [
        "erd-a-b-2.md", "erd-a-b.md", "erd-domain.md", "erd-other-2.md", "erd-other.md", "erd-tài-chính.md", "erd-x.md",
    ]  # fmt: skip
