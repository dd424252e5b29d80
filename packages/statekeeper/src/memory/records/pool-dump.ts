import { createHash } from "node:crypto";
import { type ErrorTree, isErrorText } from "@callgrid/core";
import type { CacheMode, Capacity, ExpectedWork, InboxMessage, Mismatch, Progress } from "../../contract/contract.ts";
import { isLargeText, shownPayload } from "../../contract/large-text.ts";
import type { Preference } from "../../contract/volunteer-order.ts";
import type { Queue } from "../queues/queue.ts";
import type { FunctionCost } from "./pool-functions.ts";
import type { PoolRecords, RequestRecord } from "./pool-records.ts";

/** A request that is not done. */
export interface RequestDump {
  readonly payload: string;
  /** Left out where there is none. */
  readonly trace?: string;
  readonly mode: CacheMode;
  readonly hasDeadline: boolean;
  readonly owner: string | null;
  readonly isClaimed: boolean;
  readonly isCopied: boolean;
  /** The ids it waits for, without a blank between; `null` while it does not wait. */
  readonly suspended: string | null;
  readonly progress: Progress | null;
  readonly losses: number;
  readonly priority: number;
  readonly reports: readonly unknown[];
  readonly waiters: readonly string[];
}

/** A message as it lies in an inbox: errors are parsed, a time limit is shown as presence, and a large payload by its function. */
export type MessageDump = Readonly<Record<string, unknown>> & { readonly kind: InboxMessage["kind"] };

/**
 * A pool's whole state as plain data, for tests and the simulator: equal states have equal dumps, whichever statekeeper holds them. Times
 * are shown as presence only, sets are sorted, and what is empty is left out.
 */
export interface PoolDump {
  readonly requests: Readonly<Record<string, RequestDump>>;
  /** From head to end. */
  readonly queue: readonly string[];
  /** `priority:process` to what waits there; those that are empty are left out. */
  readonly callerQueues: Readonly<Record<string, readonly string[]>>;
  /** The turns of priorities, and those of callers as `priority:process`. */
  readonly turns: Readonly<Record<string, number>>;
  readonly ownQueues: Readonly<Record<string, readonly string[]>>;
  /** Queue, or line of callers, to how many of it those of each kind have passed over, by the kinds' hashes. */
  readonly passed: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly running: Readonly<Record<string, readonly string[]>>;
  readonly results: Readonly<Record<string, { readonly stamp: string; readonly outcome: string }>>;
  /** The one that has been idle longest is first. */
  readonly volunteers: ReadonlyArray<{
    worker: string;
    want: number;
    epoch: number;
    skips: readonly string[];
    carry: "next" | "ahead" | "last" | null;
    score: number;
    recent: string | null;
  }>;
  /** Bridges that are called when a member becomes idle. */
  readonly lookers: readonly string[];
  /** What volunteers are preferred for. */
  readonly preferences: readonly Preference[];
  readonly members: Readonly<Record<string, { kind: string; description: unknown; functions: Record<string, string> }>>;
  /** How much memory members take, in MB. */
  readonly memory: Readonly<Record<string, number>>;
  /** Whether each lease is still alive. */
  readonly leases: Readonly<Record<string, boolean>>;
  /** Name to `version#generation`. */
  readonly functions: Readonly<Record<string, string>>;
  /** Name to the versions seen, the last one last. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  /** `name version` to how many members hold it. */
  readonly holders: Readonly<Record<string, number>>;
  readonly epoch: number;
  readonly costs: Readonly<Record<string, FunctionCost>>;
  /** By function, without the times at which they were noted. */
  readonly mismatches: Readonly<Record<string, Mismatch>>;
  readonly counters: Readonly<Record<string, number>>;
  readonly inboxes: Readonly<Record<string, readonly MessageDump[]>>;
  readonly head: string | null;
  /** Who sweeps while no distributor heads the pool. */
  readonly sweeper: string | null;
  /** Requests that took a loss with a worker, in the order in which they did. */
  readonly lost: Readonly<Record<string, readonly string[]>>;
  /** What hosts report about themselves, by id. */
  readonly hosts: Readonly<Record<string, unknown>>;
  /** Announced work by id, without its times. */
  readonly expected: Readonly<Record<string, Pick<ExpectedWork, "workMs" | "withinMs">>>;
  /** The time at which it was noted is left out. */
  readonly capacity: Omit<Capacity, "ageMs"> | null;
}

