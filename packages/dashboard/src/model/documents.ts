/**
 * What the dashboard shows, as plain data. The server makes it, `/api` serves it, and the page and `callgrid top` draw it. Fields that are not
 * known are absent, since a merge patch removes a field by `null`.
 */

/** One pool in the list of pools. */
export interface PoolFigures {
  readonly pool: string;
  /** Requests in the pool's queue and those of callers. */
  readonly queued: number;
  /** Requests in members' own queues. */
  readonly ownQueued: number;
  /** Requests that workers hold, suspended ones included. */
  readonly running: number;
  /** Workers whose lease is alive. */
  readonly workers: number;
  /** Of these, those that wait to be given work. */
  readonly idleWorkers: number;
  /** How many functions these run at a time, all together. */
  readonly slots: number;
  readonly distributors: number;
  readonly clients: number;
  readonly hosts: number;
  readonly desiredWorkers?: number;
  readonly head?: string;
  /** How long all workers together need for what is queued, in members' own queues too, by the mean self time of the pool's evaluations. */
  readonly backlogMs?: number;
  /** Counters since the pool began, by name. */
  readonly totals: Readonly<Record<string, number>>;
  /** What the counters grew by in the last seconds, a second; absent until the pool has been seen twice. */
  readonly rates?: Rates;
  /** Why nothing moves, in sentences. */
  readonly reasons: readonly string[];
  /** Why the pool could not be read; the other fields are those of the last reading then. */
  readonly problem?: string;
}

/** Per second. */
export interface Rates {
  readonly submitted: number;
  readonly evaluated: number;
  readonly failed: number;
  /** Of what was asked for, the share that was answered from kept results, from 0 to 1; absent while nothing was asked for. */
  readonly hitRatio?: number;
}

/** Something that happened in a pool while the dashboard was watching. */
export interface GridEvent {
  readonly atMs: number;
  readonly pool: string;
  readonly kind: "joined" | "left" | "died" | "deployed" | "head";
  readonly text: string;
}

/** All pools. */
export interface Overview {
  readonly atMs: number;
  readonly pools: Readonly<Record<string, PoolFigures>>;
  /** The latest events, by a number that grows. */
  readonly events: Readonly<Record<string, GridEvent>>;
  /** Why the pools cannot be listed. */
  readonly problem?: string;
}

/** One pool with its parts, each by id. */
export interface PoolDocument {
  readonly atMs: number;
  readonly figures: PoolFigures;
  readonly members: Readonly<Record<string, MemberFigures>>;
  readonly hosts: Readonly<Record<string, HostFigures>>;
  readonly functions: Readonly<Record<string, FunctionFigures>>;
  readonly expected: Readonly<Record<string, ExpectedFigures>>;
}

export interface MemberFigures {
  readonly kind: "worker" | "bridge" | "distributor";
  readonly host: string;
  readonly processId: string;
  readonly slots: number;
  readonly score: number;
  readonly tags: readonly string[];
  readonly queued: number;
  readonly running: number;
  readonly isIdle: boolean;
  /** Whether its lease is alive. */
  readonly isAlive: boolean;
  readonly isHead: boolean;
}

export interface HostFigures {
  readonly machine: string;
  readonly score: number;
  readonly minWorkers: number;
  readonly maxWorkers: number;
  readonly isAlive: boolean;
  /** How many workers it should have; absent until a head has shared them out. */
  readonly share?: number;
}

export interface FunctionFigures {
  readonly version: string;
  readonly evaluated: number;
  /** Evaluations a second. */
  readonly rate?: number;
  /** Mean self time of an evaluation. */
  readonly selfMs?: number;
  /** Whether no member has the current version. */
  readonly isUnheld: boolean;
}

export interface ExpectedFigures {
  readonly workMs: number;
  readonly withinMs: number;
}

/** A submitted run or a schedule. */
export interface RunFigures {
  readonly kind: "run" | "schedule";
  readonly id: string;
  readonly name: string;
  readonly pool: string;
  readonly state: string;
  /** What is done of it, from 0 to 1. */
  readonly done?: number;
  readonly submittedMs: number;
  /** When it begins, or its next run does. */
  readonly dueMs?: number;
  readonly cron?: string;
  /** Why it failed, or what it waits for. */
  readonly reason?: string;
}

/** A request as `callgrid why` explains it. */
export interface RequestStory {
  readonly id: string;
  /** The request as JSON; its arguments are left out unless they were asked for. */
  readonly request?: string;
  readonly state?: string;
  readonly where: string;
  readonly facts: readonly string[];
  readonly next: string;
  /** The requests it waits for, or some of them. */
  readonly waitsFor: readonly ChildRequest[];
}

export interface ChildRequest {
  readonly id: string;
  readonly request?: string;
  readonly state?: string;
  readonly owner?: string;
}

/** Who looks, and at what. */
export interface Me {
  readonly role: "viewer" | "operator" | "admin";
  /** Whether arguments are never shown. */
  readonly hidesValues: boolean;
  readonly address: string;
  readonly grid: string;
  /** Whether there are submitted runs: an embedded grid has none. */
  readonly hasRuns: boolean;
}
