"""TypeScript as the readers of models need it: parsed, and with the modules that import each other found.

Nothing is run, and nothing is said of what a value is: that is up to the reader of each library. The parser is imported
when the first file is parsed.
"""

from dbtools.sources.typescript.files import Read, on_disk, only, within
from dbtools.sources.typescript.module import Module
from dbtools.sources.typescript.modules import Declared, Modules, Namespace, Outside, Target
from dbtools.sources.typescript.syntax import bare, children, key_of, string_value, text_of

__all__ = [
    "Declared", "Module", "Modules", "Namespace", "Outside", "Read", "Target", "bare", "children", "key_of",
    "on_disk", "only", "string_value", "text_of", "within",
]  # fmt: skip
