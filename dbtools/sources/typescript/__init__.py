"""TypeScript as the readers of models need it: parsed, followed across files, and evaluated as far as that goes.

Nothing is run. What a package's functions make stays symbolic: that is up to the reader of each library. The parser is
imported when the first file is parsed.
"""

from dbtools.sources.typescript.evaluate import Evaluator
from dbtools.sources.typescript.files import Read, is_module, on_disk, only, within
from dbtools.sources.typescript.module import Module
from dbtools.sources.typescript.modules import Declared, Modules, Namespace, Outside, Target
from dbtools.sources.typescript.syntax import bare, children, key_of, shown, string_value, text_of
from dbtools.sources.typescript.values import (
    UNDEFINED,
    Call,
    Function,
    Global,
    Import,
    Member,
    Object,
    Place,
    Symbol,
    Template,
    Unknown,
    Value,
    is_number,
    is_symbol,
    number_text,
    origin,
    text_value,
)

__all__ = [
    "UNDEFINED", "Call", "Declared", "Evaluator", "Function", "Global", "Import", "Member", "Module", "Modules",
    "Namespace", "Object", "Outside", "Place", "Read", "Symbol", "Target", "Template", "Unknown", "Value", "bare",
    "children", "is_module", "is_number", "is_symbol", "key_of", "number_text", "on_disk", "only", "origin", "shown",
    "string_value", "text_of", "text_value", "within",
]  # fmt: skip
