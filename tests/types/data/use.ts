// What code that uses the types of every_type.sql relies on; tsc refuses this file where it is not so.
import type { Insertable, Kysely, Selectable } from "kysely";
import type { DB, Json2, KitchenSink } from "./every_type";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Required<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];
type Selected = Selectable<KitchenSink>;
type Inserted = Insertable<KitchenSink>;
declare function same<A, B>(yes: Equal<A, B>): void;

same<Selected["id"], string>(true);
same<Selected["b"], boolean>(true);
same<Selected["ts"], Date | null>(true);
same<Selected["n"], string>(true);
same<Selected["na"], number[] | null>(true);
same<Selected["ma"], string | null>(true);
same<Selected["da"], Date[]>(true);
same<Selected["g"], number | null>(true);
same<Selected["id"], number>(false);
same<Required<Inserted>, "t" | "n" | "j" | "tz" | "ta" | "a">(true);
same<Inserted["id"], string | number | bigint | undefined>(true);
same<keyof Insertable<Json2>, never>(true);
same<"g" extends keyof Inserted ? true : false, false>(true);

export async function titles(db: Kysely<DB>): Promise<(string | null)[]> {
  await db.insertInto("audit.log_entry").values({ id: "a" }).execute();
  const rows = await db.selectFrom("happy").select(["id", "title"]).where("n", ">", "1").execute();
  return rows.map((row) => row.title);
}
