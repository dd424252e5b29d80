/**
 * Values that the pool keeps of requests which a function of the grid evaluates by itself, without asking for them: the slices of a chunk. They
 * are found and kept as if each had been asked for.
 */
import type { Clock, Definition, OutcomeText } from "@callgrid/core";
import { type CallerPool, isUnchanged, lookAtFiles, type ObservedPool, ownPart } from "@callgrid/statekeeper";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { FunctionStanding } from "../functions/function-registry.ts";
import type { Completer } from "../pool/completer.ts";
import { EvaluationResult } from "../results/evaluation-result.ts";

/** What {@link KeptValues} work with. */
export interface KeptValuesParts {
  readonly keeper: Pick<CallerPool & ObservedPool, "check" | "withdraw" | "inspectResult" | "forget">;
  readonly worker: string;
  readonly standing: FunctionStanding;
  readonly completer: Completer;
  readonly clock: Clock;
  /** Whether this worker waits for the request of this id itself. */
  readonly isAwaited: (id: string) => boolean;
  readonly onKept: () => void;
}

export class KeptValues {
  readonly #parts: KeptValuesParts;

  constructor(parts: KeptValuesParts) {
    this.#parts = parts;
  }

  /**
   * The values of requests of this function that are kept, made by current code; the code counts as part of what the caller's outcome is made
   * of. An evaluation that is to `refresh` finds none. What is kept and cannot be used makes room for what will be.
   */
  async find(
    caller: Evaluation,
    definition: Definition,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, OutcomeText>> {
    const { name } = definition;
    const { keeper, worker, standing, isAwaited } = this.#parts;
    const found = new Map<string, OutcomeText>();
    const asked = ids.filter((id) => caller.mode === "use" && !isAwaited(id));
    const answers =
      asked.length === 0 ? [] : await keeper.check(worker, 0, asked, new Array<string>(asked.length).fill(name));
    for (const [place, answer] of answers.entries()) {
      // the pool compares versions alone: one from before its function was forgotten has another generation
      if (answer.kind !== "outcome" || ownPart(answer.stamp) !== standing.stamp(definition)) continue;
      if ((await lookAtFiles(answer.stamp)).some(({ state }) => state === "changed")) continue;
      caller.addCode(standing.sets.read(name, answer.stamp));
      found.set(asked[place] ?? "", answer.outcome);
    }
    // asking for the state of an open request made this worker one that waits for it
    const open = asked.filter((_, place) => answers[place]?.kind === "pending");
    if (open.length > 0) await keeper.withdraw(worker, open);
    await Promise.all(ids.filter((id) => !found.has(id)).map((id) => this.#makeRoom(id)));
    return found;
  }

  /** Has the pool keep a value, in the text form of outcomes, for as long as the function says. */
  keep(caller: Evaluation, definition: Definition, { id, outcome }: { id: string; outcome: OutcomeText }): void {
    const { standing, completer, clock, onKept } = this.#parts;
    if (caller.isDone || !standing.isKeepable(caller.code) || caller.files?.every(isUnchanged) === false) return;
    const ttlMs = definition.cacheTtlMs;
    const result = EvaluationResult.ofText(outcome);
    result.noteMaker(caller.code, standing.stamp(definition));
    completer.add({ id, outcome, ttlMs, stamp: result.fullStamp(definition.name) }, clock.now());
    onKept();
  }

  /** A value that comes late is kept only if no other is. */
  async #makeRoom(id: string): Promise<void> {
    const { keeper } = this.#parts;
    if ((await keeper.inspectResult(id)) !== undefined) await keeper.forget({ id });
  }
}
