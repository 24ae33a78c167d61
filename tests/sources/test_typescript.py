"""Names in TypeScript are followed to where they are declared, across the files of a project."""

from __future__ import annotations

import pytest

from dbtools.model.finding import Location
from dbtools.sources.typescript import Declared, Modules, Namespace, Outside, bare, only, string_value


def project(files: dict[str, str]) -> Modules:
    return Modules(only(files))


def places(found: Modules, path: str) -> dict[str, str]:
    """Where the exports of a module come from: the file that declares each."""
    module = found.load(path)
    assert module is not None
    return {name: _place(target) for name, target in found.exports(module)}


def _place(target: object) -> str:
    match target:
        case Declared(module, name):
            return f"{module.path}:{name}"
        case Namespace(module):
            return module.path
        case Outside():
            return f"{'missing' if target.local else 'package'} {target.specifier}"
    return "nothing"


def test_every_form_of_export_is_followed_to_its_declaration():
    found = project(
        {
            "index.ts": "export * from './a';\nexport { x as y, default as z } from './b.js';\n"
            "export * as all from './b';\nconst own = 1;\nexport { own as renamed };\nexport default own;",
            "a.ts": "export const one = 1, two = 2;\nexport function f() {}\nexport enum E { A }\nexport class C {}\n"
            "export const { p, q: r = 1, ...s } = one, [t, ...u] = two;\nexport type T = 1;\nexport interface I {}",
            "b.ts": "export const x = 1;\nexport default x;",
        }
    )
    assert places(found, "index.ts") == {
        "y": "b.ts:x", "z": "b.ts:default", "all": "b.ts", "renamed": "index.ts:own", "default": "index.ts:default",
        "one": "a.ts:one", "two": "a.ts:two", "f": "a.ts:f", "E": "a.ts:E", "C": "a.ts:C", "p": "a.ts:p", "r": "a.ts:r",
        "s": "a.ts:s", "t": "a.ts:t", "u": "a.ts:u",
    }  # fmt: skip


def test_types_have_names_of_their_own():
    found = project({"a.ts": "interface A { x: 1 }\nconst A = 1;\ninterface A { y: 2 }\nexport { A };"})
    module = found.load("a.ts")
    assert module is not None
    assert len(module.types["A"]) == 2
    assert found.exported(module, "A", "types").node.type == "interface_declaration"
    assert found.exported(module, "A").node.type == "variable_declarator"


@pytest.mark.parametrize(
    ("specifier", "path"),
    [
        ("./x", "src/x.ts"), ("./x.js", "src/x.ts"), ("./x.ts", "src/x.ts"), ("./x", "src/x.tsx"),
        ("./x.mjs", "src/x.mts"), ("./x", "src/x/index.ts"), ("../x", "x.ts"), ("./x.js", "src/x.js"),
        ("./x.schema", "src/x.schema.ts"), ("@/x", "lib/x.ts"), ("~db", "lib/db/index.ts"), ("lib/x", "lib/x.ts"),
        (".", "src/index.ts"), ("..", "index.ts"),
    ],
)  # fmt: skip
def test_an_import_means_the_file_that_typescript_takes(specifier, path):
    config = """{ // comments and trailing commas are fine
      "extends": "./base", "compilerOptions": { "paths": { "@/*": ["./lib/*"], "~db": ["lib/db"], }, }, }"""
    base = '{ "compilerOptions": { "baseUrl": "." /* the top */ } }'
    found = project(
        {
            "src/main.ts": f"export {{ a }} from '{specifier}';",
            path: "export const a = 1;",
            "tsconfig.json": config,
            "base.json": base,
        }
    )
    assert places(found, "src/main.ts") == {"a": f"{path}:a"}


def test_what_is_not_there_is_told_from_what_is_a_package():
    found = project({"a.ts": "export { a } from './none';\nexport { b } from 'pg';\nexport * from '@acme/db';"})
    assert places(found, "a.ts") == {"a": "missing ./none", "b": "package pg", "*": "package @acme/db"}


def test_modules_that_export_each_other_in_a_circle_end():
    found = project(
        {
            "a.ts": "export * from './b';\nexport { lost } from './b';\nexport const a = 1;",
            "b.ts": "export * from './a';\nexport { lost } from './a';\nexport const b = 1;",
        }
    )
    assert places(found, "a.ts") == {"lost": "nothing", "a": "a.ts:a", "b": "b.ts:b"}


def test_configurations_that_extend_each_other_end():
    found = project(
        {
            "a.ts": "export { x } from '@/x';",
            "tsconfig.json": '{"extends": "./tsconfig.json"}',
        }
    )
    assert places(found, "a.ts") == {"x": "package @/x"}


def test_a_file_with_an_error_keeps_what_could_be_parsed():
    found = project({"a.ts": "export const a = 1;\nexport const b = = 2;\nexport const c = 3;"})
    module = found.load("a.ts")
    assert module is not None
    assert {"a", "c"} <= places(found, "a.ts").keys()
    assert [module.location(error).line for error in module.errors] == [2]


def test_a_place_counts_characters():
    module = project({"a.ts": 'const é = "ü"; const b = 1;'}).load("a.ts")
    assert module is not None
    assert module.location(module.values["b"]) == Location("a.ts", 1, 22)


def test_literals_say_what_they_stand_for():
    module = project({"a.ts": r"const a = ('it\'s \u00e9\n' as const)!; const b = `x${1}`; const c = `y`;"}).load(
        "a.ts"
    )
    assert module is not None
    values = {name: string_value(bare(node.child_by_field_name("value"))) for name, node in module.values.items()}
    assert values == {"a": "it's é\n", "b": None, "c": "y"}


def test_a_tag_with_a_type_is_a_call():
    module = project({"a.ts": "const a = sql<{ x: string;\n y: 1 } | null>`x ${b}`;"}).load("a.ts")
    assert module is not None
    assert module.values["a"].child_by_field_name("value").type == "call_expression"
    assert list(module.errors) == []
