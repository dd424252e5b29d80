/**
 * One pool in memory. Each operation runs in one go, so it is atomic; this file only says which one, and ends each by posting
 * what it sent.
 */

import { type Clock, GridError } from "@callgrid/core";
import type {
  AnnouncedWork,
  Capacity,
  CheckAnswer,
  ClaimReply,
  ClaimRequest,
  CodeNote,
  Comparison,
  Completion,
  EvaluationReport,
  FunctionTable,
  HostReport,
  InboxHandlers,
  InboxListener,
  KeptAmount,
  KeptResultState,
  Member,
  Mismatch,
  NotedMismatch,
  PoolSight,
  PoolState,
  Progress,
  RecallRequest,
  Renewal,
  RequestState,
  SubmitBatch,
  SubmitReply,
  Survey,
  SurveyRequest,
  SweepReply,
  SweepRequest,
  Whereabouts,
} from "../contract/contract.ts";
import type { Limits } from "../contract/limits.ts";
import type { PoolKeeper } from "../contract/pool-keeper.ts";
import type { Waits } from "../contract/waits.ts";
import { look, recall } from "./operations/bridging.ts";
import { announceWork, capacityOf, noteCapacity, reportHost, survey } from "./operations/capacity.ts";
import { claim, release } from "./operations/claiming.ts";
import { complete } from "./operations/completing.ts";
import {
  inspect,
  inspectRequest,
  inspectResult,
  locate,
  measureResults,
  noteCode,
  readCode,
} from "./operations/inspecting.ts";
import { forget, joinMember, noteMismatch, renewLease } from "./operations/joining.ts";
import { reconcile } from "./operations/reconciling.ts";
import { leave } from "./operations/retiring.ts";
import { submit } from "./operations/submitting.ts";
import { abdicate, sweep } from "./operations/sweeping.ts";
import { check, followWaits, mark, withdraw } from "./operations/waiting.ts";
import { Inboxes } from "./records/inboxes.ts";
import { dumpPool, type PoolDump } from "./records/pool-dump.ts";
import { PoolRecords } from "./records/pool-records.ts";

export class MemoryPool implements PoolKeeper {
  readonly pool: string;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #inboxes: Inboxes;
  #records: PoolRecords;
  #isClosed = false;

  constructor(pool: string, clock: Clock, limits: Limits) {
    this.pool = pool;
    this.#clock = clock;
    this.#limits = limits;
    this.#inboxes = new Inboxes(clock);
    this.#records = new PoolRecords(clock, this.#inboxes, limits);
  }

  gather(ask: () => void): void {
    ask();
  }

  join(member: Member): Promise<FunctionTable> {
    return this.#run((records) => joinMember(records, this.pool, member));
  }

  renew(process: string, leaseMs: number, renewal: Renewal = {}): Promise<boolean> {
    return this.#run((records) => renewLease(records, process, { ...renewal, leaseMs }));
  }

  leave(process: string, instance?: string): Promise<void> {
    return this.#run((records) => leave(records, process, { death: undefined, instance }));
  }

  submit(batch: SubmitBatch): Promise<SubmitReply> {
    return this.#run((records) => submit(records, batch));
  }

  claim(request: ClaimRequest): Promise<ClaimReply> {
    return this.#run((records) => claim(records, request));
  }

  complete(
    worker: string,
    completions: readonly Completion[],
    reports: readonly EvaluationReport[],
  ): Promise<readonly string[]> {
    return this.#run((records) => complete(records, worker, { completions, reports }));
  }

  release(worker: string, ids: readonly string[]): Promise<void> {
    return this.#run((records) => release(records, worker, ids));
  }

  mark(
    worker: string,
    suspended: ReadonlyArray<{ readonly id: string; readonly waitsFor: readonly string[] }>,
    resumed: readonly string[],
    progress: ReadonlyArray<Progress & { readonly id: string }> = [],
  ): Promise<void> {
    return this.#run((records) => mark(records, worker, { suspended, resumed, progress }));
  }

  followWaits(ids: readonly string[], limit: number): Promise<Waits> {
    return this.#run((records) => followWaits(records, ids, limit));
  }

  withdraw(process: string, ids: readonly string[]): Promise<void> {
    return this.#run((records) => withdraw(records, process, ids));
  }

  check(
    process: string,
    leaseMs: number,
    ids: readonly string[],
    functionNames: readonly string[] = [],
  ): Promise<readonly CheckAnswer[]> {
    return this.#run((records) => check(records, process, { leaseMs, ids, functionNames }));
  }

