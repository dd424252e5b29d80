/** Which server it is that speaks the protocol of Redis, by fields of INFO that only that server has. */

/** A server's kind, and its own version: others than Redis report one of Redis beside it, for programs that ask for it. */
export interface ServerKind {
  readonly name: "Redis" | "Valkey" | "Dragonfly" | "KeyDB" | "Garnet";
  readonly version: string;
}

const versionFields: ReadonlyArray<readonly [ServerKind["name"], string]> = [
  ["Valkey", "valkey_version"],
  ["Dragonfly", "dragonfly_version"],
  ["Garnet", "garnet_version"],
];
/** KeyDB has no version of its own in INFO, but a field that no other server has. */
const keydbField = "mvcc_depth";

export function serverKind(information: ReadonlyMap<string, string>): ServerKind {
  const redisVersion = information.get("redis_version") ?? "unknown";
  for (const [name, field] of versionFields) {
    const version = information.get(field);
    if (version !== undefined) return { name, version: version.replace(/^df-v|^v/, "") };
  }
  return { name: information.has(keydbField) ? "KeyDB" : "Redis", version: redisVersion };
}
