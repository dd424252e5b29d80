/**
 * A pool as one simulated process sees it: every operation goes over the process's own connection to the pool that all share,
 * and is watched there.
 */
import type {
  AnnouncedWork,
  Capacity,
  CheckAnswer,
  ClaimReply,
  ClaimRequest,
  CodeNote,
  Comparison,
  FunctionTable,
  HostReport,
  InboxHandlers,
  InboxListener,
  KeptAmount,
  KeptResultState,
  Member,
  MemoryPool,
  Mismatch,
  NotedMismatch,
  PoolKeeper,
  PoolSight,
  PoolState,
  Progress,
  RecallRequest,
  Renewal,
  RequestState,
  Statekeeper,
  SubmitBatch,
  SubmitReply,
  Survey,
  SurveyRequest,
  SweepReply,
  SweepRequest,
  Waits,
  Whereabouts,
} from "@callgrid/statekeeper";
import { type Break, CommandConnection, type ConnectionParts } from "./command-connection.ts";
import { InboxConnection } from "./inbox-connection.ts";
import type { WatchedPool } from "./watched-pool.ts";

export class SimulatedKeeper implements PoolKeeper {
  readonly pool: string;
  readonly #parts: ConnectionParts;
  readonly #watched: WatchedPool;
  readonly #connection: CommandConnection;
  readonly #inboxes: InboxConnection[] = [];

  constructor(parts: ConnectionParts, watched: WatchedPool) {
    this.pool = watched.name;
    this.#parts = parts;
    this.#watched = watched;
    this.#connection = new CommandConnection(parts);
  }

  gather(ask: () => void): void {
    ask();
  }

