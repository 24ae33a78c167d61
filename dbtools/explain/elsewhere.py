"""Findings that come from no rule about migrations: which command finds them, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Elsewhere(NamedTuple):
    """The command that finds it, and what it means."""

    command: str
    text: str


_TEXTS = {
    "lint": {
        "syntax-error": "PostgreSQL's grammar refuses the statement. The statements around it are judged all the same.",
        "unused-ignore": "A comment asks to ignore a rule that finds nothing there: it would hide the next finding.",
        "expired-ignore": "The day until which a comment asked for silence is over, so it hides nothing any more.",
        "schema-unread": "Statements of what --schema names could not be read: what they touch is uncertain.",
        "invalid-ignore": "A comment that asks for silence hides nothing: it names no rule, or no reason.",
    },
    "changes, lint, rehearse and review": {
        "unreadable-file": "The file is no text in UTF-8, or cannot be read. What it says is missing from the schema.",
        "unreadable-source": "A source that was named holds nothing that can be read, so nothing of it is compared.",
        "migration-edited": "A migration that others may have run was changed: where it ran, it will not run again.",
        "migration-removed": "A migration that others may have run is gone: what it did stays where it ran.",
        "journal-orphan": "A file that its runner's journal or plan does not name: it never runs.",
        "journal-missing-file": "The journal or plan names a file that is not there, so the runner stops.",
        "journal-order": "An entry of the journal that is not later than those before it: databases pass over it.",
        "journal-unreadable": "The journal cannot be read. The files are read in natural order.",
        "journal-missing": "The runner's journal or plan is not there. The files are read in natural order.",
        "version-duplicate": "Two migrations have the same version, of which their runner runs one at most.",
        "up-marker-missing": "A file lacks the marker of the way up that its runner wants.",
        "migration-ignored": "Files of SQL that the runner passes over, since they are called otherwise.",
        "code-migration": "Migrations written as programs. What they do to the schema is not known.",
        "other-engine": "Files for another database than PostgreSQL. They are not judged.",
        "placeholder-unset": "What the runner fills in has no value in dbtools.yaml, so a name is made up.",
    },
    "rehearse": {
        "rehearsal-fails": "A real server with rows in its tables refused the statement.",
        "rehearsal-times-out": "The statement ran for longer than --timeout allows, and was stopped.",
        "leaves-database": "The statement reaches for programs, files or settings of the server. It was not let.",
        "prediction-differs": "The server did other than dbtools foretold: a mistake of dbtools, please report it.",
        "history-fails": "The migrations before the change do not run, so the change cannot be rehearsed.",
        "copy-differs": "The database of a dry run is not what the migrations before the change make.",
        "old-code-fails": "What the code before the change does works before the migration and fails after it, until"
        " the new code runs everywhere. rehearse.deploy in dbtools.yaml says which of the two is deployed first.",
        "new-code-fails": "The new code is deployed before its migrations, and what it does fails until this has run.",
        "blocks-for-seconds": "While it ran on few rows, others who read or wrote a table waited for over a second.",
        "down-missing": "The migration has no way back down, or one that does nothing, and gives no reason.",
        "irreversible-without-reason": "A comment says that there is no way back, and not why.",
        "down-fails": "The way down does not run after the way up.",
        "down-differs": "After up and down the schema is not what it was before.",
        "down-restores-no-values": "The way down brings back a table or column, and not what it held before.",
        "down-loses-values": "The way down takes rows or values that the way up had left alone.",
        "up-again-fails": "Up, down, and up again fails: the way down left something behind.",
        "up-again-differs": "Up, down, and up again leads to another schema or to more rows than up alone.",
        "rerun-fails": "The migration was killed midway and run again, and the server refused the second run.",
        "rerun-differs": "The migration was killed midway and run again, and led elsewhere than undisturbed.",
    },
    "drift and erd": {
        "not-read": "A part of a source that could not be read, and is therefore neither compared nor drawn.",
    },
    "drift": {
        "missing-table": "A table that one source has and another one lacks.",
        "missing-column": "A column that one source has and another one lacks.",
        "renamed-table": "Two sources have a table that differs in its name alone.",
        "renamed-column": "Two sources have a column that differs in its name alone.",
        "type": "Two sources give a column different types.",
        "precision": "Two sources give a column the same type with another length or precision.",
        "array": "For one source a column is a list, for another one a single value.",
        "enum-values": "Two sources give an enum different labels.",
        "enum-order": "Two sources order the labels of an enum differently, and PostgreSQL compares by that order.",
        "nullability": "For one source a column may be NULL, for another one it may not.",
        "default": "Two sources do different things when an insert leaves the column out.",
        "ts-type": "A type of TypeScript does not hold what node-postgres hands over for the column.",
        "identity": "For one source a column numbers itself, for another one it does not.",
        "generated": "For one source a column is computed, for another one it is not, or from something else.",
        "index-missing": "An index or key that one source has and another one lacks.",
        "index-columns": "Two sources give an index different columns.",
        "index-unique": "For one source an index is unique, for another one it is not.",
        "fk-missing": "A foreign key that one source has and another one lacks.",
        "fk-target": "Two sources point a foreign key at different tables or columns.",
        "fk-on-delete": "Two sources do different things when the row that a foreign key points at is deleted.",
        "fk-on-update": "Two sources do different things when the key that a foreign key points at changes.",
        "check-missing": "A CHECK that one source has and another one lacks.",
        "nothing-in-common": "Two sources have not one table in common: one is read from the wrong place.",
        "not-compared": "Two sources write it so differently that only a server could tell whether they mean the same.",
    },
    "erd and types": {
        "file-outdated": "A file that dbtools makes of the schema does not show the schema as it is now.",
    },
    "types": {
        "column-type-unknown": "A view calculates a column in a way that is not understood: its type may be anything.",
        "name-out-of-reach": "A table or column that no query through Kysely can name: the types leave it out.",
    },
    "erd": {
        "table-without-domain": "A table that no domain in dbtools.yaml names: it stands among the other tables.",
        "table-in-two-domains": "A table that two domains in dbtools.yaml claim: it stands on the page of the first.",
        "domain-pattern-matches-nothing": "A pattern of a domain in dbtools.yaml that matches no table.",
        "page-not-generated": "A file stands where a page should be written, and dbtools did not write it.",
        "keep-block-broken": "The marks around the text that a page is to keep do not match.",
        "keep-block-moved": "Hand-written text goes to another page: that of the domain which has the tables now.",
        "page-without-domain": "A page that no domain has any more; it stays since somebody wrote text on it.",
        "domains-share-page": "Two domains in dbtools.yaml whose names make the same file; one gets a number.",
    },
}

ELSEWHERE: Mapping[str, Elsewhere] = MappingProxyType(
    {rule: Elsewhere(command, text) for command, texts in _TEXTS.items() for rule, text in texts.items()}
)
