/**
 * All that one pool knows, and the few things that every operation does with it. (scripts/lib/record.lua, counters.lua)
 */
import { type Clock, type OutcomeText, RebuiltMap, RecentMap } from "@callgrid/core";
import { noStamp } from "../../contract/code/stamp.ts";
import type {
  AnnouncedWork,
  CacheMode,
  Capacity,
  CodeNote,
  HostReport,
  InboxMessage,
  Progress,
} from "../../contract/contract.ts";
import { isLargeText } from "../../contract/large-text.ts";
import type { Limits } from "../../contract/limits.ts";
import { type Preference, usualPreferences } from "../../contract/volunteer-order.ts";
import { CallerQueues } from "../queues/caller-queues.ts";
import { LapseHeap } from "../queues/lapse-heap.ts";
import { Queue } from "../queues/queue.ts";
import type { Inboxes } from "./inboxes.ts";
import { LostRequests } from "./lost-requests.ts";
import { Members } from "./members.ts";
import { type Place, takeOff } from "./places.ts";
import { PoolFunctions } from "./pool-functions.ts";
import { ResultCache } from "./result-cache.ts";
import { Volunteers } from "./volunteers.ts";

/** A request that is not done. Without an owner it is queued. */
export interface RequestRecord {
  /** The queues that it lies on; none while it has an owner. */
  places: readonly Place[];
  payload: string;
  /** The context of a trace that it is part of. */
  trace: string | undefined;
  mode: CacheMode;
  /** When the request times out; absent: never. */
  deadline: number | undefined;
  owner: string | undefined;
  claimedAt: number | undefined;
  /** Whether a volunteer was given a copy, since the owner is late. */
  isCopied: boolean;
  /** The ids it waits for, as far as they are known; absent while it runs. */
  suspended: readonly string[] | undefined;
  /** How far the function last said it was. */
  progress: Progress | undefined;
  losses: number;
  /** The highest at which it was submitted. */
  priority: number;
  readonly reports: unknown[];
  readonly waiters: Set<string>;
}

/** Other than on Redis notes are not dropped by their age, but the oldest beyond so many. */
const mostCodeNotes = 10_000;

/** What a process is for the pool until a moment, in ms of the pool's clock. */
interface TimedRole {
  readonly process: string;
  readonly until: number;
}

export class PoolRecords {
  readonly requests = new RebuiltMap<string, RequestRecord>();
  /** The pool's: what was given back, and re-entrant requests that are on no own queue. */
  readonly queue = new Queue();
  readonly callers = new CallerQueues();
  readonly ownQueues = new Map<string, Queue>();
  readonly running = new Map<string, Set<string>>();
  /** Claims that have not been looked at yet in this round of looking for late ones. */
  claimsInTurn: Iterator<string, unknown> = [].values();
  /** Requests that have not been audited yet in this round, if one is under way, and when it began. */
  auditsInTurn: Iterator<string, unknown> | undefined;
  auditBeganMs = Number.NEGATIVE_INFINITY;
  readonly results = new ResultCache();
  readonly volunteers = new Volunteers();
  preferences: readonly Preference[] = usualPreferences;
  /** Bridges that are to be called when a member becomes idle. */
  readonly lookers = new Set<string>();
  readonly members = new Members();
  /** How much memory members take, in MB. */
  readonly memory = new Map<string, number>();
  readonly leases = new LapseHeap();
  readonly functions = new PoolFunctions();
  /** What versions were made of. */
  readonly code = new RecentMap<string, CodeNote>(mostCodeNotes);
  readonly lostRequests = new LostRequests();
  readonly hosts = new Map<string, Omit<HostReport, "leaseMs">>();
  readonly counters = new Map<string, number>();
  readonly inboxes: Inboxes;
  readonly limits: Limits;
  headLease: TimedRole | undefined;
  sweeperLease: TimedRole | undefined;
  /** Announced work by id; times in ms of the pool's clock. */
  readonly expected = new Map<
    string,
    Pick<AnnouncedWork, "workMs" | "withinMs"> & { readonly startsAt: number; readonly endsAt: number }
  >();
  capacity: (Omit<Capacity, "ageMs"> & { readonly notedAt: number }) | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock, inboxes: Inboxes, limits: Limits) {
    this.#clock = clock;
    this.inboxes = inboxes;
    this.limits = limits;
  }

  /** Whole ms, as Redis has them. */
  now(): number {
    return Math.floor(this.#clock.now());
  }

  count(counter: string, by: number): void {
    if (by !== 0) this.counters.set(counter, (this.counters.get(counter) ?? 0) + by);
  }

  /** Whether the process has a lease, which may have lapsed without the pool having noticed. */
  isKnown(process: string): boolean {
    return this.leases.has(process);
  }

  /** Who heads the pool. */
  head(): string | undefined {
    return this.#holderOf(this.headLease);
  }

  /** Who sweeps while no distributor heads the pool. */
  sweeper(): string | undefined {
    return this.#holderOf(this.sweeperLease);
  }

  hasKnownWaiter(record: RequestRecord): boolean {
    for (const waiter of record.waiters) if (this.isKnown(waiter)) return true;
    return false;
  }

  ownQueue(worker: string): Queue {
    let queue = this.ownQueues.get(worker);
    if (queue === undefined) {
      queue = new Queue();
      this.ownQueues.set(worker, queue);
    }
    return queue;
  }

  /** How many ids wait in the pool's queue and those of callers. */
  get waiting(): number {
    return this.queue.length + this.callers.length;
  }

  /** Those that are not of one worker alone, the one that is drawn from last first. */
  *sharedQueues(): IterableIterator<Queue> {
    for (const { queue } of this.callers.queues(this.limits.callersPerLine)) yield queue;
    yield this.queue;
  }

  noteRunning(process: string, ids: readonly string[]): void {
    if (ids.length === 0) return;
    const running = this.running.get(process) ?? new Set();
    this.running.set(process, running);
    for (const id of ids) running.add(id);
  }

  noteNotRunning(process: string, id: string): void {
    const running = this.running.get(process);
    if (running?.delete(id) === true && running.size === 0) this.running.delete(process);
  }

  /** Removes a request that is done, or that no caller waits for. */
  close(id: string, record: RequestRecord): void {
    takeOff(this, id, record);
    this.requests.delete(id);
  }

  /** Notifies every waiter except the one that hands the outcome in, and closes the record. */
  finish(
    id: string,
    ending: { record: RequestRecord; outcome: OutcomeText; stamp?: string; isStored: boolean; except?: string },
  ): void {
    const { record, outcome, stamp = noStamp, isStored, except } = ending;
    this.close(id, record);
    const isLarge = isStored && isLargeText(outcome);
    const message: InboxMessage = isLarge ? { kind: "reference", id } : { kind: "outcome", id, outcome, stamp };
    for (const waiter of record.waiters) if (waiter !== except) this.inboxes.send(waiter, message);
  }

  /** Notifies the workers that the function table changed. */
  announceFunctions(): void {
    this.functions.epoch += 1;
    this.tellWorkers({ kind: "functions" });
  }

  /** Distributors evaluate nothing, and read no inbox. */
  tellWorkers(message: InboxMessage): void {
    for (const id of this.members.ids()) if (this.members.get(id)?.kind === "worker") this.inboxes.send(id, message);
  }

  /** Ends an operation: posts what it sent. */
  deliver(): void {
    this.inboxes.deliver((process) => this.isKnown(process));
  }

  #holderOf(role: TimedRole | undefined): string | undefined {
    return role !== undefined && this.now() <= role.until ? role.process : undefined;
  }
}
