import { pgTable, serial } from "drizzle-orm/pg-core";

// Inside of an exported object, drizzle-kit does not see it; the folder exports it all the same.
const hidden = pgTable("hidden", { id: serial().primaryKey() });
export const nested = { hidden };
