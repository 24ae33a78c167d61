from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbtools.erd import DomainPages, Pages, erd
from dbtools.erd.keep import kept
from dbtools.model.schema import Schema
from tests.erd.schemas import simple

PATH = "docs/schema/erd-all.md"
SCHEMA = Schema.of([simple("a"), simple("b", "a")])
LINES = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")), max_size=5).map(
    "\n".join
)


def fresh() -> dict[str, str]:
    return {file.path: file.content for file in erd(SCHEMA, Pages(), {}).files}


def with_text(name: str, text: str) -> str:
    begin = f"<!-- dbtools:keep {name} -->\n"
    return fresh()[PATH].replace(begin, f"{begin}{text}\n")


def test_a_second_run_changes_nothing():
    assert {file.path: file.content for file in erd(SCHEMA, Pages(), fresh()).files} == fresh()


@given(LINES)
def test_hand_written_text_survives_to_the_byte(text):
    page = with_text("intro", text).replace(
        "<!-- dbtools:keep notes -->\n", "<!-- dbtools:keep notes -->\nmine | too  \n"
    )
    (again,) = (file for file in erd(SCHEMA, Pages(), {PATH: page}).files if file.path == PATH)
    assert again.content == page or not text.strip("\n")
    assert kept(again.content).blocks["intro"] == (text if again.content == page else "")


def test_a_windows_checkout_is_read_the_same():
    page = with_text("notes", "one\ntwo").replace("\n", "\r\n")
    assert kept(page).blocks == {"intro": "", "notes": "one\ntwo"}


def test_hand_written_headings_count_for_anchors():
    page = with_text("intro", "## a\n```\n# b\n```\n~~~ x\n# b\n```\n~~~")
    report = erd(SCHEMA, Pages(), {PATH: page})
    assert "[a](#a-1).id" in next(file.content for file in report.files if file.path == PATH)
    assert "(erd-all.md#b)" in next(file.content for file in report.files if file.path.endswith("README.md"))


BEGIN, END = "<!-- dbtools:keep intro -->", "<!-- /dbtools:keep -->"


@pytest.mark.parametrize(
    ("lines", "line", "why"),
    [
        ([BEGIN, "text"], 2, "the keep block 'intro' never ends"),
        ([BEGIN, "<!-- dbtools:keep notes -->", END], 3, "begins inside 'intro' of line 2"),
        (["<!-- dbtools:keep mine -->", END], 2, "a page has no keep block 'mine', only 'intro' and 'notes'"),
        ([END], 2, "ends a keep block that never began"),
        ([BEGIN, END, BEGIN, END], 4, "stands twice"),
        (["<!-- dbtools:keep -->"], 2, "has no name"),
        ([f"text {BEGIN}"], 2, "not alone on its line"),
    ],
)
def test_broken_markers_leave_the_page_as_it_is_and_the_rest_is_made(lines, line, why):
    page = "\n".join(["<!-- dbtools:erd domain=all; x -->", *lines])
    report = erd(SCHEMA, Pages(), {PATH: page})
    assert [file.path for file in report.files] == ["docs/schema/README.md", "docs/schema/erd.md"]
    finding = report.findings[0]
    assert (finding.rule, str(finding.severity), str(finding.location)) == (
        "keep-block-broken",
        "error",
        f"{PATH}:{line}",
    )
    assert why in finding.message


def test_a_page_of_somebody_else_is_left_as_it_is():
    report = erd(SCHEMA, Pages(), {"docs/schema/README.md": "# My own\n", PATH: " \n"})
    assert [file.path for file in report.files] == [PATH, "docs/schema/erd.md"]
    assert [(f.rule, f.location.path) for f in report.findings] == [("page-not-generated", "docs/schema/README.md")]


def test_a_page_whose_domain_is_gone_is_removed():
    two = Pages(domains=(DomainPages("one", ("a",)), DomainPages("two", ("b",))))
    existing = {file.path: file.content for file in erd(SCHEMA, two, {}).files}
    existing |= {"docs/schema/erd-mine.md": "hand-written", "docs/erd-two.md": existing["docs/schema/erd-two.md"]}
    report = erd(SCHEMA, Pages(domains=(DomainPages("one", ("*",)),), out="./docs/schema/"), existing)
    assert [(file.path, file.content is None) for file in report.files] == [
        ("docs/schema/README.md", False),
        ("docs/schema/erd-one.md", False),
        ("docs/schema/erd-two.md", True),
        ("docs/schema/erd.md", False),
    ]
    assert report.findings == ()


def test_a_page_without_a_domain_stays_as_long_as_there_is_hand_written_text_in_it():
    path = "docs/schema/erd-gone.md"
    page = with_text("notes", "precious").replace("### ", "### gone ")
    report = erd(SCHEMA, Pages(), {path: page})
    assert [(f.rule, f.location.path) for f in report.findings] == [("page-without-domain", path)]
    assert path not in {file.path for file in report.files}


def test_the_text_of_a_renamed_domain_goes_with_it():
    before = {file.path: file.content for file in erd(SCHEMA, two("one", "two"), {}).files}
    old, new = "docs/schema/erd-two.md", "docs/schema/erd-zwei.md"
    before[old] = before[old].replace("keep notes -->\n", "keep notes -->\nprecious\n")
    report = erd(SCHEMA, two("one", "zwei"), before)
    assert {file.path: file.content and "precious" in file.content for file in report.files} == {
        "docs/schema/README.md": False, "docs/schema/erd-one.md": False, "docs/schema/erd.md": False,
        old: None, new: True,
    }  # fmt: skip
    (finding,) = report.findings
    assert (finding.rule, str(finding.severity), finding.location.path) == ("keep-block-moved", "info", old)
    after = {file.path: file.content for file in report.files if file.content is not None}
    assert erd(SCHEMA, two("one", "zwei"), after).findings == ()