  /** Until when some attempt to connect was stalled: until now, if one is. */
  get stalledUntilMs(): number {
    return Math.max(...[this.#connection, ...this.#inboxes].map(({ stalledUntilMs }) => stalledUntilMs));
  }

  /** Breaks the connection for commands. */
  cutCommands(how: Break): void {
    this.#connection.cut(how, true);
  }

  /** Breaks the reading of the inbox; see {@link InboxConnection.cut}. */
  cutInbox(how: Break, unnoticedMs: number): void {
    for (const inbox of this.#inboxes) inbox.cut(how, unnoticedMs);
  }

  /** The server went down: all connections break, and nothing under way arrives. */
  loseServer(how: Break): void {
    this.#connection.cut(how, false);
    this.cutInbox(how, 0);
  }

  join(member: Member): Promise<FunctionTable> {
    return this.#call("join", member.id, (pool) => pool.join(member));
  }

  renew(process: string, leaseMs: number, renewal?: Renewal): Promise<boolean> {
    return this.#call("renew", leaseMs, (pool) => pool.renew(process, leaseMs, renewal));
  }

  leave(process: string, instance?: string): Promise<void> {
    return this.#call("leave", process, (pool) => pool.leave(process, instance));
  }

  submit(batch: SubmitBatch): Promise<SubmitReply> {
    return this.#call("submit", batch, (pool) => pool.submit(batch));
  }

  claim(request: ClaimRequest): Promise<ClaimReply> {
    return this.#call("claim", request, (pool) => pool.claim(request));
  }

  complete(...args: Parameters<PoolKeeper["complete"]>): Promise<readonly string[]> {
    const [, completions] = args;
    return this.#call("complete", completions, (pool) => {
      this.#watched.checkCompletions(completions);
      return this.#watched.complete(pool, args);
    });
  }

  release(worker: string, ids: readonly string[]): Promise<void> {
    return this.#call("release", ids, (pool) => pool.release(worker, ids));
  }

  mark(
    worker: string,
    suspended: ReadonlyArray<{ readonly id: string; readonly waitsFor: readonly string[] }>,
    resumed: readonly string[],
    progress?: ReadonlyArray<Progress & { readonly id: string }>,
  ): Promise<void> {
    return this.#call("mark", { suspended, resumed }, (pool) => pool.mark(worker, suspended, resumed, progress));
  }

  followWaits(ids: readonly string[], limit: number): Promise<Waits> {
    return this.#call("followWaits", ids, (pool) => pool.followWaits(ids, limit));
  }

  withdraw(process: string, ids: readonly string[]): Promise<void> {
    return this.#call("withdraw", ids, (pool) => pool.withdraw(process, ids));
  }

  check(...args: Parameters<PoolKeeper["check"]>): Promise<readonly CheckAnswer[]> {
    const [, , ids] = args;
    return this.#call("check", ids, (pool) => pool.check(...args));
  }

  reconcile(worker: string, heldIds: readonly string[]): Promise<Comparison> {
    return this.#call("reconcile", heldIds, (pool) => pool.reconcile(worker, heldIds));
  }

  sweep(request: SweepRequest): Promise<SweepReply> {
    return this.#call("sweep", request, (pool) => pool.sweep(request));
  }

  look(process: string): Promise<PoolSight> {
    return this.#call("look", process, (pool) => pool.look(process));
  }

  recall(request: RecallRequest): Promise<readonly string[]> {
    return this.#call("recall", request, (pool) => pool.recall(request));
  }

  locate(ids: readonly string[]): Promise<readonly Whereabouts[]> {
    return this.#call("locate", ids, (pool) => pool.locate(ids));
  }

  reportDeath(
    worker: string,
    report: Readonly<Record<string, unknown>>,
    maxAttempts: number,
    instance?: string,
  ): Promise<void> {
    return this.#call("reportDeath", worker, (pool) => pool.reportDeath(worker, report, maxAttempts, instance));
  }

  abdicate(process: string): Promise<void> {
    return this.#call("abdicate", process, (pool) => pool.abdicate(process));
  }

  forget(what: { readonly id: string } | { readonly functionName: string }): Promise<void> {
    return this.#call("forget", what, (pool) => pool.forget(what));
  }

  survey(request: SurveyRequest): Promise<Survey> {
    return this.#call("survey", request, (pool) => pool.survey(request));
  }

  announceWork(work: AnnouncedWork): Promise<boolean> {
    return this.#call("announceWork", work, (pool) => pool.announceWork(work));
  }

  noteCapacity(process: string, capacity: Omit<Capacity, "ageMs">): Promise<boolean> {
    return this.#call("noteCapacity", capacity, (pool) => pool.noteCapacity(process, capacity));
  }

  reportHost(host: HostReport): Promise<Capacity | undefined> {
    return this.#call("reportHost", host, (pool) => pool.reportHost(host));
  }

  capacity(): Promise<Omit<Capacity, "ageMs"> | undefined> {
    return this.#call("capacity", undefined, (pool) => pool.capacity());
  }

  functions(): Promise<FunctionTable> {
    return this.#call("functions", undefined, (pool) => pool.functions());
  }

  inspect(): Promise<PoolState> {
    return this.#call("inspect", undefined, (pool) => pool.inspect());
  }

  inspectRequest(id: string): Promise<RequestState | undefined> {
    return this.#call("inspectRequest", id, (pool) => pool.inspectRequest(id));
  }

  inspectResult(id: string): Promise<KeptResultState | undefined> {
    return this.#call("inspectResult", id, (pool) => pool.inspectResult(id));
  }

  measureResults(): Promise<KeptAmount> {
    return this.#call("measureResults", undefined, (pool) => pool.measureResults());
  }

  noteCode(notes: ReadonlyMap<string, CodeNote>): Promise<void> {
    return this.#call("noteCode", undefined, (pool) => pool.noteCode(notes));
  }

  readCode(versions: readonly string[]): Promise<ReadonlyMap<string, CodeNote>> {
    return this.#call("readCode", versions, (pool) => pool.readCode(versions));
  }

  noteMismatch(functionName: string, mismatch: Mismatch): Promise<void> {
    return this.#call("noteMismatch", functionName, (pool) => pool.noteMismatch(functionName, mismatch));
  }

  mismatches(): Promise<readonly NotedMismatch[]> {
    return this.#call("mismatches", undefined, (pool) => pool.mismatches());
  }

  listen(process: string, handlers: InboxHandlers): InboxListener {
    const inbox = new InboxConnection(this.#parts, { pool: this.#watched.pool, process, handlers });
    this.#inboxes.push(inbox);
    return inbox;
  }

  #call<Reply>(operation: string, about: unknown, run: (pool: MemoryPool) => Promise<Reply>): Promise<Reply> {
    const { name } = this.#parts.process;
    return this.#connection.call(operation, () =>
      this.#watched.run({ who: name, operation, about, mayStop: true }, run),
    );
  }
}

/** A statekeeper of one pool, for those who are handed a whole one. */
export function statekeeperOf(keeper: SimulatedKeeper): Statekeeper {
  return {
    address: "simulation:",
    grid: "simulation",
    pool: () => keeper,
    otherGridsWith: async () => [],
    poolsLike: async () => [],
    ping: async () => 0,
    close: async () => undefined,
  };
}
