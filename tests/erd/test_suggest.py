from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings

from dbtools.cli._project import pages_of
from dbtools.config import load
from dbtools.erd import DomainPages, Pages, erd, suggest
from dbtools.model.schema import Schema
from dbtools.sources.prisma import read_texts
from tests.erd.schemas import TORTURE, TORTURE_PAGES, schemas, simple
from tests.steps import steps

ROOT = Path(__file__).parents[2]
SHOP = Schema.of(
    [
        simple("customer"),
        simple("invoice", "customer"),
        simple("invoice_line", "invoice"),
        simple("invoice_note", "invoice"),
        simple("article"),
        simple("article_tag", "article"),
        simple("settings"),
        simple("lonely"),
    ]
)


def proposed(schema: Schema, pages: Pages = Pages()) -> dict[str, dict]:  # noqa: B008 - frozen
    return yaml.safe_load(suggest(schema, pages).sections[-1].text)["erd"]["domains"]


def pasted(schema: Schema, pages: Pages, folder: Path) -> Pages:
    """The pages that the proposal asks for, by way of dbtools.yaml."""
    (folder / "dbtools.yaml").write_text(suggest(schema, pages).sections[-1].text + "\n", "utf-8")
    return pages_of(load(None, folder))


def likeness(one: dict[str, str], two: dict[str, str]) -> float:
    """The adjusted Rand index: 1 where both divide the tables alike, 0 where chance would do as well."""
    pairs = Counter((one[a] == one[b], two[a] == two[b]) for a, b in combinations(sorted(one), 2))
    both, first, second, total = pairs[True, True], 0, 0, sum(pairs.values())
    first, second = both + pairs[True, False], both + pairs[False, True]
    expected = first * second / total
    return (both - expected) / ((first + second) / 2 - expected)


def homes(schema: Schema, pages: Pages) -> dict[str, str]:
    return {
        line[4:]: file.path
        for file in erd(schema, pages, {}).files
        for line in file.content.splitlines()
        if line.startswith("### ")
    }


def test_tables_that_refer_to_each_other_or_share_a_word_become_a_domain():
    assert proposed(SHOP) == {
        "invoice": {"title": "Invoice", "tables": ["customer", "invoice*"]},
        "article": {"title": "Article", "tables": ["article", "article_tag"]},
        "unrelated": {"title": "Unrelated tables", "tables": ["lonely", "settings"]},
    }


def test_every_domain_is_given_a_reason_and_the_whole_a_share():
    report = suggest(SHOP, Pages())
    assert report.sections[0].rows == (
        ("invoice", "new", "invoice", "4", "3", "0"),
        ("article", "new", "article", "2", "1", "0"),
        ("unrelated", "new", "", "2", "0", "0"),
    )
    assert report.summary == "8 tables in 3 domains; 0 of 4 foreign keys cross from one domain to another (0 %)"
    assert report.files == ()


def test_a_domain_that_is_there_is_kept_and_gets_the_tables_that_belong_to_it():
    kept = DomainPages("sales", ("invoice*",), "Sales", "@sales", "What was sold.")
    asked = Pages("docs/db", (kept,), 9)
    written = yaml.safe_load(suggest(SHOP, asked).sections[-1].text)["erd"]
    assert (written["out"], written["max_tables"]) == ("docs/db", 9)
    assert written["domains"] == {
        "sales": {
            "title": "Sales",
            "tables": ["invoice*", "customer"],
            "description": "What was sold.",
            "owner": "@sales",
        },
        "article": {"title": "Article", "tables": ["article", "article_tag"]},
        "unrelated": {"title": "Unrelated tables", "tables": ["lonely", "settings"]},
    }
    assert suggest(SHOP, asked).sections[0].rows[0] == ("article", "new", "article", "2", "1", "0")
    assert ("sales", "grows", "customer", "1", "0", "1") in suggest(SHOP, asked).sections[0].rows


