// node checker.mjs FOLDER FILE ROOT: what TypeScript's own checker says of every column of a database type, as JSON.
// FOLDER holds node_modules, and is where the file that asks is written.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [folder, file, root] = process.argv.slice(2);
const packages = path.join(path.resolve(folder), "node_modules");
const ts = createRequire(path.join(path.resolve(folder), "package.json"))("typescript");
const asking = path.join(path.resolve(folder), `asking-${process.pid}.ts`);
const module_ = path.resolve(file).replace(/\.ts$/, "").replace(/\.d$/, ".d.ts");
fs.writeFileSync(
  asking,
  `import type { Insertable, Selectable } from "kysely";
import type { ${root} as Root } from "${module_}";
export type Selected = { [T in keyof Root]: Selectable<Root[T]> };
export type Inserted = { [T in keyof Root]: Insertable<Root[T]> };
`,
);
const program = ts.createProgram([asking], {
  strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler, allowImportingTsExtensions: true,
  baseUrl: path.dirname(path.resolve(file)), types: ["node"], typeRoots: [path.join(packages, "@types")],
  paths: { kysely: [path.join(packages, "kysely/dist/esm/index.d.ts")], "*": [path.join(packages, "*"), path.join(packages, "@types/*")] },
});
const checker = program.getTypeChecker();
const source = program.getSourceFile(asking);
const exported = Object.fromEntries(
  checker.getExportsOfModule(checker.getSymbolAtLocation(source)).map((symbol) => [symbol.name, checker.getDeclaredTypeOfSymbol(symbol)]),
);
const typeOf = (symbol) => checker.getTypeOfSymbolAtLocation(symbol, source);

function members(type, depth = 0) {
  if (depth > 3) return [{ type: "deep" }]; // JSON holds itself
  return (type.isUnion() ? type.types : [type]).map((one) => {
    if (one.isStringLiteral() || one.isNumberLiteral()) return { literal: one.value };
    if (checker.isArrayType(one) || checker.isTupleType(one)) return { list: checker.getTypeArguments(one).flatMap((each) => members(each, depth + 1)) };
    const name = checker.typeToString(one);
    if (one.flags & ts.TypeFlags.BooleanLike) return { type: "boolean" };
    return { type: /^[a-z]+$/.test(name) ? name : (one.symbol?.name ?? name).replace(/^__type$/, "object"), object: !!(one.flags & ts.TypeFlags.Object) };
  });
}

const found = {};
for (const table of exported.Selected.getProperties()) {
  const taken = exported.Inserted.getProperty(table.name);
  const columns = (found[table.name] = {});
  const given = taken ? typeOf(taken) : undefined;
  for (const column of typeOf(table).getProperties()) {
    const insert = given?.getProperty(column.name);
    const optional = column.flags & ts.SymbolFlags.Optional ? [{ type: "undefined" }] : [];
    columns[column.name] = {
      select: [...members(typeOf(column)), ...optional],
      insert: insert === undefined ? "refused" : insert.flags & ts.SymbolFlags.Optional ? "optional" : "required",
    };
  }
}
fs.unlinkSync(asking);
console.log(JSON.stringify(found));
