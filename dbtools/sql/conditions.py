"""The conditions of a policy, by its text."""

from __future__ import annotations

from dbtools.sql.grammar import GrammarError, deparse_expression, parse


def conditions(policy: str) -> tuple[str, ...]:
    """USING and WITH CHECK of a CREATE POLICY; nothing where the text is none."""
    try:
        statements = parse(policy).stmts
    except GrammarError:
        return ()
    nodes = [raw.stmt.create_policy_stmt for raw in statements if raw.stmt.HasField("create_policy_stmt")]
    written = [part for node in nodes for part in (node.qual, node.with_check) if part.WhichOneof("node")]
    return tuple(deparse_expression(part) for part in written)
