// Everything that drizzle-kit builds from; what is not exported from here or beside it does not count.
export * from "./users";
export * from "./orders.js";
export { everyType as types, type Everything } from "./types";
export * as ignored from "./parts/hidden";
export { default } from "./parts/first";
