/** The users of deploy/redis, as a server takes them. */
import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../../deploy/redis/", import.meta.url);

/** Who may do what: a file of that name in deploy/redis. */
export type Role = "client" | "worker" | "distributor";

/** What a user is made for. */
export interface UserPlace {
  readonly name: string;
  readonly grid: string;
  readonly pool: string;
}

/** The roles that there are rules for. */
export function roles(): Role[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".acl"));
  return files.map((file) => file.slice(0, -".acl".length) as Role);
}

/** The rule of a user, in one line: `user <name> on >secret …`. */
export function userRule(role: Role, { name, grid, pool }: UserPlace): string {
  return readFileSync(new URL(`${role}.acl`, folder), "utf8")
    .replace("NAME", name)
    .replace("PASSWORD", "secret")
    .replaceAll("GRID:POOL", `${grid}:${pool}`)
    .replace(/\s+/g, " ")
    .trim();
}
