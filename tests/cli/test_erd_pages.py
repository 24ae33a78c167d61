"""`dbtools erd` as a user calls it, in real folders: what it writes, what it leaves alone, what it says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

SQL = """
CREATE TABLE customer (id int PRIMARY KEY, name text);
CREATE TABLE invoice (id int PRIMARY KEY, customer_id int REFERENCES customer);
CREATE TABLE invoice_line (id int PRIMARY KEY, invoice_id int REFERENCES invoice);
CREATE TABLE invoice_note (id int PRIMARY KEY, invoice_id int REFERENCES invoice);
CREATE TABLE article (id int PRIMARY KEY);
CREATE TABLE article_tag (article_id int REFERENCES article, tag text);
"""
CONFIG = "sources: {sql: schema.sql}\nerd:\n  domains:\n    sales: [customer, 'invoice*']\n    goods: ['article*']\n"
PAGES = {"README.md", "erd.md", "erd-goods.md", "erd-sales.md"}


def dbtools(folder, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "dbtools", "erd", *arguments], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "120"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done


def pages(folder, out="docs/schema"):
    return {path.name: path.read_bytes() for path in (folder / out).iterdir() if path.is_file()}


@pytest.fixture
def project(tmp_path):
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "schema.sql").write_text(SQL)
    (tmp_path / "repo" / "dbtools.yaml").write_text(CONFIG)
    return tmp_path / "repo"


def test_the_pages_are_written_and_then_up_to_date(project):
    done = dbtools(project)
    assert done.returncode == 0
    assert set(pages(project)) == PAGES
    assert dbtools(project, "--check").returncode == 0
    assert dbtools(project).stderr == ""  # nothing was written again


def test_check_exits_with_1_and_a_diff_and_writes_nothing(project):
    dbtools(project)
    (project / "docs/schema/erd-old.md").write_text("<!-- dbtools:erd domain=old; generated -->\n")
    (project / "schema.sql").write_text(SQL + "CREATE TABLE invoice_tax (id int);")
    before = pages(project)
    done = dbtools(project, "--check")
    assert done.returncode == 1
    assert "    +++ b/docs/schema/erd-sales.md\n" in done.stdout
    assert "    +### invoice_tax\n" in done.stdout
    assert "    --- a/docs/schema/erd-old.md\n" in done.stdout
    assert "erd-goods.md is not" not in done.stdout
    assert pages(project) == before
    dbtools(project)
    assert set(pages(project)) == PAGES


def test_a_proposal_that_is_pasted_leaves_nothing_to_find(project):
    (project / "dbtools.yaml").write_text("sources: {sql: schema.sql}\n")
    done = dbtools(project, "--suggest-domains", "--output", "proposal.txt")
    assert (done.returncode, done.stdout) == (0, "")
    assert not (project / "docs").exists()
    text = (project / "proposal.txt").read_text()
    with (project / "dbtools.yaml").open("a") as settings:
        settings.write(text[text.index("\nerd:\n") :])
    assert "! " not in dbtools(project).stdout
    assert set(pages(project)) == {"README.md", "erd.md", "erd-article.md", "erd-invoice.md"}
    assert dbtools(project, "--suggest-domains").stdout == "✓ erd: nothing to suggest: every table has a domain\n"


def test_a_source_that_is_named_needs_no_settings(project):
    (project / "dbtools.yaml").unlink()
    assert (
        "\nerd:\n  domains:\n    invoice:\n"
        in dbtools(project, "--source", "sql:schema.sql", "--suggest-domains").stdout
    )
    assert dbtools(project, "--source", "sql:schema.sql").returncode == 0
    assert set(pages(project)) == {"README.md", "erd.md", "erd-all.md"}


def test_one_domain_alone_leaves_the_other_pages_and_the_index(project):
    dbtools(project)
    shutil.rmtree(project / "docs")
    done = dbtools(project, "--domain", "goods")
    assert (done.returncode, done.stderr) == (0, "wrote docs/schema/erd-goods.md\n")
    assert set(pages(project)) == {"erd-goods.md"}
    done = dbtools(project, "--domain", "godos")
    assert done.returncode == 2
    assert done.stderr == "error: there is no domain godos\nhint: did you mean goods? there are sales, goods\n"


def test_a_source_that_cannot_be_read_leaves_the_pages_as_they_are(project):
    dbtools(project)
    before = pages(project)
    (project / "schema.sql").unlink()
    done = dbtools(project)
    assert done.returncode == 2
    assert "there is nothing to read at schema.sql" in done.stdout
    assert pages(project) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--source", "schema.sql"), "there is no kind of source schema.sql"),
        (("--source", "sql:schem.sql"), "did you mean schema.sql?"),
        (("--source", "live:NOT_SET_ANYWHERE"), "live:NOT_SET_ANYWHERE: the variable is not set"),
        (("--source", "sqlalchemy+import:not_there"), "No module named 'not_there'"),
        (("--suggest-domains", "--domain", "goods"), "exclude each other"),
    ],
)
def test_what_cannot_be_done_is_said(project, arguments, said):
    done = dbtools(project, *arguments)
    assert done.returncode == 2
    assert said in done.stdout + done.stderr
    assert not (project / "docs").exists()


def test_settings_are_named_with_their_lines(project):
    (project / "dbtools.yaml").write_text(
        CONFIG.replace("['article*']", "\n      - 'article*'\n      - invoice\n      - gone")
    )
    done = dbtools(project)
    assert done.returncode == 1
    assert "  dbtools.yaml:7:1  error  table-in-two-domains\n" in done.stdout
    assert 'invoice is claimed by "invoice" of goods and by "invoice*" of sales on line 4' in done.stdout
    assert "  dbtools.yaml:8:1  warning  domain-pattern-matches-nothing\n" in done.stdout
    assert set(pages(project)) == PAGES


def test_a_domain_without_tables_is_an_error_of_the_settings(project):
    (project / "dbtools.yaml").write_text(CONFIG.replace("['article*']", "[]"))
    done = dbtools(project)
    assert (done.returncode, done.stderr) == (
        2,
        "error: dbtools.yaml:5: erd.domains.goods is empty\nhint: fill it in, or leave the key out\n",
    )


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("../out", "dbtools.yaml:3: erd.out is ../out, outside the repository"),
        ("link", "dbtools.yaml:3: erd.out is link, which leads to "),
        ("schema.sql/pages", "dbtools.yaml:3: the pages go to schema.sql/pages, but schema.sql is a file"),
    ],
)
def test_a_folder_that_cannot_be_is_said_before_anything_is_written(project, out, said):
    (project.parent / "out").mkdir()
    (project / "link").symlink_to("../out")
    (project / "dbtools.yaml").write_text(CONFIG.replace("erd:\n", f"erd:\n  out: {out}\n"))
    for arguments in ((), ("--check",)):
        done = dbtools(project, *arguments)
        assert done.returncode == 2
        assert said in done.stderr
    assert list((project.parent / "out").iterdir()) == []


def test_a_linked_folder_of_the_repository_is_written_through(project):
    (project / "real").mkdir()
    (project / "docs").mkdir()
    (project / "docs" / "schema").symlink_to("../real")
    assert dbtools(project).returncode == 0
    assert set(pages(project, "real")) == PAGES
    assert (project / "docs" / "schema").is_symlink()


def test_a_folder_where_a_page_belongs_is_a_finding_and_the_others_are_made(project):
    (project / "docs" / "schema" / "erd-sales.md").mkdir(parents=True)
    done = dbtools(project)
    assert done.returncode == 1
    assert "docs/schema/erd-sales.md was not written by dbtools, so it is left as it is" in done.stdout
    assert set(pages(project)) == PAGES - {"erd-sales.md"}


def test_a_page_with_broken_markers_is_left_and_the_others_are_made(project):
    dbtools(project)
    page = project / "docs" / "schema" / "erd-sales.md"
    broken = page.read_text().replace("<!-- /dbtools:keep -->\n", "mine\n", 1)
    page.write_text(broken)
    (project / "schema.sql").write_text(SQL + "CREATE TABLE article_tax (id int); CREATE TABLE invoice_tax (id int);")
    done = dbtools(project)
    assert done.returncode == 1
    line = broken[: broken.index("<!-- dbtools:keep notes")].count("\n") + 1
    assert f"docs/schema/erd-sales.md:{line}:1  error  keep-block-broken" in done.stdout
    assert page.read_text() == broken
    assert b"article_tax" in pages(project)["erd-goods.md"]


def test_where_nothing_can_be_written_nothing_is(project):
    dbtools(project)
    before = pages(project)
    (project / "schema.sql").write_text(SQL + "CREATE TABLE article_tax (id int);")
    folder = project / "docs" / "schema"
    stop, free = (["chattr", "+i"], ["chattr", "-i"]) if os.geteuid() == 0 else (["chmod", "555"], ["chmod", "755"])
    if not shutil.which(stop[0]) or subprocess.run([*stop, folder], capture_output=True, check=False).returncode:
        pytest.skip("nothing stops root here")
    try:
        done = dbtools(project)
    finally:
        subprocess.run([*free, folder], check=True)
    assert done.returncode == 2
    assert "error: cannot write " in done.stderr
    assert "/docs/schema/README.md: " in done.stderr
    assert pages(project) == before


def test_several_at_once_write_whole_pages(project):
    with ThreadPoolExecutor(4) as pool:
        codes = {done.returncode for done in pool.map(lambda _: dbtools(project), range(4))}
    assert codes == {0}
    assert set(pages(project)) == PAGES
    assert dbtools(project, "--check").returncode == 0