def test_where_every_table_has_a_domain_there_is_nothing_to_suggest():
    report = suggest(SHOP, Pages(domains=(DomainPages("all", ("*",)),)))
    assert (report.summary, report.sections) == ("nothing to suggest: every table has a domain", ())
    assert suggest(Schema(), Pages()).summary == "nothing to suggest: there are no tables"


def test_no_two_domains_get_the_same_page():
    taken = Pages(domains=(DomainPages("Article", ("settings",)), DomainPages("unrelated", ("lonely",))))
    assert list(proposed(SHOP, taken)) == ["Article", "unrelated", "invoice", "article-2"]


def test_a_pattern_never_takes_a_table_of_another_domain():
    schema = Schema.of(
        [*SHOP.tables.values(), simple("invoice*"), simple("p1"), simple("p2", "p1"), simple("p3", "p1")]
    )
    said = proposed(schema)
    assert said["invoice"]["tables"] == ["customer", "invoice", "invoice*", "invoice_line", "invoice_note"]
    assert ["p1", "p2", "p3"] in [domain["tables"] for domain in said.values()]  # p* would be public.* too


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schemas())
def test_pasting_the_proposal_leaves_nothing_to_find(tmp_path_factory, schema):
    if not schema.tables:
        return
    asked = pasted(schema, Pages(), tmp_path_factory.mktemp("pasted"))
    assert erd(schema, asked, {}).findings == ()
    assert suggest(schema, asked).summary.startswith("nothing to suggest")


def test_pasting_what_completes_the_torture_schema_leaves_nothing_new_to_find(tmp_path):
    named = tuple(replace(domain, name=domain.name.replace(" ", "-")) for domain in TORTURE_PAGES.domains)
    for given_pages in (Pages(), replace(TORTURE_PAGES, domains=named)):
        found = {finding.rule for finding in erd(TORTURE, pasted(TORTURE, given_pages, tmp_path), {}).findings}
        assert found <= {finding.rule for finding in erd(TORTURE, given_pages, {}).findings} - {"table-without-domain"}


def test_the_proposal_is_the_same_under_any_hash_seed_and_in_any_order_of_the_tables():
    backwards = Schema.of(reversed(TORTURE.tables.values()), enums=TORTURE.enums.values())
    expected = suggest(TORTURE, Pages()).sections
    assert suggest(backwards, Pages()).sections == expected
    program = (
        "from tests.erd.schemas import *; from dbtools.erd import suggest; print(suggest(TORTURE, Pages()).sections)"
    )
    for seed in ("1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == str(expected)


def test_the_reference_project_is_divided_much_as_its_people_did(tmp_path):
    schema = read_texts({"schema.prisma": (ROOT / "schema" / "schema.prisma").read_text("utf-8")}, "").schema
    people = homes(schema, pages_of(load(ROOT / "dbtools.yaml", ROOT)))
    asked = pasted(schema, Pages(), tmp_path)
    assert erd(schema, asked, {}).findings == ()
    assert likeness(homes(schema, asked), people) > 0.3
    assert 4 <= len(asked.domains) <= 8


def test_a_group_too_big_for_a_page_is_cut_again():
    names = [f"t{n:03}" for n in range(300)]
    schema = Schema.of([simple(names[0]), *(simple(name, names[place // 3]) for place, name in enumerate(names[1:]))])
    sizes = [int(row[3]) for row in suggest(schema, Pages()).sections[0].rows]
    assert sum(sizes) == 300
    assert max(sizes) <= 60


def test_four_times_the_tables_take_about_four_times_the_work():
    def schema(size: int) -> Schema:
        names = [f"area{n // 8}_thing{n}" for n in range(size)]
        return Schema.of([simple(name, *names[max(0, n - 1) : n][: n % 8]) for n, name in enumerate(names)])

    some, more = schema(100), schema(400)
    for schema_of_either in (some, more):  # what is imported or found out once
        suggest(schema_of_either, Pages())
    assert steps(lambda: suggest(more, Pages())) < 7 * steps(lambda: suggest(some, Pages()))
