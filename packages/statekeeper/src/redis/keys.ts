/**
 * The one place where keys get their names. Every key of a pool starts with the same hash tag, so a pool lives in one slot of
 * a Redis Cluster and every script touches one slot only. Scripts receive the pool's prefix and find the names as Lua locals.
 */

/** What every key of a grid starts with, whatever the pool. */
export function gridPrefix(grid: string): string {
  return `callgrid:{${grid}:`;
}

/** What every key of a pool starts with. */
export function poolPrefix(grid: string, pool: string): string {
  return `${gridPrefix(grid)}${pool}}:`;
}

/** The set of all `grid:pool` that were ever joined here; outside of any pool. */
export const knownPoolsKey = "callgrid:pools";

/** Lua local → the rest of a key's name. `…Key` is a key, `…Of` a prefix to which an id is added. */
export const keyNames = {
  queueKey: "queue",
  queueOf: "queue:",
  prioritiesKey: "priorities",
  callersOf: "callers:",
  callerQueueOf: "caller:",
  waitingKey: "waiting",
  requestsKey: "requests",
  payloadsKey: "payloads",
  runningOf: "running:",
  resultOf: "result:",
  inboxOf: "inbox:",
  lostOf: "lost:",
  volunteersKey: "volunteers",
  preferencesKey: "preferences",
  lookersKey: "lookers",
  membersKey: "members",
  leasesKey: "leases",
  functionsKey: "functions",
  versionsKey: "versions",
  holdersKey: "holders",
  epochKey: "epoch",
  costsKey: "costs",
  claimsKey: "claims",
  notesKey: "notes",
  reportsKey: "reports",
  statsKey: "stats",
  headKey: "head",
  wireKey: "wire",
  hostsKey: "hosts",
  capacityKey: "capacity",
  expectedKey: "expected",
  probeOf: "probe:",
} as const;

/** The Lua lines that make the names known to a script: only those that it mentions, since they cost a little each call. */
export function keyPrelude(lua: string): string {
  const used = Object.entries(keyNames).filter(([local]) => new RegExp(`\\b${local}\\b`).test(lua));
  const lines = used.map(([local, name]) => `local ${local} = KEYS[1] .. '${name}'`);
  return `${lines.join("\n")}\n`;
}
