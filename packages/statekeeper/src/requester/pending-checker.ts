/**
 * Checks requests that have been pending for a long time. It is the safety net under
 * everything else: a lost message, a lost reply and a Redis that lost its memory are all found out here.
 */
import { functionNameIn, type GridError, isGridError, type RebuiltMap } from "@callgrid/core";
import type { CheckAnswer } from "../contract/contract.ts";
import type { CallerPool } from "../contract/pool-keeper.ts";
import type { PendingRequest } from "./pending-request.ts";

/** Requests that are waited for by id; in the order of their last sign of life. */
export type PendingRequests = RebuiltMap<string, PendingRequest>;

const mostChecksPerRound = 2_000;
const checksPerCall = 1_000;

/** What a {@link PendingChecker} works with. */
export interface PendingCheckerParts {
  readonly keeper: CallerPool;
  readonly process: string;
  readonly leaseMs: number;
  readonly pending: PendingRequests;
  /** Called for every request checked that is still waited for. */
  readonly onAnswer: (request: PendingRequest, answer: CheckAnswer) => void;
  /** Called for every request of a pool that processes of another version have taken over. */
  readonly onRefused: (request: PendingRequest, error: GridError) => void;
  readonly onError: (error: unknown) => void;
}

export class PendingChecker {
  readonly #parts: PendingCheckerParts;
  /** Of all runs over everything only the one started last goes on. */
  #runOverAll = 0;

  constructor(parts: PendingCheckerParts) {
    this.#parts = parts;
  }

  /** Checks what gave no sign of life since `sinceMs`, oldest first, as many as one round may. */
  async checkOverdue(sinceMs: number, nowMs: number): Promise<void> {
    await this.check(takeOverdue(this.#parts.pending, sinceMs, nowMs));
  }

  /**
   * Checks everything, part by part, so that a million waiting requests do not stop the statekeeper for everybody else.
   */
  async checkAll(): Promise<void> {
    this.#runOverAll += 1;
    const run = this.#runOverAll;
    const requests = [...this.#parts.pending.values()];
    for (let start = 0; start < requests.length && run === this.#runOverAll; start += checksPerCall) {
      // A part that failed is left to the rounds: going on against a broken link would only add to the pile.
      if (!(await this.#checkPart(requests.slice(start, start + checksPerCall)))) return;
    }
  }

  /** Checks some requests now. */
  async check(requests: readonly PendingRequest[]): Promise<void> {
    for (let start = 0; start < requests.length; start += checksPerCall) {
      if (!(await this.#checkPart(requests.slice(start, start + checksPerCall)))) return;
    }
  }

  /** Gives up a run over everything. */
  stop(): void {
    this.#runOverAll += 1;
  }

  async #checkPart(part: readonly PendingRequest[]): Promise<boolean> {
    const { keeper, process, leaseMs, onAnswer, onRefused, onError } = this.#parts;
    const requests = part.filter((request) => this.#isCheckable(request));
    if (requests.length === 0) return true;
    try {
      const answers = await keeper.check(
        process,
        leaseMs,
        requests.map((request) => request.id),
        requests.map((request) => functionNameIn(request.payload)),
      );
      for (const [index, request] of requests.entries()) {
        const answer = answers[index];
        if (answer !== undefined && this.#isCheckable(request)) onAnswer(request, answer);
      }
      return true;
    } catch (error) {
      onError(error);
      if (isGridError(error, "INCOMPATIBLE_VERSION"))
        for (const request of requests.filter((one) => this.#isCheckable(one))) onRefused(request, error);
      return false;
    }
  }

  /**
   * The pool does not know a request that still waits to be submitted. A request that has its outcome by now, or was submitted again under
   * the same id, is no longer the one to check.
   */
  #isCheckable(request: PendingRequest): boolean {
    return !request.isQueued && this.#parts.pending.get(request.id) === request;
  }
}

/**
 * The requests that gave no sign of life since `sinceMs`; they go to the end of the order, so that the next round takes
 * others.
 */
function takeOverdue(pending: PendingRequests, sinceMs: number, nowMs: number): PendingRequest[] {
  const overdue: PendingRequest[] = [];
  for (const request of pending.values()) {
    if (overdue.length === mostChecksPerRound || request.heardAtMs > sinceMs) break;
    if (!request.isQueued) overdue.push(request);
  }
  for (const request of overdue) {
    request.heardAtMs = nowMs;
    pending.delete(request.id);
    pending.set(request.id, request);
  }
  return overdue;
}