def test_a_page_that_is_there_already_gets_no_text_of_another_one():
    before = {file.path: file.content for file in erd(SCHEMA, two("one", "two"), {}).files}
    stale = before["docs/schema/erd-two.md"].replace("keep notes -->\n", "keep notes -->\nprecious\n")
    before |= {"docs/schema/erd-old.md": stale}
    report = erd(SCHEMA, two("one", "two"), before)
    assert [(f.rule, f.location.path) for f in report.findings] == [("page-without-domain", "docs/schema/erd-old.md")]
    assert {file.path: file.content for file in report.files}.items() <= before.items()


def two(first: str, second: str) -> Pages:
    return Pages(domains=(DomainPages(first, ("a",)), DomainPages(second, ("b",))))


def test_a_stale_page_with_broken_markers_is_not_removed():
    report = erd(SCHEMA, Pages(), {"docs/schema/erd-gone.md": with_text("notes", BEGIN)})
    assert all(file.content is not None for file in report.files)
    assert report.findings[0].rule == "keep-block-broken"


def page_with(text: str) -> tuple[str | None, list[tuple[str, int]]]:
    """What becomes of the page *text*, and what is found on it."""
    report = erd(SCHEMA, Pages(), {PATH: text})
    made = next((each.content for each in report.files if each.path == PATH), None)
    return made, [(found.rule, found.location.line) for found in report.findings]


def test_a_windows_checkout_stays_one():
    page = with_text("notes", "one\ntwo").replace("\n", "\r\n")
    assert page_with(page) == (page, [])


def test_line_ends_that_are_mixed_become_those_of_git():
    page = with_text("notes", "one\ntwo")
    assert page_with(page.replace("\n", "\r\n", 3)) == (page, [])


def test_a_byte_order_mark_goes_and_the_text_stays():
    page = with_text("notes", "mine")
    assert page_with(f"\ufeff{page}") == (page, [])


def test_an_empty_file_is_filled():
    assert page_with("") == (fresh()[PATH], [])


def test_bytes_that_are_not_utf_8_leave_the_page_as_it_is():
    garbled = with_text("notes", "d?j? vu").encode().replace(b"d?j?", b"d\xe9j\xe0").decode("utf-8", "surrogateescape")
    line = garbled[: garbled.index("vu")].count("\n") + 1
    assert page_with(garbled) == (None, [("unreadable-file", line)])
    gone = "docs/schema/erd-gone.md"
    report = erd(SCHEMA, Pages(), {gone: garbled})
    assert gone not in {file.path for file in report.files}
    assert [found.rule for found in report.findings] == ["unreadable-file"]


def test_an_unresolved_merge_in_hand_written_text_leaves_the_page_as_it_is():
    page = with_text("notes", "<<<<<<< HEAD\nmine\n=======\ntheirs\n>>>>>>> other")
    made, found = page_with(page)
    assert (made, [rule for rule, _ in found]) == (None, ["keep-block-broken"])
    assert page.split("\n")[found[0][1] - 1] == "<<<<<<< HEAD"


def test_an_unresolved_merge_in_what_is_generated_is_resolved_by_writing_it_anew():
    page = with_text("notes", "mine")
    torn = page.replace("# All tables\n", "<<<<<<< HEAD\n# All tables\n=======\n# Every table\n>>>>>>> other\n")
    assert page_with(torn) == (page, [])


def test_a_page_that_begins_with_an_unresolved_merge_is_still_known_as_ours():
    made, found = page_with(f"<<<<<<< HEAD\n{with_text('notes', 'mine')}=======\n>>>>>>> other\n")
    assert made is None
    assert found[0] == ("keep-block-broken", 1)


def test_a_merge_that_ends_below_the_last_block_is_no_text():
    page = with_text("notes", "mine")
    torn = page.replace("# All tables\n", "<<<<<<< HEAD\n# All tables\n=======\n") + ">>>>>>> other\n"
    assert page_with(torn) == (None, [("keep-block-broken", torn.count("\n"))])


@pytest.mark.parametrize("above", ["# All tables\n", "## Diagram\n", "## Tables\n", "### b\n"])
def test_what_is_generated_below_a_block_that_was_moved_up_is_no_text(above):
    page = with_text("notes", "mine")
    block = page[page.index("<!-- dbtools:keep notes") :]
    assert page_with(page.replace(block, "").replace(above, f"{block}{above}")) == (page, [])


def test_how_a_merge_looks_may_be_explained_in_a_code_block():
    page = with_text("notes", "```\n<<<<<<< HEAD\n>>>>>>> other\n```")
    assert page_with(page) == (page, [])


@pytest.mark.parametrize("inside", [BEGIN, END, f"{BEGIN}\n{END}", "<!-- dbtools:keep notes -->"])
def test_a_marker_in_a_code_block_of_hand_written_text_leaves_the_page_as_it_is(inside):
    made, found = page_with(with_text("notes", f"```\n{inside}\n```"))
    assert made is None
    assert {rule for rule, _ in found} == {"keep-block-broken"}


def test_text_below_the_last_block_moves_into_it():
    page = with_text("notes", "mine")
    assert page_with(f"{page}\nwritten below\n") == (with_text("notes", "mine\nwritten below"), [])
    assert page_with(f"{fresh()[PATH]}\n  \n") == (fresh()[PATH], [])


def test_a_huge_page_is_read_in_one_go():
    text = "x" * 1_000_000 + "\n" + "<!--" + " " * 200_000 + "\n" + "line\n" * 200_000
    page = with_text("notes", text.rstrip("\n"))
    assert page_with(page) == (page, [])
