"""Settings as the text of dbtools.yaml."""

from __future__ import annotations

from typing import Any

import yaml

from dbtools.erd.settings import DomainPages, Pages

_WIDTH = 100


class _Dumper(yaml.SafeDumper):
    """Quotes what nobody can see, so that it can be escaped."""


def written(pages: Pages) -> str:
    """The key ``erd`` of dbtools.yaml that asks for *pages*."""
    usual = Pages()
    said: dict[str, object] = {"out": pages.out} if pages.out != usual.out else {}
    said |= {"max_tables": pages.max_tables} if pages.max_tables != usual.max_tables else {}
    said["domains"] = {domain.name: _said(domain) for domain in pages.domains}
    text: str = yaml.dump(
        {"erd": said}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=_WIDTH
    )
    return "".join(map(_seen, text)).rstrip("\n")


def _said(domain: DomainPages) -> dict[str, object]:
    about = {"title": domain.title, "tables": list(domain.tables)}
    about |= {"description": domain.description, "owner": domain.owner}
    return {word: value for word, value in about.items() if value}


def _represented(dumper: _Dumper, text: str) -> Any:
    style = None if text.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _seen(letter: str) -> str:
    return letter if letter == "\n" or letter.isprintable() else f"\\U{ord(letter):08x}"


_Dumper.add_representer(str, _represented)
