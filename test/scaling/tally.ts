/**
 * What one pool asks of its Redis: commands, inside scripts and around them, and how often each key is touched. A key that there
 * is once a pool may become hot; of those that there are once a result or a process only the sum is kept.
 */

/** Keys that there are once a pool; `callers` once a priority, of which a pool seldom has many. */
export const poolKeys = [
  "queue-of-pool",
  "waiting",
  "requests",
  "priorities",
  "callers",
  "claims",
  "volunteers",
  "preferences",
  "lookers",
  "members",
  "leases",
  "memory",
  "functions",
  "epoch",
  "costs",
  "mismatches",
  "stats",
  "head",
  "sweeper",
  "notes",
  "reports",
  "payloads",
  "versions",
  "holders",
  "hosts",
  "capacity",
  "expected",
  "audit",
  "wire",
] as const;
/** Kinds of keys that there are once a result, version or process. */
export const singleKeys = ["value", "code", "inbox", "running", "queue:", "caller", "passed", "lost"] as const;

export type KeyKind = (typeof poolKeys)[number] | (typeof singleKeys)[number];

const kinds: readonly KeyKind[] = [...poolKeys, ...singleKeys];
const placeOf = new Map(kinds.map((kind, place) => [kind, place]));

export class Tally {
  /** Scripts, blocking reads of inboxes, and all commands inside of scripts. */
  commands = 0;
  readonly #touches = new Float64Array(kinds.length);

  /** `times` commands, each of which touches one key of that kind. */
  touch(kind: KeyKind, times = 1): void {
    this.commands += times;
    this.#add(kind, times);
  }

  /** One command that touches so many keys of that kind; none if there is none. */
  touchMany(kind: KeyKind, keys: number): void {
    if (keys === 0) return;
    this.commands += 1;
    this.#add(kind, keys);
  }

  /** A command without a key: a script itself, `TIME`. */
  keyless(times = 1): void {
    this.commands += times;
  }

  touches(kind: KeyKind): number {
    return this.#touches[placeOf.get(kind) ?? -1] ?? 0;
  }

  #add(kind: KeyKind, times: number): void {
    const place = placeOf.get(kind) ?? -1;
    this.#touches[place] = (this.#touches[place] ?? 0) + times;
  }
}

export function isKeyKind(name: string): name is KeyKind {
  return placeOf.has(name as KeyKind);
}
