/** A pool, its members and its requests, as `status` and `why` show them. Part of the contract. */
import type { Capacity, ExpectedWork, HostState } from "./capacity.ts";
import type { FunctionTable } from "./function-table.ts";

/** The members' part of {@link PoolState}. @beta */
export interface MemberState {
  readonly id: string;
  readonly kind: "worker" | "distributor";
  readonly description: Readonly<Record<string, unknown>>;
  /** Its functions: name to version. */
  readonly functions: Readonly<Record<string, string>>;
  /** ms until its lease lapses; negative: lapsed and not yet swept. */
  readonly leaseLeftMs: number;
  readonly queued: number;
  readonly running: number;
  readonly isVolunteer: boolean;
  /** How much memory its process takes in MB, as it reported last; undefined if it has not. */
  readonly memoryMb?: number | undefined;
}

/** A pool as `status` shows it. @beta */
export interface PoolState {
  readonly pool: string;
  /** In the pool's queue and those of callers. */
  readonly queued: number;
  readonly members: readonly MemberState[];
  readonly clients: number;
  readonly hosts: readonly HostState[];
  /** Undefined until a head has computed it. */
  readonly capacity: Capacity | undefined;
  /** Announced work that has not ended, by id. */
  readonly expected: readonly ExpectedWork[];
  readonly head: string | undefined;
  readonly functions: FunctionTable;
  /** Counters since the pool began: `submitted`, `hits`, `evaluated`, `evaluated:<function>`, `hits:<function>` and so on. */
  readonly counters: Readonly<Record<string, number>>;
  /** What functions have reported of how far they are: of a hundred requests at most, those claimed first before the others. */
  readonly progress?: readonly RunningProgress[] | undefined;
}

/** One request as `why` shows it; `undefined` where the pool does not know it. Of a `done` one only the result is left. */
export interface RequestState {
  readonly id: string;
  readonly payload: string;
  readonly state: "queued" | "running" | "suspended" | "done";
  readonly owner: string | undefined;
  readonly ownerLeaseLeftMs: number | undefined;
  /** For how long it has been claimed, in ms. */
  readonly claimedForMs: number | undefined;
  readonly waiters: readonly string[];
  /** Ids it waits for, as far as they are known. */
  readonly waitsFor: readonly string[];
  readonly losses: number;
  readonly priority: number;
  /** ms left until the request times out, 1 if that time has come; 0: no limit. */
  readonly timeoutMs: number;
  /** How far the function last said it was. */
  readonly progress: Progress | undefined;
  /** Of a `done` one: the {@link Completion.stamp} of the kept result. It counts only while the function still has that one. */
  readonly resultStamp: string | undefined;
  /** For how long that result will still be kept, in ms. */
  readonly resultLeftMs: number | undefined;
}

/** How far an evaluation is, in units of the function's own. @beta */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** Of a chunk: the slice it was at, by its place among all slices, and for how long it had been at it, in ms. */
  readonly slice?: { readonly index: number; readonly forMs: number } | undefined;
}

/** How far a request that a worker evaluates is, as its function reported last. @beta */
export interface RunningProgress extends Progress {
  readonly id: string;
  readonly worker: string;
}
