/** One pool through a port. Every operation is passed on under its own name; nothing is decided here. */

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
import type { PoolKeeper } from "../contract/pool-keeper.ts";
import type { Waits } from "../contract/waits.ts";
import type { PoolOperation } from "./protocol.ts";

/** What a {@link PortPool} needs of its port. */
export interface PoolCaller {
  call(operation: PoolOperation, args: readonly unknown[]): Promise<unknown>;
  listen(process: string, handlers: InboxHandlers): InboxListener;
}

export class PortPool implements PoolKeeper {
  readonly pool: string;
  readonly #caller: PoolCaller;

  constructor(pool: string, caller: PoolCaller) {
    this.pool = pool;
    this.#caller = caller;
  }

  gather(ask: () => void): void {
    ask();
  }

  join(member: Member): Promise<FunctionTable> {
    return this.#call("join", member);
  }

  renew(process: string, leaseMs: number, renewal?: Renewal): Promise<boolean> {
    return this.#call("renew", process, leaseMs, renewal);
  }

  leave(process: string, instance?: string): Promise<void> {
    return this.#call("leave", process, instance);
  }

  submit(batch: SubmitBatch): Promise<SubmitReply> {
    return this.#call("submit", batch);
  }

  claim(request: ClaimRequest): Promise<ClaimReply> {
    return this.#call("claim", request);
  }

  complete(
    worker: string,
    completions: readonly Completion[],
    reports: readonly EvaluationReport[],
  ): Promise<readonly string[]> {
    return this.#call("complete", worker, completions, reports);
  }

  release(worker: string, ids: readonly string[]): Promise<void> {
    return this.#call("release", worker, ids);
  }

  mark(...args: Parameters<PoolKeeper["mark"]>): Promise<void> {
    return this.#call("mark", ...args);
  }

  followWaits(ids: readonly string[], limit: number): Promise<Waits> {
    return this.#call("followWaits", ids, limit);
  }

  withdraw(process: string, ids: readonly string[]): Promise<void> {
    return this.#call("withdraw", process, ids);
  }

  check(
    process: string,
    leaseMs: number,
    ids: readonly string[],
    functionNames?: readonly string[],
  ): Promise<readonly CheckAnswer[]> {
    return this.#call("check", process, leaseMs, ids, functionNames);
  }

  reconcile(worker: string, heldIds: readonly string[]): Promise<Comparison> {
    return this.#call("reconcile", worker, heldIds);
  }

  sweep(request: SweepRequest): Promise<SweepReply> {
    return this.#call("sweep", request);
  }

  look(process: string): Promise<PoolSight> {
    return this.#call("look", process);
  }

  recall(request: RecallRequest): Promise<readonly string[]> {
    return this.#call("recall", request);
  }

  locate(ids: readonly string[]): Promise<readonly Whereabouts[]> {
    return this.#call("locate", ids);
  }

  reportDeath(
    worker: string,
    report: Readonly<Record<string, unknown>>,
    maxAttempts: number,
    instance?: string,
  ): Promise<void> {
    return this.#call("reportDeath", worker, report, maxAttempts, instance);
  }

  abdicate(process: string): Promise<void> {
    return this.#call("abdicate", process);
  }

  survey(request: SurveyRequest): Promise<Survey> {
    return this.#call("survey", request);
  }

  noteCapacity(process: string, capacity: Omit<Capacity, "ageMs">): Promise<boolean> {
    return this.#call("noteCapacity", process, capacity);
  }

  announceWork(work: AnnouncedWork): Promise<boolean> {
    return this.#call("announceWork", work);
  }

  reportHost(host: HostReport): Promise<Capacity | undefined> {
    return this.#call("reportHost", host);
  }

  capacity(): Promise<Omit<Capacity, "ageMs"> | undefined> {
    return this.#call("capacity");
  }

  forget(what: Parameters<PoolKeeper["forget"]>[0]): Promise<void> {
    return this.#call("forget", what);
  }

  functions(): Promise<FunctionTable> {
    return this.#call("functions");
  }

  inspect(): Promise<PoolState> {
    return this.#call("inspect");
  }

  inspectRequest(id: string): Promise<RequestState | undefined> {
    return this.#call("inspectRequest", id);
  }

  inspectResult(id: string): Promise<KeptResultState | undefined> {
    return this.#call("inspectResult", id);
  }

  measureResults(): Promise<KeptAmount> {
    return this.#call("measureResults");
  }

  noteCode(notes: ReadonlyMap<string, CodeNote>): Promise<void> {
    return this.#call("noteCode", notes);
  }

  readCode(versions: readonly string[]): Promise<ReadonlyMap<string, CodeNote>> {
    return this.#call("readCode", versions);
  }

  noteMismatch(functionName: string, mismatch: Mismatch): Promise<void> {
    return this.#call("noteMismatch", functionName, mismatch);
  }

  mismatches(): Promise<readonly NotedMismatch[]> {
    return this.#call("mismatches");
  }

  listen(process: string, handlers: InboxHandlers): InboxListener {
    return this.#caller.listen(process, handlers);
  }

  #call<Name extends PoolOperation>(name: Name, ...args: Parameters<PoolKeeper[Name]>): ReturnType<PoolKeeper[Name]> {
    return this.#caller.call(name, args) as ReturnType<PoolKeeper[Name]>;
  }
}
