/**
 * One pool on Redis: each operation is one script, and this file only carries arguments in and replies out.
 */

import { codeNoteMs } from "../contract/code/code-note.ts";
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
import type { PoolKeeper } from "../contract/pool-keeper.ts";
import { hasEndedItself } from "../contract/process-ends.ts";
import { takenId } from "../contract/taken-id.ts";
import type { Waits } from "../contract/waits.ts";
import type { ConnectionLog } from "./failures/connection-log.ts";
import { UnreadableInput } from "./failures/unreadable-input.ts";
import { LargeValues } from "./large-values.ts";
import type { InboxHelp, InboxKeys } from "./links/inbox-reader.ts";
import type { ScriptRunner } from "./scripts/script-runner.ts";
import type { ScriptName } from "./scripts/scripts.ts";
import { decodeInboxMessage, type RecordedMessage } from "./wire/inbox-message.ts";
import {
  type NoteUnreadable,
  readCapacity,
  readCodeNotes,
  readFunctionTable,
  readMismatches,
  readTaken,
} from "./wire/peer-records.ts";
import {
  progressText,
  readCheckReply,
  readClaimReply,
  readClaims,
  readKeptResult,
  readPoolState,
  readRequestState,
  readSubmitReply,
  readSurvey,
  readSweepReply,
  readWaits,
} from "./wire/replies.ts";
import { list } from "./wire/reply-parts.ts";

type Arguments = Array<string | number>;
type OpenInbox = (keys: InboxKeys, handlers: InboxHandlers, help: InboxHelp) => InboxListener;

const mostMembersShown = 1_000;

export class RedisPool implements PoolKeeper {
  readonly pool: string;
  readonly #prefix: string;
  readonly #runner: ScriptRunner;
  readonly #openInbox: OpenInbox;
  readonly #onJoin: (pool: string) => Promise<void>;
  readonly #measureResults: () => Promise<KeptAmount>;
  readonly #largeValues: LargeValues;
  readonly #unreadable: UnreadableInput;
  readonly #log: ConnectionLog;

  constructor(parts: {
    pool: string;
    prefix: string;
    runner: ScriptRunner;
    openInbox: OpenInbox;
    onJoin: (pool: string) => Promise<void>;
    measureResults: () => Promise<KeptAmount>;
    log: ConnectionLog;
  }) {
    this.pool = parts.pool;
    this.#log = parts.log;
    this.#unreadable = new UnreadableInput({ ...parts, report: (count) => this.#noteUnreadable(count) });
    this.#prefix = parts.prefix;
    this.#runner = parts.runner;
    this.#openInbox = parts.openInbox;
    this.#onJoin = parts.onJoin;
    this.#measureResults = parts.measureResults;
    this.#largeValues = new LargeValues(parts.runner, parts.prefix);
  }

  gather(ask: () => void): void {
    this.#runner.gather(ask);
  }

