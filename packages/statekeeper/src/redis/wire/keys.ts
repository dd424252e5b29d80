/**
 * The one place where keys get their names. Every key of a pool starts with the same hash tag, so a pool lives in one slot of
 * a Redis Cluster and every script touches one slot only. Scripts receive the pool's prefix, and name keys as is said here.
 */
import type { Limits } from "../../contract/limits.ts";

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

/** A pool that was joined here. */
export interface KnownPool {
  readonly grid: string;
  readonly pool: string;
}

/** The entry of a pool in the set of all. */
export function knownPool(grid: string, pool: string): string {
  return `${grid}:${pool}`;
}

/** Reads such an entry: names of grids hold no colon, pool ids may. */
export function readKnownPool(entry: string): KnownPool {
  const end = entry.indexOf(":");
  return { grid: entry.slice(0, end), pool: entry.slice(end + 1) };
}

/** Name in scripts → the rest of a key's name. `…Key` is a key, `…Of` a prefix to which an id is added. */
export const keyNames = {
  queueKey: "queue-of-pool",
  queueOf: "queue:",
  prioritiesKey: "priorities",
  callersOf: "callers:",
  callerQueueOf: "caller:",
  waitingKey: "waiting",
  passedOf: "passed:",
  requestsKey: "requests",
  payloadsKey: "payloads",
  runningOf: "running:",
  resultOf: "value:",
  codeNoteOf: "code:",
  inboxOf: "inbox:",
  outcomesOf: "outcomes:",
  lostOf: "lost:",
  volunteersKey: "volunteers",
  preferencesKey: "preferences",
  lookersKey: "lookers",
  membersKey: "members",
  leasesKey: "leases",
  memoryKey: "memory",
  functionsKey: "functions",
  versionsKey: "versions",
  holdersKey: "holders",
  epochKey: "epoch",
  costsKey: "costs",
  mismatchesKey: "mismatches",
  claimsKey: "claims",
  notesKey: "notes",
  reportsKey: "reports",
  statsKey: "stats",
  headKey: "head",
  sweeperKey: "sweeper",
  wireKey: "wire",
  hostsKey: "hosts",
  capacityKey: "capacity",
  expectedKey: "expected",
  auditKey: "audit",
  probeOf: "probe:",
} as const;

/**
 * A script with the names of keys and bounds replaced by what they stand for. As locals they would cost a little each call, used or not, and
 * Lua has room for 200.
 */
export function withNames(lua: string, limits: Limits): string {
  const keys = Object.entries(keyNames).map(([local, name]) => [local, `(KEYS[1] .. '${name}')`] as const);
  const meanings = new Map<string, string>([
    ...keys,
    ...Object.entries(limits).map(([name, n]) => [name, `${n}`] as const),
  ]);
  const anyName = new RegExp(`\\b(?:${[...meanings.keys()].join("|")})\\b`, "g");
  return lua.replace(anyName, (name) => meanings.get(name) ?? name);
}
