// node delivered.mjs FOLDER URL VALUES: what node-postgres makes of every type in VALUES and of an array of it, as JSON.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [folder, url, values] = process.argv.slice(2);
const pg = createRequire(path.join(path.resolve(folder), "package.json"))("pg");
const client = new pg.Client({ connectionString: url });
await client.connect();

function name(type, value) {
  if (Array.isArray(value)) return `${name(type, value[0])}[]`;
  if (Buffer.isBuffer(value)) return "Buffer";
  if (typeof value !== "object") return typeof value;
  const built = value.constructor.name;
  if (built === "PostgresInterval") return "Interval";
  if (built !== "Object") return built;
  return type.startsWith("json") ? "Json" : type[0].toUpperCase() + type.slice(1);
}

const found = {};
for (const [type, text] of Object.entries(JSON.parse(fs.readFileSync(values, "utf-8")))) {
  const quoted = `'${text.replaceAll("'", "''")}'::${type}`;
  try {
    const { rows } = await client.query(`SELECT ${quoted} AS one, ARRAY[${quoted}] AS several`);
    found[type] = [name(type, rows[0].one), name(type, rows[0].several)];
  } catch (error) {
    if (error.code !== "0A000") throw error; // a server built without XML
  }
}
await client.end();
console.log(JSON.stringify(found));
