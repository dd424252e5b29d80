/**
 * One request that this worker has to do with: evaluates it, is about to, or waits for another worker to.
 *
 * | state     | meaning                                                        | leaves it by                                    |
 * |-----------|----------------------------------------------------------------|-------------------------------------------------|
 * | stacked   | in the in-memory end of the own queue, no other worker sees it | start, being shared (→ asked), a claim (→ ready)|
 * | asked     | in the pool's hands; this worker waits for its outcome         | a claim (→ ready)                               |
 * | ready     | claimed from the pool, not started                             | start, or given back while awaited (→ asked)    |
 * | running   | the function runs, and holds a slot                            | waiting for calls (→ suspended)                 |
 * | suspended | the function waits for re-entrant calls, and holds no slot     | all calls done, and a slot (→ running)          |
 * | done      | settled or given up; its waiters have been notified            |                                                 |
 *
 * Any state but done is also left by an outcome, from here or from the pool, and by being given up (→ done).
 */
import { type Definition, decodeRequest, requestId, type Settings, takeSettings } from "@callgrid/core";
import type { CacheMode, InputFile, Requester } from "@callgrid/statekeeper";
import type { RequestSpan } from "@callgrid/tracing";
import type { Hold } from "../heartbeat/hold-board.ts";
import type { EvaluationResult } from "../results/evaluation-result.ts";
import type { CodeSet } from "../versions/code-set.ts";
import type { EvaluatedSlice } from "./evaluated-slice.ts";
import type { ReentrantCalls } from "./reentrant-calls.ts";
import type { RequestHost } from "./request-context.ts";

/** A claim on this evaluation's outcome by a function of this worker: the place in its list of calls. */
export interface Waiter {
  readonly calls: ReentrantCalls;
  readonly index: number;
}

/** V8 hashes longer strings by their length alone, so a map would look through all of one length. */
const longestKey = 16_383;

/** Whether equal requests are to find each other by this payload, if it is canonical. */
export function isShortKey(payload: string): boolean {
  return payload.length <= longestKey;
}

/** A call, checked and written down. */
export interface EncodedCall {
  /** By which equal requests in this worker find each other: the payload where that is canonical and short, else the id. */
  readonly key: string;
  readonly functionName: string;
  readonly payload: string;
  /** Undefined where it can be derived from the key. */
  readonly id: string | undefined;
  /** Arguments where they are primitives, so that no function can change them for others; else they are read from the payload. */
  readonly primitiveArguments: readonly unknown[] | undefined;
}

/** What an evaluation is made with besides the call itself. */
export interface EvaluationSurroundings {
  readonly host: RequestHost;
  readonly mode: CacheMode;
  readonly definition: Definition | undefined;
  readonly bornAt: number;
  readonly deadlineAt: number;
  /** Who in this worker waits for it from the beginning. */
  readonly waiters: Waiter[];
}

export type EvaluationState = "stacked" | "asked" | "ready" | "running" | "suspended" | "done";

/** What each state may be left for, see the head of this file. */
const transitions: Readonly<Record<EvaluationState, readonly EvaluationState[]>> = {
  stacked: ["running", "asked", "ready", "done"],
  asked: ["ready", "done"],
  ready: ["running", "asked", "done"],
  running: ["suspended", "done"],
  suspended: ["running", "done"],
  done: [],
};

export class Evaluation {
  /** What serves the function while it runs. */
  readonly host: RequestHost;
  readonly key: string;
  readonly functionName: string;
  readonly payload: string;
  readonly primitiveArguments: readonly unknown[] | undefined;
  readonly mode: CacheMode;
  /** What to evaluate it with; undefined while this worker lacks its function at the pool's current version. */
  definition: Definition | undefined;
  #id: string | undefined;

  #state: EvaluationState = "stacked";
  /** The pool knows it as running here: it was claimed, or shared while it ran. */
  isOwned = false;
  /** Its place on the board, if it is owned and there is a board. */
  hold: Hold | undefined;
  /** Another worker holds it and is late: the first outcome completes it. */
  isCopy = false;
  readonly waiters: Waiter[];
  ask: ReturnType<Requester["ask"]> | undefined;

  /** When it was made, by the worker's clock, in ms. */
  readonly bornAt: number;
  /** Until when the outcome is wanted, by the worker's clock, in ms; 0: no limit. */
  deadlineAt: number;
  /** A worker has died while running it. */
  isSuspect = false;
  /** How long it is expected to take by itself, if it was claimed, in ms. */
  expectedMs = 0;
  /** Its function's version and generation when it started. */
  stamp = "";
  /** Which code has taken part so far, its calls included. */
  code: CodeSet | undefined;
  /** The files that the function has named as its inputs. */
  files: InputFile[] | undefined;
  /** For how long the function lets its value be kept at most, in ms; undefined: for as long as its definition does. */
  ttlLimitMs: number | undefined;