export function dumpPool(records: PoolRecords): PoolDump {
  const now = records.now();
  const { stamps, versions, holders, costs, mismatches } = records.functions.dump();
  return {
    requests: sorted([...records.requests].map(([id, record]) => [id, dumpRequest(record)])),
    queue: [...records.queue],
    callerQueues: sorted(
      [...records.callers.queues()]
        .filter(({ queue }) => queue.length > 0)
        .map(({ name, queue }) => [name, [...queue]]),
    ),
    turns: sorted(dumpTurns(records)),
    ownQueues: sorted(
      [...records.ownQueues].filter(([, ids]) => ids.length > 0).map(([worker, ids]) => [worker, [...ids]]),
    ),
    passed: dumpPassed(records),
    running: sorted([...records.running].map(([worker, ids]) => [worker, [...ids].sort()])),
    results: sorted([...records.results.entries(now)].map(([id, { stamp, outcome }]) => [id, { stamp, outcome }])),
    volunteers: [...records.volunteers].map(({ skips, recent = null, carry = null, ...volunteer }) => ({
      ...volunteer,
      carry,
      recent,
      skips: [...(skips ?? [])],
    })),
    lookers: [...records.lookers].sort(),
    preferences: [...records.preferences],
    members: sorted(records.members.ids().map((id) => [id, dumpMember(records, id)])),
    memory: sorted([...records.memory]),
    leases: sorted(
      [...records.leases.keys()].map((process) => [process, (records.leases.lapsesAt(process) ?? 0) > now]),
    ),
    functions: sorted(stamps),
    versions: sorted(versions),
    holders: sorted(holders),
    epoch: records.functions.epoch,
    costs: sorted(costs),
    mismatches: sorted(mismatches),
    counters: sorted([...records.counters]),
    inboxes: sorted(
      [...records.inboxes.unread()].map(([process, messages]) => [process, outcomesLast(messages.map(dumpMessage))]),
    ),
    head: records.head() ?? null,
    sweeper: records.sweeper() ?? null,
    hosts: sorted([...records.hosts].map(([id, { id: _, ...host }]) => [id, host])),
    expected: sorted([...records.expected].map(([id, { workMs, withinMs }]) => [id, { workMs, withinMs }])),
    capacity: dumpCapacity(records),
    lost: sorted([...records.lostRequests.entries(now)].map(([worker, ids]) => [worker, [...ids]])),
  };
}

/** On Redis outcomes have a list of their own. */
function outcomesLast(messages: readonly MessageDump[]): MessageDump[] {
  const isOutcome = ({ kind }: MessageDump): boolean => kind === "outcome" || kind === "reference";
  return [...messages.filter((message) => !isOutcome(message)), ...messages.filter(isOutcome)];
}

/** Makes messages of both statekeepers comparable: the text of an error may be escaped in different ways. */
export function dumpMessage(message: InboxMessage): MessageDump {
  if (message.kind === "outcome" && isErrorText(message.outcome)) {
    return { kind: message.kind, id: message.id, error: JSON.parse(message.outcome.slice(1)) as ErrorTree };
  }
  if (message.kind !== "run" && message.kind !== "copy") return { ...message };
  const { timeoutMs, trace, payload, ...claim } = message.claim;
  const told = isLargeText(payload) ? { payload: shownPayload(payload) } : { payload, ...(trace && { trace }) };
  return { kind: message.kind, ...claim, ...told, hasTimeout: timeoutMs > 0 };
}

function dumpTurns({ callers }: PoolRecords): Array<[string, number]> {
  const priorities = callers.priorities.first(callers.priorities.size);
  return priorities.flatMap(({ name: priority, turn }) => {
    const { turns } = callers.at(Number(priority));
    const inLine = turns.first(turns.size).map(({ name, turn }): [string, number] => [`${priority}:${name}`, turn]);
    return [[priority, turn], ...inLine] as Array<[string, number]>;
  });
}

function dumpPassed({ queue, callers, ownQueues }: PoolRecords): PoolDump["passed"] {
  const queues = [
    ["queue-of-pool", queue],
    ...[...callers.queues()].map(({ name, queue }) => [`caller:${name}`, queue]),
  ];
  const own = [...ownQueues].map(([worker, queue]) => [`queue:${worker}`, queue]);
  const lines = [...callers.lines()].map(([priority, { resumeAt }]) => [`callers:${priority}`, resumeAt]);
  const passed = [...queues, ...own].map(([name, queue]) => [name, [...(queue as Queue).passed()]]);
  const hashed = [...passed, ...lines].map(([name, counts]): [string, Record<string, number>] => [
    name as string,
    sorted([...(counts as Iterable<[string, number]>)].filter(([, count]) => count > 0).map(hashKind)),
  ]);
  return sorted(hashed.filter(([, counts]) => Object.keys(counts).length > 0));
}

function hashKind([kind, count]: readonly [string, number]): [string, number] {
  return [createHash("sha1").update(kind).digest("hex"), count];
}

function dumpRequest(record: RequestRecord): RequestDump {
  return {
    payload: record.payload,
    ...(record.trace === undefined ? {} : { trace: record.trace }),
    mode: record.mode,
    hasDeadline: record.deadline !== undefined,
    owner: record.owner ?? null,
    isClaimed: record.claimedAt !== undefined,
    isCopied: record.isCopied,
    suspended: record.suspended?.join("") ?? null,
    progress: record.progress ?? null,
    losses: record.losses,
    priority: record.priority,
    reports: [...record.reports],
    waiters: [...record.waiters].sort(),
  };
}

function dumpCapacity({ capacity }: PoolRecords): PoolDump["capacity"] {
  if (capacity === undefined) return null;
  const { notedAt, ...noted } = capacity;
  return noted;
}

function dumpMember(records: PoolRecords, id: string): PoolDump["members"][string] {
  const member = records.members.get(id);
  return {
    kind: member?.kind ?? "worker",
    description: member?.description ?? {},
    functions: Object.fromEntries([...(member?.functions ?? [])].sort()),
  };
}

function sorted<T>(entries: ReadonlyArray<readonly [string, T]>): Record<string, T> {
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
