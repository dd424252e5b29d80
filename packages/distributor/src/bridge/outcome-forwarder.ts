/**
 * Carries outcomes from the pool that evaluated them into the one that holds the claims. A value is kept there for as long as it
 * will still be kept where it was made; if that cannot be found out soon, it is handed in all the same, and not kept. What was made by code that
 * is not current where it is handed in goes back to be evaluated again, or is not kept, see refused-outcomes.ts.
 */
import { functionNameOf, isErrorText, type OutcomeText, within } from "@callgrid/core";
import { type Completion, noStamp, type ObservedPool, type WorkerPool } from "@callgrid/statekeeper";
import { stampIn } from "./function-tables.ts";
import { RefusedOutcomes, type RefusedOutcomesParts } from "./refused-outcomes.ts";

const patienceMs = 1_000;

/** Between which pools, and as which member of the second one. */
export interface HandInParts extends RefusedOutcomesParts {
  readonly to: WorkerPool & ObservedPool;
  /** Who holds the claims in `to`. */
  readonly worker: string;
  readonly readTables: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** An outcome that was brought here, and the request. */
interface Brought extends Completion {
  readonly functionName: string;
}

export class OutcomeForwarder {
  readonly #parts: HandInParts;
  readonly #refused: RefusedOutcomes;
  readonly #open = new Set<string>();
  #waiting: Brought[] = [];
  #isScheduled = false;

  constructor(parts: HandInParts) {
    this.#parts = parts;
    this.#refused = new RefusedOutcomes(parts);
  }

  /** Ids whose outcomes are on their way. */
  get ids(): readonly string[] {
    return [...this.#open];
  }

  add({ id, payload }: { readonly id: string; readonly payload: string }, outcome: OutcomeText, stamp: string): void {
    this.#open.add(id);
    void this.#prepare({ id, outcome, ttlMs: 0, stamp, functionName: functionNameOf(payload) });
  }

  async #prepare(brought: Brought): Promise<void> {
    const kept = isErrorText(brought.outcome) ? undefined : await this.#kept(brought);
    this.#waiting.push({ ...brought, ...kept });
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#parts.clock.turn(() => void this.#flush());
  }

  /** How to keep the value, if it is kept where it was made. */
  async #kept({ id, functionName, stamp }: Brought): Promise<Pick<Completion, "ttlMs" | "stamp"> | undefined> {
    const { from, clock, tableOfTo } = this.#parts;
    const asking = from.inspectRequest(id).catch(() => undefined);
    const state = await within(clock, patienceMs, asking);
    const ttlMs = state?.resultLeftMs ?? 0;
    if (stamp === noStamp || state?.resultStamp !== stamp || ttlMs <= 0) return undefined;
    return { ttlMs, stamp: stampIn(tableOfTo(), functionName, stamp) };
  }

  /** What cannot be handed in is given to this member again when it reconciles. */
  async #flush(): Promise<void> {
    const brought = this.#waiting;
    this.#waiting = [];
    this.#isScheduled = false;
    const { onError } = this.#parts;
    const outdated = await this.#handIn(brought).catch(onError);
    if (outdated !== undefined && outdated.length > 0) await this.#settle(outdated).catch(onError);
    for (const { id } of brought) this.#open.delete(id);
  }

  /** Returns those that were made by code that is not current there. */
  async #handIn(brought: readonly Brought[]): Promise<readonly Brought[]> {
    const { to, worker } = this.#parts;
    const completions = brought.map(({ functionName, ...completion }) => completion);
    const outdated = await to.complete(worker, completions, []);
    return brought.filter(({ id }) => outdated.includes(id));
  }

  /** Either one of the pools has changed meanwhile, or they differ, and then this may come again. */
  async #settle(outdated: readonly Brought[]): Promise<void> {
    const { to, worker, readTables } = this.#parts;
    await readTables();
    const stamps = await this.#refused.deliverable(outdated);
    const delivered = outdated.flatMap((one) => {
      const stamp = stamps.get(one.id);
      return stamp === undefined ? [] : [{ ...one, stamp, ttlMs: 0 }];
    });
    const refusedAgain = delivered.length > 0 ? await this.#handIn(delivered) : [];
    const returned = [...outdated.filter(({ id }) => !stamps.has(id)), ...refusedAgain];
    if (returned.length > 0)
      await to.release(
        worker,
        returned.map(({ id }) => id),
      );
  }
}
