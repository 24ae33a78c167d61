// node engine.mjs NODE_MODULES: the SQL of `prisma migrate diff --from-empty`, printed by Prisma's own schema engine.
// Standard input holds [[path, text], ...]. The engine wants a server to talk to before it prints: it gets one that only
// says that it is PostgreSQL 17, and that refuses everything else.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => process.stderr.write(`${message}\n`) };
const folder = path.join(process.argv[2], "@prisma", "schema-engine-wasm");
const engine = await import(pathToFileURL(path.join(folder, "schema_engine_bg.js")));
const code = new WebAssembly.Module(fs.readFileSync(path.join(folder, "schema_engine_bg.wasm")));
const instance = new WebAssembly.Instance(code, { "./schema_engine_bg.js": engine });
engine.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

const done = (value) => async () => ({ ok: true, value });
const refused = async () => ({ ok: false, error: { kind: "GenericJs", id: 0 } });
const versions = { columnNames: ["exists", "version", "numeric_version"], columnTypes: [5, 7, 0] };
const about = { schemaName: "public", maxBindValues: 32766, supportsRelationJoins: true };
const named = { provider: "postgres", adapterName: "dbtools" };
const errorRegistry = { consumeError: () => ({ error: new Error("the engine asked the server for something else") }) };
const connection = {
  ...named,
  errorRegistry,
  getConnectionInfo: () => ({ ok: true, value: about }),
  queryRaw: async ({ sql }) =>
    sql.includes("version()")
      ? { ok: true, value: { ...versions, rows: [[true, "PostgreSQL 17.0", 170000]] } }
      : refused(),
  executeRaw: done(0),
  executeScript: done(undefined),
  startTransaction: refused,
  dispose: done(undefined),
};
const connect = done(connection);
const adapter = { ...named, errorRegistry, connect, connectToShadowDb: connect, dispose: done(undefined) };

const datamodels = JSON.parse(fs.readFileSync(0, "utf8"));
const files = datamodels.map(([path, content]) => ({ path, content }));
try {
  const started = await engine.SchemaEngine.new({ datamodels }, () => {}, adapter);
  const found = await started.diff({
    from: { tag: "empty" },
    to: { tag: "schemaDatamodel", files },
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  process.stdout.write(found.stdout);
} catch (error) {
  process.stderr.write(`${error.message ?? error}\n`);
  process.exit(1);
}
