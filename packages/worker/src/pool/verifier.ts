/**
 * Has a share of what this worker evaluates evaluated once more by another worker of the same code, and compares the values byte by byte. A function whose
 * values differ is noted in the pool, which keeps no results of it then.
 */
import {
  addressedId,
  type Clock,
  decodeErrorTree,
  decodeRequest,
  encodeRequest,
  isErrorText,
  type Logger,
  type OutcomeText,
  randomId,
  requestId,
  shortText,
} from "@callgrid/core";
import {
  isOwnWorker,
  type MemberState,
  type Mismatch,
  type ObservedPool,
  type Requester,
  type WorkerPool,
} from "@callgrid/statekeeper";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { FunctionStanding } from "../functions/function-registry.ts";
import type { EvaluationResult } from "../results/evaluation-result.ts";

export interface VerifierParts {
  readonly keeper: Pick<ObservedPool & WorkerPool, "inspect" | "noteMismatch">;
  readonly worker: string;
  readonly requester: Pick<Requester, "ask">;
  readonly standing: FunctionStanding;
  /** Of the results that are kept, from 0 to 1. */
  readonly share: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onError: (error: unknown) => void;
}

/** How long it goes by the list of members that it read last, in ms: reading it costs Redis as much as hundreds of requests in a large pool. */
const membersMs = 30_000;
/** Another worker may be busy for as long, in ms; then nothing is compared. */
const patienceMs = 600_000;
const shownCharacters = 200;
/** So much of a value is shown before the first difference. */
const shownBefore = 60;
/** Functions of the grid itself keep the rules of those that they call. */
const gridPrefix = "callgrid.";

export class Verifier {
  readonly #parts: VerifierParts;
  /** Rises by the share with each result; at 1 one is verified. */
  #due = 0;
  #isBusy = false;
  #members: readonly MemberState[] = [];
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(parts: VerifierParts) {
    this.#parts = parts;
  }

  /** A value of this worker that is kept. One is verified at a time, so that this stays a small part of the work. */
  consider(evaluation: Evaluation, settled: EvaluationResult): void {
    if (this.#parts.share === 0 || evaluation.functionName.startsWith(gridPrefix)) return;
    this.#due = Math.min(1, this.#due + this.#parts.share);
    if (this.#due < 1 || this.#isBusy) return;
    this.#due = 0;
    this.#isBusy = true;
    void this.#verify(evaluation, settled.text)
      .catch(this.#parts.onError)
      .finally(() => {
        this.#isBusy = false;
      });
  }

  async #verify({ functionName, definition, payload }: Evaluation, own: OutcomeText): Promise<void> {
    if (definition === undefined) return;
    const { version } = definition;
    const { worker, standing, keeper, log } = this.#parts;
    const members = await this.#readMembers();
    const others = members.filter(({ id, functions }) => id !== worker && functions[functionName] === version);
    const other = others[Math.floor(Math.random() * others.length)];
    if (other === undefined) return;
    const { canonical } = encodeRequest(decodeRequest(payload), Number.POSITIVE_INFINITY);
    const id = addressedId(canonical, other.id, randomId());
    const outcome = await this.#ask(id, payload, other.id);
    if (outcome === own || !isOutcomeOfFunction(outcome) || standing.current(functionName)?.version !== version) return;
    const [value, otherValue] = aroundDifference(own, outcome);
    const mismatch: Mismatch = {
      version,
      requestId: requestId(canonical),
      request: shortText(payload, shownCharacters),
      evaluations: [
        { worker, node: process.version, value },
        { worker: other.id, node: String(other.description["node"] ?? ""), value: otherValue },
      ],
    };
    log.warn({ functionName, ...mismatch }, "two evaluations of a request gave different values; results are not kept");
    await keeper.noteMismatch(functionName, mismatch);
  }

  #ask(id: string, payload: string, other: string): Promise<OutcomeText> {
    const submission = { id, payload, mode: "bypass" as const, timeoutMs: patienceMs, priority: 0 };
    return new Promise((resolve) => {
      this.#parts.requester.ask(submission, other, resolve);
    });
  }

  async #readMembers(): Promise<readonly MemberState[]> {
    const now = this.#parts.clock.now();
    if (now - this.#readAt >= membersMs) {
      this.#members = (await this.#parts.keeper.inspect()).members.filter(isOwnWorker);
      this.#readAt = now;
    }
    return this.#members;
  }
}

/** Whether it is a value, or an error that the function threw: others say nothing of the function. */
function isOutcomeOfFunction(outcome: OutcomeText): boolean {
  return !isErrorText(outcome) || decodeErrorTree(outcome).code === "FUNCTION_FAILED";
}

/** Both texts, cut alike around their first difference. */
function aroundDifference(one: string, other: string): [string, string] {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const start = at > shownBefore ? at - shownBefore : 0;
  return [one, other].map((text) => {
    const shown = text.slice(start, start + shownCharacters);
    return `${start > 0 ? "…" : ""}${shown}${start + shownCharacters < text.length ? "…" : ""}`;
  }) as [string, string];
}
