from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from dbtools.erd import DomainPages, Pages
from dbtools.erd.html import html
from dbtools.erd.markdown import visible
from dbtools.model.schema import Schema
from tests.erd.schemas import TORTURE, TORTURE_PAGES, schemas, simple

ROOT = Path(__file__).parents[2]
EMPTY = {"meta", "input", "br"}


class Page(HTMLParser):
    """A page as a browser sees it: elements properly nested, the text in each, and where links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.ids, self.links, self.attributes = [], [], [], []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag not in EMPTY:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")
        self.attributes += [(tag, name, value) for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name == "href"]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.texts[self.open[-1]][-1] += data


def page(schema: Schema, pages: Pages = Pages(), *domains: str) -> str:  # noqa: B008 - frozen
    return html(schema, replace(pages, only=domains))[1]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schemas())
def test_any_name_and_comment_is_text_and_every_link_leads_somewhere(schema):
    seen = Page(page(schema))
    assert sorted(seen.texts.get("h3", [])) == sorted(visible(str(name)) for name in schema.tables)
    assert len(seen.ids) == len(set(seen.ids))
    assert {f"#{each}" for each in seen.ids} >= set(seen.links)
    assert not [found for found in seen.attributes if found[1].startswith("on") or found[1] in {"src", "style"}]
    assert len(seen.texts["script"]) == len(seen.texts["style"]) == 1


def test_every_column_of_the_torture_schema_is_shown():
    cells = " ".join(Page(page(TORTURE, TORTURE_PAGES)).texts["td"])
    for shown in TORTURE.tables.values():
        if shown.partition_of is None:
            assert all(visible(column.name) in cells for column in shown.columns)


def test_only_the_script_and_the_style_of_the_page_itself_may_run():
    seen = Page(page(TORTURE))
    policy = next(value for _, name, value in seen.attributes if name == "content" and "default-src" in value)
    hashes = dict(re.findall(r"(style|script)-src 'sha256-([^']+)'", policy))
    for kind in ("style", "script"):
        assert b64decode(hashes[kind]) == hashlib.sha256(seen.texts[kind][0].encode()).digest()
    assert policy.startswith("default-src 'none'")


def test_a_table_says_its_keys_who_uses_it_and_what_an_enum_may_be():
    text = page(TORTURE, TORTURE_PAGES)
    assert "Used by: " in text
    assert "<code>STUDENT</code>, <code>TEACHER</code>, <code>ADMIN</code>" in text
    assert "Primary key: <code>followerId</code>, <code>followedId</code>" in text
    assert '<a href="#t-auditbehaviorlog">audit.BehaviorLog_2026</a>' in text
    assert "@identity-team" in text


def test_a_domain_alone_links_to_no_other():
    schema = Schema.of([simple("a"), simple("b", "a")])
    pages = Pages(domains=(DomainPages("one", ("a",)), DomainPages("two", ("b",))))
    seen = Page(page(schema, pages, "two"))
    assert seen.texts["h2"] == ["Two"]
    assert seen.links == []


def test_without_what_draws_there_are_tables_and_no_pictures(monkeypatch):
    schema = Schema.of([simple("a"), simple("b", "a")])
    assert "<svg" in page(schema)
    monkeypatch.setitem(sys.modules, "eralchemy2", None)
    assert "<svg" not in page(schema)
    assert Page(page(schema)).texts["h3"] == ["a", "b"]


def test_equal_schemas_give_equal_bytes_under_any_hash_seed():
    program = (
        "import hashlib; from tests.erd.schemas import *; from dbtools.erd.html import html;"
        "print(hashlib.sha256(html(TORTURE, TORTURE_PAGES)[1].encode()).hexdigest())"
    )
    made = set()
    for seed in ("1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        made.add(
            subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True).stdout
        )
    assert len(made) == 1


def test_an_empty_schema_is_a_page_too():
    seen = Page(page(Schema()))
    assert "article" not in seen.texts
    assert "0 tables · 1 domain · 0 foreign keys" in seen.texts["p"]
