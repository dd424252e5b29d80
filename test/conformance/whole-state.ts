/**
 * The form of a fact: whole state before, call, reply, whole state after. What a fact does not name has to stay as it was.
 */
import type { PoolDump, RequestDump } from "@callgrid/statekeeper";
import { expect } from "vitest";
import type { Stage } from "./stage.ts";

/** What is different afterwards: in a section with keys only the named ones are, and `null` means that one is gone. */
export type Changes = {
  readonly [Section in Exclude<keyof PoolDump, "requests">]?: PoolDump[Section] extends readonly unknown[]
    ? PoolDump[Section]
    : PoolDump[Section] extends Readonly<Record<string, infer Entry>>
      ? Readonly<Record<string, Entry | null>>
      : PoolDump[Section];
} & {
  /** Only the named fields of a request are different; those of a new one are those of {@link newRequest}. */
  readonly requests?: Readonly<Record<string, Partial<RequestDump> | null>>;
  /** By how much counters have grown. */
  readonly counted?: Readonly<Record<string, number>>;
};

/** A request as it is queued. */
const newRequest: RequestDump = {
  payload: "",
  mode: "use",
  hasDeadline: false,
  owner: null,
  isClaimed: false,
  isCopied: false,
  suspended: null,
  progress: null,
  losses: 0,
  priority: 0,
  reports: [],
  waiters: [],
};

/** Calls, expects the whole state to be as before but for `changes` (turns aside, unless they are among these), and returns the reply. */
export async function expectChanges<Reply>(stage: Stage, call: () => Promise<Reply>, changes: Changes): Promise<Reply> {
  const before = await stage.dump();
  const reply = await call();
  const after = await stage.dump();
  const turns = changes.turns === undefined ? after.turns : before.turns;
  expect(after).toEqual(withChanges({ ...before, turns }, changes));
  return reply;
}

/** Expects a call to leave everything as it was. */
export function expectNoChange<Reply>(stage: Stage, call: () => Promise<Reply>): Promise<Reply> {
  return expectChanges(stage, call, {});
}

function withChanges(before: PoolDump, { requests = {}, counted = {}, ...changes }: Changes): PoolDump {
  const after: Record<string, unknown> = { ...before };
  for (const [section, change] of Object.entries(changes)) {
    const isKeyed = typeof change === "object" && change !== null && !Array.isArray(change);
    after[section] = isKeyed ? withEntries(before[section as keyof PoolDump] as Entries, change as Entries) : change;
  }
  after["requests"] = withEntries(before.requests, withDefaults(before.requests, requests));
  after["counters"] = { ...before.counters };
  for (const [name, by] of Object.entries(counted)) {
    (after["counters"] as Record<string, number>)[name] = (before.counters[name] ?? 0) + by;
  }
  return after as unknown as PoolDump;
}

type Entries = Readonly<Record<string, unknown>>;

function withEntries(before: Entries, changes: Entries): Entries {
  return Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, entry]) => entry !== null));
}

function withDefaults(
  before: PoolDump["requests"],
  changes: NonNullable<Changes["requests"]>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(changes).map(([id, change]) => [
      id,
      change === null ? null : { ...(before[id] ?? newRequest), ...change },
    ]),
  );
}