  reconcile(worker: string, heldIds: readonly string[]): Promise<Comparison> {
    return this.#run((records) => reconcile(records, worker, heldIds));
  }

  sweep(request: SweepRequest): Promise<SweepReply> {
    return this.#run((records) => sweep(records, request));
  }

  look(process: string): Promise<PoolSight> {
    return this.#run((records) => look(records, process));
  }

  recall(request: RecallRequest): Promise<readonly string[]> {
    return this.#run((records) => recall(records, request));
  }

  locate(ids: readonly string[]): Promise<readonly Whereabouts[]> {
    return this.#run((records) => locate(records, ids));
  }

  reportDeath(
    worker: string,
    report: Readonly<Record<string, unknown>>,
    maxAttempts: number,
    instance?: string,
  ): Promise<void> {
    return this.#run((records) =>
      leave(records, worker, { death: { report, maxAttempts, mayReturn: false }, instance }),
    );
  }

  abdicate(process: string): Promise<void> {
    return this.#run((records) => abdicate(records, process));
  }

  survey(request: SurveyRequest): Promise<Survey> {
    return this.#run((records) => survey(records, request));
  }

  announceWork(work: AnnouncedWork): Promise<boolean> {
    return this.#run((records) => announceWork(records, work));
  }

  noteCapacity(process: string, capacity: Omit<Capacity, "ageMs">): Promise<boolean> {
    return this.#run((records) => noteCapacity(records, process, capacity));
  }

  reportHost(host: HostReport): Promise<Capacity | undefined> {
    return this.#run((records) => reportHost(records, host));
  }

  capacity(): Promise<Omit<Capacity, "ageMs"> | undefined> {
    return this.#run(capacityOf);
  }

  forget(what: { readonly id: string } | { readonly functionName: string }): Promise<void> {
    return this.#run((records) => forget(records, what));
  }

  functions(): Promise<FunctionTable> {
    return this.#run((records) => records.functions.table());
  }

  inspect(): Promise<PoolState> {
    return this.#run((records) => inspect(records, this.pool));
  }

  inspectRequest(id: string): Promise<RequestState | undefined> {
    return this.#run((records) => inspectRequest(records, id));
  }

  inspectResult(id: string): Promise<KeptResultState | undefined> {
    return this.#run((records) => inspectResult(records, id));
  }

  measureResults(): Promise<KeptAmount> {
    return this.#run(measureResults);
  }

  noteCode(notes: ReadonlyMap<string, CodeNote>): Promise<void> {
    return this.#run((records) => noteCode(records, notes));
  }

  readCode(versions: readonly string[]): Promise<ReadonlyMap<string, CodeNote>> {
    return this.#run((records) => readCode(records, versions));
  }

  noteMismatch(functionName: string, mismatch: Mismatch): Promise<void> {
    return this.#run((records) => noteMismatch(records, functionName, mismatch));
  }

  mismatches(): Promise<readonly NotedMismatch[]> {
    return this.#run((records) => records.functions.mismatches(records.now()));
  }

  /** Throws `GRID_CLOSED` once the statekeeper is closed. */
  listen(process: string, handlers: InboxHandlers): InboxListener {
    this.#refuseIfClosed();
    return this.#inboxes.listen(process, handlers);
  }

  /** The live records, to be read and never changed: the simulator looks at them after every step. */
  get records(): PoolRecords {
    return this.#records;
  }

  /** The whole state as plain data; for tests and the simulator. */
  dump(): PoolDump {
    return dumpPool(this.#records);
  }

  /** Forgets everything, as a Redis that restarted empty: listeners stay, and learn that messages may be missing. */
  empty(): void {
    this.#records = new PoolRecords(this.#clock, this.#inboxes, this.#limits);
    this.#inboxes.empty();
  }

  close(): void {
    this.#isClosed = true;
    this.#inboxes.close();
  }

  async #run<T>(operation: (records: PoolRecords) => T): Promise<T> {
    this.#refuseIfClosed();
    try {
      const reply = operation(this.#records);
      this.#records.deliver();
      return reply;
    } catch (error) {
      this.#inboxes.discard();
      throw error;
    }
  }

  #refuseIfClosed(): void {
    if (this.#isClosed) throw new GridError("GRID_CLOSED", "the grid was closed");
  }
}
