/**
 * The worker as a member of its pool: joins, joins again when the pool does not know it any more, and keeps up with the function
 * table.
 */
import { type Clock, isGridError, type Logger, Periodic } from "@callgrid/core";
import { type CodeNote, codeDifference, type Member, type ObservedPool, type WorkerPool } from "@callgrid/statekeeper";
import type { FunctionStanding } from "../functions/function-registry.ts";

const mostFilesLogged = 20;
/** Long before a pool drops what it was noted, in ms. */
const noteEveryMs = 86_400_000;

export class Membership {
  readonly #keeper: WorkerPool & ObservedPool;
  readonly #member: Member;
  readonly #notes: ReadonlyMap<string, CodeNote>;
  readonly #standing: FunctionStanding;
  readonly #onChange: () => void;
  readonly #onError: (error: unknown) => void;
  readonly #log: Pick<Logger, "warn">;
  #outdated = "";
  #joining: Promise<void> | undefined;
  #isStopped = false;
  #mayBeMember = false;
  #beyondMs = 0;
  readonly #noting: Periodic;

  constructor(parts: {
    clock: Clock;
    keeper: WorkerPool & ObservedPool;
    member: Member;
    /** What the versions of its functions are made of. */
    notes: ReadonlyMap<string, CodeNote>;
    standing: FunctionStanding;
    /** What the pool knew of this worker, or the worker of the pool, is outdated. */
    onChange: () => void;
    onError: (error: unknown) => void;
    log: Pick<Logger, "warn">;
  }) {
    this.#keeper = parts.keeper;
    this.#member = parts.member;
    this.#notes = parts.notes;
    this.#standing = parts.standing;
    this.#onChange = parts.onChange;
    this.#onError = parts.onError;
    this.#log = parts.log;
    this.#noting = new Periodic({ clock: parts.clock, everyMs: noteEveryMs, round: () => this.#noteCode() });
  }

  /** Joins (again); throws what the statekeeper throws. Until {@link Membership.endFirstLease} its leases are longer by `beyondMs`. */
  join(beyondMs = this.#beyondMs): Promise<void> {
    this.#beyondMs = beyondMs;
    this.#joining ??= this.#join().finally(() => {
      this.#joining = undefined;
    });
    return this.#joining;
  }

  /** As {@link join}, for callers that ignore errors: the next call that finds the worker unknown retries. */
  async rejoin(): Promise<void> {
    await this.join().catch(this.#onError);
  }

  /** Its lease is renewed from now on. */
  endFirstLease(): void {
    this.#beyondMs = 0;
  }

  async readFunctions(): Promise<void> {
    try {
      this.#standing.update(await this.#keeper.functions());
    } catch (error) {
      this.#onError(error);
    }
    this.#onChange();
    void this.#logOutdated();
  }

  /** Whether the pool may have it as a member. If not, another worker may have its name: nothing there is this one's to give up. */
  get mayBeMember(): boolean {
    return this.#mayBeMember;
  }

  stop(): void {
    this.#isStopped = true;
    void this.#noting.stop();
  }

  async #join(): Promise<void> {
    // first, so that others who hear of these versions find what they are made of
    const failure = this.#notes.size > 0 ? await this.#noteCode() : undefined;
    if (this.#isStopped) return;
    // also if the reply is an error
    this.#mayBeMember = true;
    const leaseMs = this.#member.leaseMs + this.#beyondMs;
    this.#standing.doubt();
    try {
      this.#standing.update(await this.#keeper.join({ ...this.#member, leaseMs, knows: this.#standing.seen }));
    } catch (error) {
      this.#mayBeMember = !isGridError(error, "INVALID_OPTION");
      throw error;
    }
    this.#onChange();
    if (failure !== undefined) this.#log.warn({ err: failure }, "what versions are made of was not noted in the pool");
    void this.#logOutdated();
    if (this.#notes.size > 0) await this.#noting.start();
  }

  /** Resolves to why it failed, if it did: only explanations miss it, and the next join repeats it. */
  #noteCode(): Promise<unknown> {
    return this.#keeper.noteCode(this.#notes).catch((error: unknown) => error);
  }

  /**
   * What the worker no longer receives is logged once, until it changes, with files in which its code differs from the current one. Not waited for: claims
   * come meanwhile.
   */
  async #logOutdated(): Promise<void> {
    const { outdated } = this.#standing;
    if (outdated.join() === this.#outdated) return;
    this.#outdated = outdated.join();
    if (outdated.length === 0) return;
    const files = await this.#differingFiles(outdated);
    this.#log.warn(
      { functions: outdated, ...(files.length === 0 ? {} : { files: files.slice(0, mostFilesLogged) }) },
      "other versions are current: this worker receives no requests for these functions",
    );
  }

  async #differingFiles(functionNames: readonly string[]): Promise<string[]> {
    const versions = functionNames.map((name) => ({
      own: this.#member.functions.get(name) ?? "",
      current: this.#standing.table.functions.get(name)?.version ?? "",
    }));
    const wanted = new Set(versions.flatMap(({ own, current }) => [own, current]));
    const notes = await this.#keeper.readCode([...wanted]).catch(() => new Map<string, CodeNote>());
    const files = versions.flatMap(
      ({ own, current }) => codeDifference(notes.get(own), notes.get(current))?.files ?? [],
    );
    return [...new Set(files)].sort();
  }
}
