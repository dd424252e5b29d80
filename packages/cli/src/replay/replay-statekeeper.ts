/**
 * The statekeeper of a replay: one pool in memory. Before a call of a function is looked up there, the kept result that another pool would
 * answer it with is copied in. Whether that is used, the pool in memory decides by the versions of the functions here.
 */
import { functionNameOf, systemClock } from "@callgrid/core";
import {
  type CallerPool,
  type ClaimReply,
  type ClaimRequest,
  type KeptResultState,
  MemoryPool,
  MemoryStatekeeper,
  type ObservedPool,
  othersPart,
  ownPart,
  ownStamp,
  type RegisteredFunction,
  type SubmitBatch,
  type SubmitReply,
  usualLimits,
  versionIn,
} from "@callgrid/statekeeper";

/** What a replay asks of the pool whose kept results it takes. */
export type KeptResults = CallerPool & ObservedPool;

export class ReplayStatekeeper extends MemoryStatekeeper {
  readonly #pool: ReplayPool;

  /** @param kept - undefined: nothing is copied, and everything is evaluated. */
  constructor(pool: string, kept: KeptResults | undefined) {
    super();
    this.#pool = new ReplayPool(pool, kept);
  }

  override pool(): MemoryPool {
    return this.#pool;
  }

  override async close(): Promise<void> {
    this.#pool.close();
    await super.close();
  }
}

class ReplayPool extends MemoryPool {
  readonly #kept: KeptResults | undefined;
  #submitted: Promise<unknown> = Promise.resolve();

  constructor(pool: string, kept: KeptResults | undefined) {
    super(pool, systemClock, usualLimits);
    this.#kept = kept;
  }

  /** The request that is replayed comes from a client, and is evaluated whether or not its result is kept. */
  override submit(batch: SubmitBatch): Promise<SubmitReply> {
    const reply = this.#submitAfterCopies(batch);
    this.#submitted = Promise.allSettled([this.#submitted, reply]);
    return reply;
  }

  /** As on a connection, a claim finds what was submitted before it. */
  override async claim(request: ClaimRequest): Promise<ClaimReply> {
    await this.#submitted;
    return super.claim(request);
  }

  async #submitAfterCopies(batch: SubmitBatch): Promise<SubmitReply> {
    if (this.#kept !== undefined && batch.isReentrant === true) await this.#copyResults(this.#kept, batch);
    return super.submit(batch);
  }

  async #copyResults(kept: KeptResults, { process, submissions }: SubmitBatch): Promise<void> {
    const { functions } = await kept.functions();
    const copies = submissions.map(async ({ id, payload }) => {
      const functionName = functionNameOf(payload);
      const state = await kept.inspectResult(id);
      if (state === undefined || isForgotten(state, functions.get(functionName))) return;
      const [answer] = await kept.check(process, 0, [id], [functionName]);
      // the request is being evaluated once more, and now has this process as a waiter
      if (answer?.kind === "pending") await kept.withdraw(process, [id]);
      if (answer?.kind !== "outcome") return;
      // here, nothing has been forgotten
      const stamp = ownStamp(versionIn(answer.stamp), 0) + othersPart(answer.stamp);
      await this.complete(process, [{ id, outcome: answer.outcome, ttlMs: state.leftMs, stamp }], []);
    });
    await Promise.all(copies);
  }
}

/** Versions are compared with the result; generations are not. */
function isForgotten({ stamp }: KeptResultState, current: RegisteredFunction | undefined): boolean {
  return current !== undefined && ownPart(stamp) !== ownStamp(current.version, current.generation);
}
