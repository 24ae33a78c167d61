"""One change to a schema, or one thing done to its rows.

SQL statements read into operations, and two schemas differ by operations, so one set of rules and
one model of PostgreSQL (``predict``) serve both. Every kind is one frozen class.
"""

from __future__ import annotations

from dbtools.model.operation.columns import (
    AddColumn,
    AlterColumn,
    ColumnAction,
    DropColumn,
    RenameColumn,
    SetDefault,
    SetGenerated,
    SetIdentity,
    SetNullable,
    SetType,
)
from dbtools.model.operation.constraints import (
    AddConstraint,
    AlterConstraint,
    DropConstraint,
    RenameConstraint,
    ValidateConstraint,
)
from dbtools.model.operation.indexes import AlterIndex, CreateIndex, DropIndex, Reindex
from dbtools.model.operation.others import (
    AlterOpaque,
    AlterSequence,
    Comment,
    CreateExtension,
    CreateFunction,
    CreateNamespace,
    CreateOpaque,
    CreateSequence,
    CreateView,
    DropExtension,
    DropFunction,
    DropNamespace,
    DropOpaque,
    DropSequence,
    DropView,
    Grant,
    Kind,
    RefreshView,
    Rename,
    RenameNamespace,
    SetNamespace,
)
from dbtools.model.operation.rows import Constant, Delete, Insert, LockTable, Maintain, Select, Truncate, Update
from dbtools.model.operation.session import Other, SetParameter, Transaction, Unknown
from dbtools.model.operation.tables import (
    AlterTable,
    AttachPartition,
    CreateTable,
    DetachPartition,
    DropTable,
    RenameTable,
    TableAction,
)
from dbtools.model.operation.types import (
    AddDomainCheck,
    AddEnumValue,
    AlterDomain,
    CreateDomain,
    CreateEnum,
    DropType,
    RenameEnumValue,
)

__all__ = [
    "AddColumn", "AddConstraint", "AddDomainCheck", "AddEnumValue", "AlterColumn", "AlterConstraint",
    "AlterDomain", "AlterIndex", "AlterOpaque", "AlterSequence", "AlterTable", "AttachPartition", "ColumnAction",
    "Comment", "Constant", "CreateDomain", "CreateEnum", "CreateExtension", "CreateFunction", "CreateIndex",
    "CreateNamespace", "CreateOpaque", "CreateSequence", "CreateTable", "CreateView", "Delete", "DetachPartition",
    "DropColumn", "DropConstraint", "DropExtension", "DropFunction", "DropIndex", "DropNamespace", "DropOpaque",
    "DropSequence", "DropTable", "DropType", "DropView", "Grant", "Insert", "Kind", "LockTable", "Maintain",
    "Operation", "Other", "RefreshView", "Reindex", "Rename", "RenameColumn", "RenameConstraint",
    "RenameEnumValue", "RenameNamespace", "RenameTable", "Select", "SetDefault", "SetGenerated", "SetIdentity",
    "SetNamespace", "SetNullable", "SetParameter", "SetType", "TableAction", "Transaction", "Truncate", "Unknown",
    "Update", "ValidateConstraint",
]  # fmt: skip

Operation = (
    CreateTable | DropTable | RenameTable | SetNamespace | AlterTable | AttachPartition | DetachPartition
    | AddColumn | DropColumn | RenameColumn | SetType | SetNullable | SetDefault | SetIdentity | SetGenerated
    | AlterColumn | AddConstraint | DropConstraint | ValidateConstraint | RenameConstraint | AlterConstraint
    | CreateIndex | DropIndex | Reindex | AlterIndex | CreateEnum | AddEnumValue | RenameEnumValue | CreateDomain
    | AddDomainCheck | AlterDomain | DropType | CreateView | DropView | RefreshView | CreateSequence | AlterSequence
    | DropSequence | CreateFunction | DropFunction | CreateOpaque | AlterOpaque | DropOpaque | Rename
    | CreateNamespace | RenameNamespace | DropNamespace | CreateExtension | DropExtension | Comment | Grant
    | Insert | Update | Delete | Truncate | Select | LockTable | Maintain | SetParameter | Transaction | Other | Unknown
)  # fmt: skip
