"""One file parsed: the parser's nodes, where they stand, and what a literal among them says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

WRAPPERS = frozenset(
    {
        "parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression", "type_assertion",
        "instantiation_expression",
    }
)  # fmt: skip
# The grammar takes sql<string>`...` for two comparisons.
TYPED_TAG = re.compile(rb"(?<=\bsql)\s*<[^`()=]*>(?=\s*`)")
ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|.)", re.DOTALL)
ESCAPED = {
    "n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f", "v": "\v", "\n": "", "\r\n": "", "\u2028": "",
}  # fmt: skip
SHOWN = 60


def parse(path: str, source: bytes) -> Node:
    """The program that *source* is; what cannot be parsed stands in it as ERROR."""
    blanked = (
        TYPED_TAG.sub(lambda found: re.sub(rb"[^\n]", b" ", found.group()), source) if b"sql<" in source else source
    )
    return _parser("tsx" if path.endswith("x") else "typescript").parse(blanked).root_node


@cache
def _parser(language: str) -> Parser:
    import tree_sitter_typescript as grammars
    from tree_sitter import Language, Parser

    grammar = grammars.language_tsx() if language == "tsx" else grammars.language_typescript()
    return Parser(Language(grammar))


def text_of(node: Node) -> str:
    """What is written there."""
    return (node.text or b"").decode(errors="replace")


def shown(node: Node) -> str:
    """What is written there, in one line that is not too long for a message."""
    text = " ".join(text_of(node).split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def children(node: Node) -> list[Node]:
    """The named children, without comments."""
    return [child for child in node.named_children if child.type != "comment"]


def bare(node: Node) -> Node:
    """*node* without brackets and without what only the type checker reads: ``as``, ``satisfies``, ``!``."""
    while node.type in WRAPPERS:
        inner = [child for child in children(node) if child.type != "type_arguments"]
        if not inner:
            return node
        node = inner[0]
    return node


def string_value(node: Node) -> str | None:
    """What a string, or a template without substitutions, says; None where *node* is neither."""
    if node.type == "string" or (
        node.type == "template_string" and not any(child.type == "template_substitution" for child in node.children)
    ):
        return unescaped(text_of(node)[1:-1])
    return None


def unescaped(text: str) -> str:
    r"""The characters that a literal's *text* stands for: ``\n``, ``\u00e9``, ..."""
    return ESCAPE.sub(_escape, text) if "\\" in text else text


def _escape(found: re.Match[str]) -> str:
    said = found.group(1)
    if said[0] in "ux" and len(said) > 1:
        code = int(said[1:].strip("{}"), 16)
        return chr(code) if code <= 0x10FFFF else found.group()  # noqa: PLR2004 - Unicode ends there
    return ESCAPED.get(said, said)


def key_of(node: Node) -> str | None:
    """The key of a property or signature as it is written; None where it has to be computed."""
    if node.type == "computed_property_name":
        inner = children(node)
        return string_value(inner[0]) if inner else None
    return string_value(node) if node.type == "string" else text_of(node)


def errors_in(node: Node) -> Iterator[Node]:
    """The outermost nodes that could not be parsed, in their order."""
    pending = [node]
    while pending:
        found = pending.pop()
        if found.type == "ERROR" or found.is_missing:
            yield found
        elif found.has_error:
            pending += reversed(found.children)
