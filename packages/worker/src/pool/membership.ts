/**
 * The worker as a member of its pool: joins, joins again when the pool does not know it any more, and keeps up with the function
 * table.
 */
import { isGridError, type Logger } from "@callgrid/core";
import type { FunctionTable, Member, ObservedPool, WorkerPool } from "@callgrid/statekeeper";
import type { FunctionStanding } from "../functions/function-registry.ts";

export class Membership {
  readonly #keeper: WorkerPool & ObservedPool;
  readonly #member: Member;
  readonly #standing: FunctionStanding;
  readonly #onChange: () => void;
  readonly #onError: (error: unknown) => void;
  readonly #log: Pick<Logger, "warn">;
  #outdated = "";
  #joining: Promise<void> | undefined;
  #isStopped = false;
  #mayBeMember = false;

  constructor(parts: {
    keeper: WorkerPool & ObservedPool;
    member: Member;
    standing: FunctionStanding;
    /** What the pool knew of this worker, or the worker of the pool, is outdated. */
    onChange: () => void;
    onError: (error: unknown) => void;
    log: Pick<Logger, "warn">;
  }) {
    this.#keeper = parts.keeper;
    this.#member = parts.member;
    this.#standing = parts.standing;
    this.#onChange = parts.onChange;
    this.#onError = parts.onError;
    this.#log = parts.log;
  }

  /** Joins (again); throws what the statekeeper throws. */
  join(): Promise<void> {
    this.#joining ??= this.#join().finally(() => {
      this.#joining = undefined;
    });
    return this.#joining;
  }

  /** As {@link join}, for callers that ignore errors: the next call that finds the worker unknown retries. */
  async rejoin(): Promise<void> {
    await this.join().catch(this.#onError);
  }

  async readFunctions(): Promise<void> {
    try {
      this.#update(await this.#keeper.functions());
    } catch (error) {
      this.#onError(error);
    }
    this.#onChange();
  }

  /** Whether the pool may have it as a member. If not, another worker may have its name: nothing there is this one's to give up. */
  get mayBeMember(): boolean {
    return this.#mayBeMember;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #join(): Promise<void> {
    if (this.#isStopped) return;
    // also if the reply is an error
    this.#mayBeMember = true;
    try {
      this.#update(await this.#keeper.join({ ...this.#member, knows: this.#standing.seen }));
    } catch (error) {
      this.#mayBeMember = !isGridError(error, "INVALID_OPTION");
      throw error;
    }
    this.#onChange();
  }

  /** What the worker no longer receives is logged once, until it changes. */
  #update(table: FunctionTable): void {
    this.#standing.update(table);
    const { outdated } = this.#standing;
    if (outdated.join() === this.#outdated) return;
    this.#outdated = outdated.join();
    if (outdated.length > 0)
      this.#log.warn(
        { functions: outdated },
        "other versions are current: this worker receives no requests for these functions",
      );
  }
}
