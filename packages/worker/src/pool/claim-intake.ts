/**
 * Takes in what the worker has claimed or was given: what is under way here already goes on in the pool's name, what was
 * evaluated lately is answered from memory, and the rest gets ready.
 */
import { type Clock, type Definition, functionNameOf, isOwnId, isPayloadOf, type RebuiltMap } from "@callgrid/core";
import type { Claim } from "@callgrid/statekeeper";
import { type EncodedCall, Evaluation, isShortKey } from "../evaluation/evaluation.ts";
import type { ReadyQueue } from "../evaluation/ready-queue.ts";
import type { RequestHost } from "../evaluation/request-context.ts";
import type { FunctionStanding } from "../functions/function-registry.ts";
import type { RecentResults } from "../results/recent-results.ts";
import type { SelfTimes } from "../timing/run-times.ts";
import { claiming } from "../timing/tuning.ts";
import type { Completer } from "./completer.ts";
import type { PoolEvaluations } from "./pool-evaluations.ts";
import type { SuspensionReporter } from "./suspension-reporter.ts";

/** What the intake works with. */
export interface ClaimIntakeParts {
  readonly clock: Clock;
  readonly standing: FunctionStanding;
  readonly selfTimes: SelfTimes;
  readonly recent: RecentResults;
  readonly inFlight: RebuiltMap<string, Evaluation>;
  readonly visible: PoolEvaluations;
  readonly ready: ReadyQueue;
  readonly completer: Completer;
  readonly marker: SuspensionReporter;
  readonly host: RequestHost;
  /** Puts a copy into the pool's hands like any call, so that the outcome arrives. */
  readonly ask: (evaluation: Evaluation) => void;
}

/**
 * What happens to a claim: it is taken; `lacking`: this worker cannot evaluate it; `forged`: its payload is not that of its id, so that
 * a value would be kept as that of another request.
 */
export type Intake = "taken" | "lacking" | "forged";

export class ClaimIntake {
  readonly #parts: ClaimIntakeParts;
  #lastFunction: string | undefined;

  constructor(parts: ClaimIntakeParts) {
    this.#parts = parts;
  }

  /** The function of the latest claim: what that needs is in memory, if of any. */
  get lastFunction(): string | undefined {
    return this.#lastFunction;
  }

  take(claim: Claim): Intake {
    const key = keyOf(claim);
    if (key === undefined) return "forged";
    const functionName = functionNameOf(claim.payload);
    this.#lastFunction = functionName;
    const { visible, inFlight, standing } = this.#parts;
    const known = visible.get(claim.id) ?? inFlight.get(key);
    if (known?.isStarted === true) {
      this.#own(known, claim);
      return "taken";
    }
    const definition = standing.current(functionName);
    if (definition === undefined) {
      standing.noteLacking(functionName);
      return "lacking";
    }
    if (known !== undefined) {
      this.#takeKnown(known, claim, definition);
    } else if (!this.#answerFromMemory(claim, key, definition)) {
      const { id, payload } = claim;
      this.#takeNew({ key, id, functionName, payload, primitiveArguments: undefined }, claim, definition);
    }
    return "taken";
  }

  /**
   * Takes in a copy of what another worker holds and is late with: this one waits for the outcome like any caller, and evaluates
   * it meanwhile.
   */
  takeCopy(claim: Claim): void {
    const { id, payload } = claim;
    const key = keyOf(claim);
    // its holder finds out
    if (key === undefined) return;
    const functionName = functionNameOf(payload);
    const definition = this.#parts.standing.current(functionName);
    const known = this.#parts.visible.get(id) ?? this.#parts.inFlight.get(key);
    if (definition === undefined || (known !== undefined && known.state !== "asked")) return;
    const call = { key, id, functionName, payload, primitiveArguments: undefined };
    const evaluation = known ?? this.#make(call, claim, definition);
    if (known === undefined) this.#parts.ask(evaluation);
    evaluation.definition = definition;
    evaluation.isCopy = true;
    this.#makeReady(evaluation);
  }

  /** It may have been asked for when another version of its function was the current one. */
  #takeKnown(known: Evaluation, claim: Claim, definition: Definition): void {
    this.#own(known, claim);
    known.definition = definition;
    known.isSuspect = claim.losses > 0;
    if (known.state !== "ready") this.#makeReady(known);
  }

  #answerFromMemory({ id, mode }: Claim, key: string, definition: Definition): boolean {
    if (mode !== "use") return false;
    const { recent, standing, clock, completer } = this.#parts;
    const stamp = standing.stamp(definition);
    const now = clock.now();
    const settled = recent.get(key, { functionName: definition.name, stamp, now });
    if (settled === undefined) return false;
    // not for longer than it may be used here
    const ttlMs = Math.ceil(settled.until - now);
    completer.add({ id, outcome: settled.text, ttlMs, stamp: settled.fullStamp(definition.name) }, now);
    return true;
  }

  #takeNew(call: EncodedCall, claim: Claim, definition: Definition): void {
    const evaluation = this.#make(call, claim, definition);
    this.#parts.visible.own(evaluation);
    this.#makeReady(evaluation);
  }

  #make(call: EncodedCall, claim: Claim, definition: Definition): Evaluation {
    const { clock, host, inFlight } = this.#parts;
    const bornAt = clock.now();
    const deadlineAt = deadlineOf(claim, bornAt);
    const evaluation = new Evaluation(call, { host, mode: claim.mode, definition, bornAt, deadlineAt, waiters: [] });
    evaluation.isSuspect = claim.losses > 0;
    evaluation.trace = claim.trace;
    evaluation.claimedAt = bornAt;
    inFlight.set(call.key, evaluation);
    return evaluation;
  }

  #own(known: Evaluation, claim: Claim): void {
    if (known.isOwned) this.#parts.marker.noteClaimedAgain(known);
    this.#parts.visible.own(known);
    const now = this.#parts.clock.now();
    known.trace ??= claim.trace;
    known.claimedAt = now;
    known.extendDeadline(deadlineOf(claim, now));
  }

  #makeReady(evaluation: Evaluation): void {
    const { functionName } = evaluation;
    this.#parts.ready.push(
      evaluation,
      this.#parts.selfTimes.get(functionName)?.expectedMs ?? this.#learnedMs(functionName),
    );
  }

  #learnedMs(functionName: string): number {
    const micros = this.#parts.standing.table.functions.get(functionName)?.expectedMicros;
    return micros === undefined ? claiming.unknownMs : micros / 1_000;
  }
}

/**
 * As calls of this worker name it: the payload where that is canonical and short, in whichever form it was asked for. Undefined for a
 * payload that is not of this id.
 */
function keyOf({ id, payload }: Claim): string | undefined {
  if (!isPayloadOf(id, payload)) return undefined;
  return isShortKey(payload) && payload.startsWith("[") && !isOwnId(id) ? payload : id;
}

function deadlineOf({ timeoutMs }: Claim, now: number): number {
  return timeoutMs > 0 ? now + timeoutMs : 0;
}
