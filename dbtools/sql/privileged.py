"""What of a statement needs a superuser, may be lent one's rights, or reaches out of the database.

Only kinds that run nobody's code are lent rights: no query, no call, no block that puts its SQL together. What reaches
for programs, files, other databases or the server's settings is never among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbtools.sql.grammar import GrammarError, inside, parse
from dbtools.sql.plpgsql import Part, constant_of, everything

if TYPE_CHECKING:
    from postgast.pg_query_pb2 import Node

# More than they are; what this misses is refused as it is.
_SUSPECTS = re.compile(
    r"\b(extension|role|user|group|grant|revoke|owner|authorization|event|publication|policy|privileges|trigger|do|set"
    r"|leakproof|operator)\b",
    re.IGNORECASE,
)
_LENT = {
    "create_extension_stmt", "alter_extension_stmt", "alter_extension_contents_stmt", "create_event_trig_stmt",
    "alter_event_trig_stmt", "create_publication_stmt", "alter_publication_stmt", "alter_owner_stmt", "grant_stmt",
    "alter_default_privileges_stmt", "create_role_stmt", "alter_role_stmt", "alter_role_set_stmt", "drop_role_stmt",
    "grant_role_stmt", "create_schema_stmt", "create_op_class_stmt", "create_op_family_stmt",
}  # fmt: skip
_DROPPED = {"OBJECT_EVENT_TRIGGER", "OBJECT_EXTENSION", "OBJECT_PUBLICATION"}
_COMMENTED = {*_DROPPED, "OBJECT_ROLE"}
_PARAMETERS = re.compile(r"session_replication_role|deadlock_timeout|(log|track)_\w+")
_TRIGGERS = re.compile(r"AT_(Enable|Disable)\w*Trig\w*|AT_ChangeOwner")
_CATALOGS = {
    "pg_roles", "pg_user", "pg_group", "pg_authid", "pg_auth_members", "pg_extension", "pg_available_extensions",
    "pg_publication", "pg_event_trigger", "pg_namespace", "pg_class", "pg_database", "pg_proc", "pg_type",
}  # fmt: skip
_TYPES = {"bool", "int4", "integer", "int8", "bigint", "text", "name", "varchar", "regrole", "oid"}
_TARGET = re.compile(r"\s*[\w.\[\]]+\s*")
_LANGUAGES = {"sql", "plpgsql"}
_OUTSIDE = {
    "alter_system_stmt": "ALTER SYSTEM",
    "createdb_stmt": "CREATE DATABASE",
    "dropdb_stmt": "DROP DATABASE",
    "create_table_space_stmt": "CREATE TABLESPACE",
    "drop_table_space_stmt": "DROP TABLESPACE",
    "load_stmt": "LOAD",
    "create_subscription_stmt": "CREATE SUBSCRIPTION",
    "alter_subscription_stmt": "ALTER SUBSCRIPTION",
}
_FUNCTIONS = re.compile(
    r"pg_(read|ls|stat)_(\w+_)?(file|dir|logdir|waldir|archive_statusdir|tmpdir)|lo_(im|ex)port|dblink\w*"
    r"|pg_(reload_conf|rotate_logfile|promote|switch_wal|create_restore_point)|pg_file_\w+"
)


def may_need_more(text: str) -> bool:
    """Whether it is worth to look closer once *text* is refused; quick, and right where it says no."""
    return _SUSPECTS.search(text) is not None


def runs_as_superuser(text: str) -> bool:
    """Whether *text* may be lent a superuser's rights."""
    try:
        tops = [raw.stmt for raw in parse(text).stmts]
        nodes = [node for top in tops for node in (_all_within(top.do_stmt) if _is_block(top) else [top])]
    except (GrammarError, RecursionError):
        return False
    return any(map(_is_lent, nodes)) and all(_is_lent(node) or _is_harmless(node) for node in nodes)


def is_block(text: str) -> bool:
    """Whether *text* is a DO block, in which names are looked up while it runs."""
    try:
        return any(_is_block(raw.stmt) for raw in parse(text).stmts)
    except (GrammarError, RecursionError):
        return False


def roles_made(text: str) -> tuple[str, ...]:
    """The roles that *text* makes."""
    return tuple(each.role for node in _nodes(text) for each in inside(node, "CreateRoleStmt"))


def roles_dropped(text: str) -> tuple[str, ...]:
    """The roles that *text* drops, where that is all it does."""
    nodes = _nodes(text)
    if len(nodes) != 1 or nodes[0].WhichOneof("node") != "drop_role_stmt":
        return ()
    return tuple(each.rolename for each in inside(nodes[0], "RoleSpec"))


def reaches_out(text: str) -> str:
    """What in *text* reaches out of the database, as a few words; empty where nothing is seen to."""
    return next((found for node in _nodes(text) for found in _reaches(node)), "")


