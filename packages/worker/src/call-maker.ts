/**
 * Makes evaluations out of the calls of running functions: finds equal ones that are known already, refuses cycles, and puts
 * the rest where the placement says.
 */
import { type Clock, encodeRequest, requestId } from "@callgrid/core";
import { placeCall } from "./call-placement.ts";
import { type EncodedCall, Evaluation } from "./evaluation.ts";
import { errorTree } from "./evaluator.ts";
import type { FunctionStanding } from "./function-registry.ts";
import { cycleThrough } from "./local-cycles.ts";
import type { OwnStack } from "./own-stack.ts";
import type { RecentResults } from "./recent-results.ts";
import type { ReentrantCalls } from "./reentrant-calls.ts";
import type { RequestHost } from "./request-context.ts";
import type { SelfTimes } from "./self-times.ts";
import { Settled } from "./settled.ts";

export class CallMaker {
  /** What this worker evaluates or waits for, by key. */
  readonly inFlight = new Map<string, Evaluation>();
  readonly #clock: Clock;
  readonly #standing: FunctionStanding;
  readonly #selfTimes: SelfTimes;
  readonly #recent: RecentResults;
  readonly #stack: OwnStack;
  readonly #isEager: boolean;
  readonly #payloadLimitBytes: number;
  readonly #ask: (evaluation: Evaluation, toOwnQueue: boolean) => void;

  constructor(parts: {
    clock: Clock;
    standing: FunctionStanding;
    selfTimes: SelfTimes;
    recent: RecentResults;
    stack: OwnStack;
    isEager: boolean;
    payloadLimitBytes: number;
    ask: (evaluation: Evaluation, toOwnQueue: boolean) => void;
  }) {
    this.#clock = parts.clock;
    this.#standing = parts.standing;
    this.#selfTimes = parts.selfTimes;
    this.#recent = parts.recent;
    this.#stack = parts.stack;
    this.#isEager = parts.isEager;
    this.#payloadLimitBytes = parts.payloadLimitBytes;
    this.#ask = parts.ask;
  }

  /** Checks and writes down a call; throws what is wrong with it before anything is placed. */
  encode(request: unknown): EncodedCall {
    const { functionName, canonical, payload } = encodeRequest(request, this.#payloadLimitBytes);
    const isPlain = canonical === payload;
    const id = isPlain ? undefined : requestId(canonical);
    return { key: id ?? payload, functionName, payload, id, primitiveArguments: primitiveArguments(request) };
  }

  /** Places the call at `index`, or settles it at once where the outcome is known. */
  place(call: EncodedCall, calls: ReentrantCalls, index: number, host: RequestHost): void {
    const known = this.inFlight.get(call.key);
    if (known !== undefined) {
      this.#join(known, calls, index);
      return;
    }
    const definition = this.#standing.current(call.functionName);
    const now = this.#clock.now();
    if (definition !== undefined) {
      const recent = this.#recent.get(call.key, this.#standing.stamp(definition), now);
      if (recent !== undefined) {
        calls.settle(index, recent);
        return;
      }
    }
    const { deadlineAt } = calls.caller;
    const evaluation = new Evaluation(call, { host, mode: "use", definition, bornAt: now, deadlineAt });
    this.inFlight.set(call.key, evaluation);
    evaluation.waiters.push({ calls, index });
    calls.children[index] = evaluation;
    const usualMs = this.#selfTimes.get(call.functionName)?.meanMs;
    const placement = placeCall({ isEager: this.#isEager, isKnownHere: definition !== undefined, usualMs });
    if (placement === "memory") this.#stack.push(evaluation);
    else this.#ask(evaluation, placement === "own-queue");
  }

  #join(known: Evaluation, calls: ReentrantCalls, index: number): void {
    const cycle = known.isStarted ? cycleThrough(known, calls.caller) : undefined;
    if (cycle !== undefined) {
      calls.settle(index, Settled.ofError(cycleError(cycle.map(({ payload }) => payload))));
      return;
    }
    known.waiters.push({ calls, index });
    calls.children[index] = known;
    const { deadlineAt } = calls.caller;
    if (known.deadlineAt > 0) known.deadlineAt = deadlineAt === 0 ? 0 : Math.max(known.deadlineAt, deadlineAt);
  }
}

/** The error of a request that waits for itself; `payloads` in the order in which they wait for one another. */
export function cycleError(payloads: readonly string[]): ReturnType<typeof errorTree> {
  const first = payloads[0] ?? "";
  const shown = [...payloads, first].join(" → ");
  return errorTree("CYCLIC_REQUEST", `a request waits for itself: ${shown}`, first, { cycle: [...payloads] });
}

function primitiveArguments(request: unknown): readonly unknown[] | undefined {
  const parts = request as readonly unknown[];
  for (let i = 1; i < parts.length; i += 1) {
    const part = parts[i];
    if (part !== null && typeof part === "object") return undefined;
  }
  return parts.slice(1);
}
