export type Nothing = "nothing";