def _nodes(text: str) -> list[Node]:
    """The statements of *text* that are to be seen, those inside a DO block in its place."""
    try:
        tops = [raw.stmt for raw in parse(text).stmts]
        return [node for top in tops for node in (_seen_within(top.do_stmt) if _is_block(top) else [top])]
    except (GrammarError, RecursionError):
        return []


def _is_block(node: Any) -> bool:
    return bool(node.WhichOneof("node") == "do_stmt")


def _body(block: Any) -> str:
    options = {part.def_elem.defname: part.def_elem.arg.string.sval for part in block.args}
    if options.get("language", "plpgsql") != "plpgsql":
        raise GrammarError(f"a block in {options['language']}")
    return str(options.get("as", ""))


def _seen_within(block: Any) -> list[Node]:
    parts = [part for part in everything(_body(block)) if not part.executed or constant_of(part.text) is not None]
    return [node for part in parts for node in _of_part(part)]


def _all_within(block: Any) -> list[Node]:
    """GrammarError where something is put together while it runs."""
    return [node for part in everything(_body(block)) for node in _of_part(part)]


def _of_part(part: Part) -> list[Node]:
    text = part.text
    if part.executed:
        constant = constant_of(text)
        if constant is None:
            raise GrammarError("put together while it runs")
        text = constant
    elif part.value:
        target, assigned, value = text.partition(":=")
        text = f"SELECT {value if assigned and _TARGET.fullmatch(target) else text}"
    return [raw.stmt for raw in parse(text).stmts]


def _is_lent(node: Any) -> bool:
    kind = node.WhichOneof("node")
    inner = getattr(node, kind)
    match kind:
        case "alter_table_stmt":
            return all(_TRIGGERS.fullmatch(_enum(each.alter_table_cmd, "subtype")) for each in inner.cmds)
        case "variable_set_stmt":
            return _PARAMETERS.fullmatch(inner.name.lower()) is not None
        case "drop_stmt":
            return _enum(inner, "remove_type") in _DROPPED
        case "comment_stmt":
            return _enum(inner, "objtype") in _COMMENTED
        case "create_function_stmt":
            return _language(inner) in _LANGUAGES
        case "grant_stmt":
            return _enum(inner, "objtype") not in {"OBJECT_FUNCTION", "OBJECT_ROUTINE", "OBJECT_PARAMETER_ACL"}
        case "create_schema_stmt":
            return not inner.schema_elts
        case "create_role_stmt" | "alter_role_stmt" | "alter_role_set_stmt" | "grant_role_stmt":
            return not _raises(kind, inner)
    return kind in _LENT


def _raises(kind: str, inner: Any) -> bool:
    """Whether it makes somebody more than an account of an application: a way round all that is refused here."""
    options = [each.def_elem for each in getattr(inner, "options", ())]
    if kind == "alter_role_set_stmt":
        return not inner.role.rolename or not _is_applications(inner.role.rolename)
    if any(option.defname in {"superuser", "isreplication"} and option.arg.boolean.boolval for option in options):
        return True
    names = [each.rolename for each in inside(inner, "RoleSpec")] if kind != "grant_role_stmt" else []
    names += [each.access_priv.priv_name for each in getattr(inner, "granted_roles", ())]
    return not all(map(_is_applications, names))


def _is_applications(role: str) -> bool:
    return not role.startswith(("pg_", "dbtools_")) or role in {"pg_read_all_data", "pg_write_all_data", "pg_monitor"}


def _is_harmless(node: Any) -> bool:
    """What a block may do beside: look into the catalog, with nothing that somebody made."""
    return (
        node.WhichOneof("node") == "select_stmt"
        and all(_is_count(each) for each in inside(node, "FuncCall"))
        and all(
            each.relname in _CATALOGS and each.schemaname in {"", "pg_catalog"} for each in inside(node, "RangeVar")
        )
        and all(each.names[-1].string.sval in _TYPES for each in inside(node, "TypeName"))
    )


def _is_count(call: Any) -> bool:
    return call.agg_star and [each.string.sval for each in call.funcname] == ["count"]


def _reaches(node: Any) -> Iterator[str]:
    kind = node.WhichOneof("node")
    if kind in _OUTSIDE:
        yield _OUTSIDE[kind]
    for copied in inside(node, "CopyStmt"):
        if copied.is_program:
            yield f"COPY ... PROGRAM '{copied.filename}'"
        elif copied.filename:
            yield f"COPY with the server's file {copied.filename}"
    for made in inside(node, "CreateFunctionStmt"):
        if _language(made) in {"c", "internal"} or _language(made).endswith("u"):
            yield f"a function in {_language(made)}"
    for call in inside(node, "FuncCall"):
        name = call.funcname[-1].string.sval
        if _FUNCTIONS.fullmatch(name):
            yield f"{name}()"


def _language(made: Any) -> str:
    options = {each.def_elem.defname: each.def_elem.arg.string.sval for each in made.options}
    return str(options.get("language", "sql"))


def _enum(message: Any, name: str) -> str:
    return str(message.DESCRIPTOR.fields_by_name[name].enum_type.values_by_number[getattr(message, name)].name)