  async join(member: Member): Promise<FunctionTable> {
    await this.#onJoin(this.pool);
    const { id, kind, leaseMs, description, functions, knows = new Map() } = member;
    const stored = JSON.stringify({ kind, description, functions: Object.fromEntries(functions) });
    const args: Arguments = [id, leaseMs, stored, functions.size];
    for (const [name, version] of functions) args.push(name, version);
    for (const [name, { version, generation }] of knows) args.push(name, version, generation);
    const reply = list(await this.#run("join", args));
    if (reply[0] === "taken") throw takenId(this.pool, id, readTaken(reply));
    return readFunctionTable(reply, this.#note);
  }

  async renew(process: string, leaseMs: number, { instance, memoryMb }: Renewal = {}): Promise<boolean> {
    return (await this.#run("renew", [process, leaseMs, instance ?? "", memoryMb ?? ""])) === 1;
  }

  async leave(process: string, instance = ""): Promise<void> {
    await this.#run("leave", [process, "", 0, instance]);
  }

  async submit(batch: SubmitBatch): Promise<SubmitReply> {
    const { process, leaseMs, worker = "", queueLimit } = batch;
    const args: Arguments = [process, leaseMs, worker, queueLimit, rankOf(batch)];
    pushGroups(args, batch.submissions, ({ id, payload, mode, timeoutMs, isHeld, trace }) => [
      isHeld === true ? "held" : (mode ?? "use"),
      timeoutMs ?? 0,
      id,
      trace === undefined ? payload : `${payload}\n${trace}`,
    ]);
    return readSubmitReply(list(await this.#run("submit", args)));
  }

  async claim(request: ClaimRequest): Promise<ClaimReply> {
    const { worker, max, budgetMicros, spareMicros = 0, epoch, reach, volunteerFor, score = 1, recent = "-" } = request;
    const limits = [worker, max, budgetMicros, spareMicros];
    const args = [...limits, epoch, reach, volunteerFor, score, recent, request.skips.join(" ")];
    const reply = readClaimReply(list(await this.#run("claim", args)), this.#note);
    const claims = await this.#largeValues.intoClaims(reply.claims);
    // what was claimed is gone, and the worker is not a volunteer
    const kind = claims.length === 0 && reply.claims.length > 0 ? "again" : reply.kind;
    return { ...reply, kind, claims };
  }

  async complete(
    worker: string,
    completions: readonly Completion[],
    reports: readonly EvaluationReport[],
  ): Promise<readonly string[]> {
    const args: Arguments = [worker, reports.length];
    for (const { functionName, evaluations, failures, selfMicros, expectedMicros } of reports) {
      args.push(functionName, evaluations, failures, Math.round(selfMicros), Math.round(expectedMicros));
    }
    pushGroups(args, completions, ({ id, outcome, ttlMs, stamp }) => [ttlMs, stamp, id, outcome]);
    return list(await this.#run("complete", args)).map(String);
  }

  async release(worker: string, ids: readonly string[]): Promise<void> {
    await this.#run("release", [worker, ...ids]);
  }

  async mark(
    worker: string,
    suspended: ReadonlyArray<{ readonly id: string; readonly waitsFor: readonly string[] }>,
    resumed: readonly string[],
    progress: ReadonlyArray<Progress & { readonly id: string }> = [],
  ): Promise<void> {
    const args: Arguments = [worker, suspended.length, progress.length];
    for (const { id, waitsFor } of suspended) args.push(id, waitsFor.join(""));
    for (const { id, ...how } of progress) args.push(id, progressText(how));
    await this.#run("mark", [...args, ...resumed]);
  }

  async followWaits(ids: readonly string[], limit: number): Promise<Waits> {
    return readWaits(list(await this.#run("followWaits", [limit, ...ids])));
  }

  async withdraw(process: string, ids: readonly string[]): Promise<void> {
    await this.#run("withdraw", [process, ...ids]);
  }

  async check(
    process: string,
    leaseMs: number,
    ids: readonly string[],
    functionNames: readonly string[] = [],
  ): Promise<readonly CheckAnswer[]> {
    const requests = ids.flatMap((id, index) => [id, functionNames[index] ?? ""]);
    return readCheckReply(list(await this.#run("check", [process, leaseMs, ...requests])));
  }

  async reconcile(worker: string, heldIds: readonly string[]): Promise<Comparison> {
    const reply = list(await this.#run("reconcile", [worker, ...heldIds]));
    const lost = { parts: list(reply[1]), from: 0, now: Number(reply[0]) };
    const claims = await this.#largeValues.intoClaims(readClaims(lost, this.#note));
    return { claims, abandoned: list(reply[2]).map(String), isVolunteer: reply[3] === 1 };
  }

  async sweep(request: SweepRequest): Promise<SweepReply> {
    const { process, headLeaseMs, maxAttempts, limit, copyAfterMs = 0, prefer = [], sweeperLeaseMs = 0 } = request;
    const args = [process, headLeaseMs, maxAttempts, limit, copyAfterMs, prefer.join(" "), sweeperLeaseMs];
    return readSweepReply(list(await this.#run("sweep", args)));
  }

  async look(process: string): Promise<PoolSight> {
    const [queued = 0, wanted = 0, wantedAhead = 0, claimed = 0] = list(await this.#run("look", [process])).map(Number);
    return { queued, wanted, wantedAhead, claimed };
  }

  async recall({ process, limit, skips }: RecallRequest): Promise<readonly string[]> {
    return list(await this.#run("recall", [process, limit, skips.join(" ")])).map(String);
  }

  async locate(ids: readonly string[]): Promise<readonly Whereabouts[]> {
    return list(await this.#run("locate", ids)).map((place) => String(place) as Whereabouts);
  }

  async reportDeath(
    worker: string,
    report: Readonly<Record<string, unknown>>,
    maxAttempts: number,
    instance = "",
  ): Promise<void> {
    await this.#run("leave", [worker, JSON.stringify(report), maxAttempts, instance, hasEndedItself(report) ? 1 : 0]);
  }

  async abdicate(process: string): Promise<void> {
    await this.#run("abdicate", [process]);
  }

  async survey({ requests, members }: SurveyRequest): Promise<Survey> {
    return readSurvey(list(await this.#run("survey", [requests, members])), this.#note);
  }

  async announceWork({ id, startsInMs, ttlMs, withinMs, workMs }: AnnouncedWork): Promise<boolean> {
    return (await this.#run("announceWork", [id, Math.round(startsInMs), Math.round(ttlMs), withinMs, workMs])) === 1;
  }

  async noteCapacity(process: string, { desiredWorkers, shares }: Omit<Capacity, "ageMs">): Promise<boolean> {
    return (await this.#run("noteCapacity", [process, JSON.stringify({ desiredWorkers, shares })])) === 1;
  }

  async reportHost({ id, leaseMs, ...host }: HostReport): Promise<Capacity | undefined> {
    const [now, noted] = list(await this.#run("reportHost", [id, leaseMs, JSON.stringify(host)]));
    return readCapacity(String(noted ?? ""), Number(now), this.#note);
  }

  async capacity(): Promise<Omit<Capacity, "ageMs"> | undefined> {
    const noted = await this.#runner.read("get", (redis) => redis.get(`${this.#prefix}capacity`));
    return readCapacity(noted ?? "", 0, this.#note);
  }

  async forget(what: { readonly id: string } | { readonly functionName: string }): Promise<void> {
    await this.#run("forget", "id" in what ? ["id", what.id] : ["function", what.functionName]);
  }

  async functions(): Promise<FunctionTable> {
    return readFunctionTable(list(await this.#run("functions", [])), this.#note);
  }

  async inspect(): Promise<PoolState> {
    return readPoolState(this.pool, list(await this.#run("inspect", [mostMembersShown])), this.#note);
  }

  async inspectRequest(id: string): Promise<RequestState | undefined> {
    return readRequestState(id, list(await this.#run("inspectRequest", [id])));
  }

  async inspectResult(id: string): Promise<KeptResultState | undefined> {
    return readKeptResult(list(await this.#run("inspectResult", [id])));
  }

  measureResults(): Promise<KeptAmount> {
    return this.#measureResults();
  }

  async noteCode(notes: ReadonlyMap<string, CodeNote>): Promise<void> {
    const texts = [...notes].flatMap(([version, note]) => [version, JSON.stringify(note)]);
    if (texts.length > 0) await this.#run("noteCode", [codeNoteMs, ...texts]);
  }

  async readCode(versions: readonly string[]): Promise<ReadonlyMap<string, CodeNote>> {
    if (versions.length === 0) return new Map();
    return readCodeNotes(versions, list(await this.#run("readCode", versions)), this.#note);
  }

  async noteMismatch(functionName: string, { version, ...mismatch }: Mismatch): Promise<void> {
    await this.#run("noteMismatch", [functionName, version, JSON.stringify(mismatch)]);
  }

  async mismatches(): Promise<readonly NotedMismatch[]> {
    return readMismatches(list(await this.#run("mismatches", [])), this.#note);
  }

  listen(process: string, handlers: InboxHandlers): InboxListener {
    const keys = { outcomes: `${this.#prefix}outcomes:${process}`, others: `${this.#prefix}inbox:${process}` };
    return this.#openInbox(keys, handlers, {
      read: (texts, areOutcomes) => this.#largeValues.intoMessages(this.#readable(texts, areOutcomes)),
      onFault: (error) => this.#log.warn({ pool: this.pool, err: error }, "inbox message failed"),
      noteBack: (awayMs) => this.#noteAway(awayMs),
    });
  }

  readonly #note: NoteUnreadable = (kind) => this.#unreadable.note(kind);

  /** A caller may push to the list of other messages: no outcome is taken from there. */
  #readable(texts: readonly string[], areOutcomes: boolean): RecordedMessage[] {
    const messages: RecordedMessage[] = [];
    for (const text of texts) {
      const message = decodeInboxMessage(text);
      if (message.kind === "unreadable") this.#unreadable.note(message.as, { word: message.word });
      else if (isOfOutcome(message) !== areOutcomes)
        this.#unreadable.note("misplaced inbox message", { word: message.kind });
      else messages.push(message);
    }
    return messages;
  }

  /** As {@link RedisPool.#noteAway}. */
  #noteUnreadable(count: number): void {
    this.#run("noteUnreadable", [count]).catch(() => undefined);
  }

  /** For `status`: nothing depends on it, so its failure is ignored. */
  #noteAway(awayMs: number): void {
    this.#run("noteAway", [Math.round(awayMs)]).catch(() => undefined);
  }

  #run(script: ScriptName, args: ReadonlyArray<string | number>): Promise<unknown> {
    return this.#runner.run(script, this.#prefix, args);
  }
}

function isOfOutcome({ kind }: RecordedMessage): boolean {
  return kind === "outcome" || kind === "reference";
}

/**
 * Adds items in groups of neighbours that have the first two of their parts in common: these, how many items, and the other
 * two parts of each (scripts/lib/groups.lua). Every argument costs both ends time, and most items of a call are alike.
 */
function pushGroups<Item>(
  args: Arguments,
  items: readonly Item[],
  partsOf: (item: Item) => readonly [string | number, string | number, string, string],
): void {
  let sizeAt = -1;
  for (const item of items) {
    const [first, second, third, fourth] = partsOf(item);
    if (sizeAt < 0 || args[sizeAt - 2] !== first || args[sizeAt - 1] !== second)
      sizeAt = args.push(first, second, 0) - 1;
    args[sizeAt] = Number(args[sizeAt]) + 1;
    args.push(third, fourth);
  }
}

function rankOf({ isReentrant, isGuest, priority = 0 }: SubmitBatch): string | number {
  if (isReentrant === true) return "child";
  return isGuest === true ? `guest ${priority}` : priority;
}
