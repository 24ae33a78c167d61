"""How SQL spells names and types: ``dbtools.model.identifiers``, for those who know it by this name."""

from __future__ import annotations

from dbtools.model.identifiers import literal, quote, quote_all, quote_name, render_type

__all__ = ["literal", "quote", "quote_all", "quote_name", "render_type"]
