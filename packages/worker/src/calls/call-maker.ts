/**
 * Makes evaluations out of the calls of running functions: finds equal ones that are known already, refuses cycles, and puts
 * the rest where the placement says.
 */
import { resolve } from "node:path";
import { type Definition, type RebuiltMap, readRequest, requestId } from "@callgrid/core";
import { fileCode, readInputFile } from "@callgrid/statekeeper";
import type { OwnStack } from "../evaluation/call-stack.ts";
import { type EncodedCall, Evaluation, isShortKey } from "../evaluation/evaluation.ts";
import { cycleClosedBy, cycleError } from "../evaluation/local-cycles.ts";
import type { ReentrantCalls } from "../evaluation/reentrant-calls.ts";
import type { RequestHost } from "../evaluation/request-context.ts";
import type { FunctionStanding } from "../functions/function-registry.ts";
import { EvaluationResult } from "../results/evaluation-result.ts";
import type { RecentResults } from "../results/recent-results.ts";
import type { SelfTimes } from "../timing/run-times.ts";
import { placeCall } from "./call-placement.ts";
import type { PoolCaller } from "./pool-caller.ts";

/** What the call maker works with. */
export interface CallMakerParts {
  readonly standing: FunctionStanding;
  readonly selfTimes: SelfTimes;
  readonly recent: RecentResults;
  readonly stack: OwnStack;
  /** What this worker evaluates or waits for, by key. */
  readonly inFlight: RebuiltMap<string, Evaluation>;
  /** `sharing: "eager"`: nothing stays in memory. */
  readonly isEager: boolean;
  readonly payloadLimitBytes: number;
  readonly poolCaller: PoolCaller;
}

/** Who makes a call, and when, in ms. */
export interface CallPlace {
  readonly calls: ReentrantCalls;
  /** Which of them it is. */
  readonly index: number;
  readonly host: RequestHost;
  readonly now: number;
}

export class CallMaker {
  readonly #parts: CallMakerParts;

  constructor(parts: CallMakerParts) {
    this.#parts = parts;
  }

  /** See {@link RequestHost.currentDefinition}. */
  currentDefinition(evaluation: Evaluation, name: string): Definition | undefined {
    const { standing } = this.#parts;
    const definition = standing.current(name);
    if (definition !== undefined) evaluation.addCode(standing.codeOf(definition));
    return definition;
  }

  /** See {@link RequestContext.reads}. */
  async noteFile(evaluation: Evaluation, path: string): Promise<void> {
    const file = await readInputFile(resolve(path));
    evaluation.files = [...(evaluation.files ?? []), file];
    evaluation.addCode(this.#parts.standing.sets.of([fileCode(file)]));
  }

  /** Checks and writes down a call; throws what is wrong with it before anything is placed. */
  encode(request: unknown): EncodedCall {
    const reading = readRequest(request, this.#parts.payloadLimitBytes);
    const { functionName, canonical, payload, primitiveArguments } = reading;
    const id = canonical === payload && isShortKey(payload) ? undefined : requestId(canonical);
    return { key: id ?? payload, functionName, payload, id, primitiveArguments };
  }

  /** Places the call at `index`, which is made at `now`, or settles it at once where the outcome is known. */
  place(call: EncodedCall, { calls, index, host, now }: CallPlace): void {
    const { inFlight, standing, recent } = this.#parts;
    const known = inFlight.get(call.key);
    if (known !== undefined) {
      this.#join(known, calls, index);
      return;
    }
    const definition = standing.current(call.functionName);
    if (definition !== undefined) {
      const settled = recent.get(call.key, {
        functionName: definition.name,
        stamp: standing.stamp(definition),
        now,
      });
      if (settled !== undefined) {
        calls.settle(index, settled);
        return;
      }
    }
    const { deadlineAt } = calls.caller;
    // a list that is made of one is a tenth as large as an empty one to which one is added
    const waiters = [{ calls, index }];
    const evaluation = new Evaluation(call, { host, mode: "use", definition, bornAt: now, deadlineAt, waiters });
    inFlight.set(call.key, evaluation);
    calls.children[index] = evaluation;
    this.#put(evaluation, calls.caller.isSuspect);
  }

  #put(evaluation: Evaluation, isOfSuspect: boolean): void {
    const { definition, functionName } = evaluation;
    const placement = placeCall({
      isEager: this.#parts.isEager,
      isOfSuspect,
      isKnownHere: definition !== undefined,
      hasTimeout: definition !== undefined && definition.timeoutMs > 0,
      usualMs: this.#parts.selfTimes.get(functionName)?.usualMs,
    });
    if (placement === "memory") this.#parts.stack.push(evaluation);
    else this.#parts.poolCaller.ask(evaluation, placement === "own-queue");
  }

  #join(known: Evaluation, calls: ReentrantCalls, index: number): void {
    const { caller } = calls;
    const cycle = known.isStarted ? cycleClosedBy(known, caller) : undefined;
    if (cycle !== undefined) {
      calls.settle(index, EvaluationResult.ofError(cycleError(cycle.map(({ payload }) => payload))));
      return;
    }
    known.waiters.push({ calls, index });
    calls.children[index] = known;
    known.extendDeadline(caller.deadlineAt);
  }
}
