import { pgTable, uuid } from "drizzle-orm/pg-core";

export default pgTable("by_default", { id: uuid().defaultRandom().primaryKey() });