  /** Calls that have not all come back. */
  openCalls: ReentrantCalls[] | undefined;
  /** How many of them the function waits for right now; it needs a slot when there is none. */
  waitingFor = 0;
  /** The statekeeper knows that it waits. */
  isMarkedSuspended = false;
  /** The ids it waits for, as last reported to the statekeeper. */
  reportedEdges: readonly string[] | undefined;
  /** Not to be looked at again before, by who looks for cycles, in ms. */
  lookAt = 0;
  /** It has waited for calls at least once. */
  hasWaited = false;
  /** Self time so far, and since when it runs, in ms. */
  selfMs = 0;
  startedAt = 0;
  runningSince = 0;
  settled: EvaluationResult | undefined;
  abort: AbortController | undefined;
  /** The context of the trace that it came with from another process. */
  trace: string | undefined;
  /** What it came with, known once its arguments are read. */
  settings: Settings | undefined;
  /** Of a chunk: the slice that it is at. */
  currentSlice: (() => EvaluatedSlice | undefined) | undefined;
  /** Since when it is claimed, by the worker's clock, in ms. */
  claimedAt = 0;
  /** The span of its run, if anybody traces it. */
  span: RequestSpan | undefined;
  /** When the calls that it waited for last were answered, in ms; only if it is traced. */
  answeredAt: number | undefined;
  cancelTimers: Array<() => void> | undefined;

  constructor(call: EncodedCall, around: EvaluationSurroundings) {
    this.host = around.host;
    this.key = call.key;
    this.functionName = call.functionName;
    this.payload = call.payload;
    this.primitiveArguments = call.primitiveArguments;
    this.#id = call.id;
    this.mode = around.mode;
    this.definition = around.definition;
    this.waiters = around.waiters;
    this.bornAt = around.bornAt;
    this.deadlineAt = around.deadlineAt;
  }

  /** The request id; hashed on first use, since most small calls never need it. */
  get id(): string {
    this.#id ??= requestId(this.key);
    return this.#id;
  }

  get state(): EvaluationState {
    return this.#state;
  }

  /** The only way from one state to another: what the table does not permit is a mistake of this worker's. */
  become(state: EvaluationState): void {
    if (!transitions[this.#state].includes(state)) {
      throw new Error(`unreachable: the evaluation of ${this.functionName} goes from ${this.#state} to ${state}`);
    }
    this.#state = state;
  }

  get holdsSlot(): boolean {
    return this.#state === "running";
  }

  /** Notes that this code has taken part; undefined: none. */
  addCode(code: CodeSet | undefined): void {
    if (code !== undefined && code !== this.code) this.code = this.code?.with(code) ?? code;
  }

  addOpenCalls(calls: ReentrantCalls): void {
    if (this.openCalls === undefined) this.openCalls = [calls];
    else if (!this.openCalls.includes(calls)) this.openCalls.push(calls);
  }

  removeOpenCalls(calls: ReentrantCalls): void {
    const at = this.openCalls?.indexOf(calls) ?? -1;
    if (at === -1) return;
    // nearly always the only ones, and cutting them out would make a list of them
    if (this.openCalls?.length === 1) this.openCalls = undefined;
    else this.openCalls?.splice(at, 1);
  }

  /** It no longer waits for these calls; they stay open while some of them have not settled. */
  goOnAfter(calls: ReentrantCalls): void {
    this.waitingFor -= 1;
    if (calls.remaining === 0) this.removeOpenCalls(calls);
  }

  /** It has run until `now`, in ms, by itself. */
  addSelfTime(now: number): void {
    this.selfMs += now - this.runningSince;
  }

  /** The outcome is wanted for as long as the most patient of those who wait wants it; 0: forever. */
  extendDeadline(deadlineAt: number): void {
    if (this.deadlineAt > 0) this.deadlineAt = deadlineAt === 0 ? 0 : Math.max(this.deadlineAt, deadlineAt);
  }

  removeWaiter(calls: ReentrantCalls, index: number): void {
    const at = this.waiters.findIndex((waiter) => waiter.calls === calls && waiter.index === index);
    if (at !== -1) this.waiters.splice(at, 1);
  }

  addTimer(cancel: () => void): void {
    this.cancelTimers ??= [];
    this.cancelTimers.push(cancel);
  }

  cancelAllTimers(): void {
    for (const cancel of this.cancelTimers ?? []) cancel();
    this.cancelTimers = undefined;
  }

  /** For how long its value may be kept, in ms; 0: not at all. */
  get ttlMs(): number {
    const ttlMs = this.definition?.cacheTtlMs ?? 0;
    return this.ttlLimitMs === undefined ? ttlMs : Math.min(ttlMs, this.ttlLimitMs);
  }

  /** A copy of the arguments of its own for each evaluation; settings are taken off. */
  readArguments(): unknown[] {
    const args = decodeRequest(this.payload).slice(1);
    this.settings = takeSettings(args);
    return args;
  }

  /** Whether anything outside this worker may know it. */
  get isVisible(): boolean {
    return this.isOwned || this.ask !== undefined;
  }

  /** Whether its time is limited, by its function or by those who wait. */
  get hasLimit(): boolean {
    return this.deadlineAt > 0 || (this.definition?.timeoutMs ?? 0) > 0;
  }

  get isStarted(): boolean {
    return this.#state === "running" || this.#state === "suspended";
  }

  get isDone(): boolean {
    return this.#state === "done";
  }
}
