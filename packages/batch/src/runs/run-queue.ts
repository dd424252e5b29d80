/**
 * Delay, schedule, attempts, progress and log of a run are BullMQ's own, so that tools that read its queues, such as Bull Board, show runs
 * as they are.
 */
import { GridError } from "@callgrid/core";
import { type Job, Queue, type RedisClient } from "bullmq";
import { CutLog } from "./cut-log.ts";
import { type RunPlace, runConnection, runQueueName } from "./run-place.ts";
import { checkRun, type RunJobData, type RunSpec } from "./run-spec.ts";
import { cancelledReason, isRunId, isWaiting, occurrenceOf, type RunSummary, summaryOf } from "./run-summary.ts";
import { repeatStrategy } from "./schedule-time.ts";
import { type Schedule, Schedules } from "./schedules.ts";

const jobStates = ["active", "wait", "prioritized", "delayed", "completed", "failed"] as const;
/** How many runs of a schedule are kept that have ended. */
const keptOfSchedule = 10;
const cutsKeptMs = 30 * 86_400_000;
/** A field of a job of its own, which goes with the job. */
const cancelledField = "cancelled";

/** The durable runs of a grid, as jobs of BullMQ. Close it when done. */
export class RunQueue {
  readonly schedules: Schedules;
  readonly #queue: Queue<RunJobData>;

  constructor(place: RunPlace) {
    const settings = { repeatStrategy };
    this.#queue = new Queue(runQueueName(place.grid), { ...runConnection(place), settings, skipVersionCheck: true });
    // commands report the same trouble; an error event without a listener would be thrown
    this.#queue.on("error", () => undefined);
    this.schedules = new Schedules(this.#queue);
  }

  /**
   * Keeps a run until a runner carries it out; resolves to its id, that of the schedule where it has one.
   *
   * @throws GridError `INVALID_OPTION` under the option's name; `INVALID_VALUE` and `PAYLOAD_TOO_LARGE` for items.
   */
  async submit(spec: RunSpec): Promise<string> {
    const data = checkRun(spec);
    const { name, delayMs, cron, attempts, backoffMs } = data.options;
    if (cron !== undefined) return this.schedules.submit(data, spec.name !== undefined);
    const backoff = { type: "exponential", delay: backoffMs };
    return idOf(await this.#queue.add(name, data, { attempts, backoff, delay: delayMs }));
  }

  /**
   * The runs that are kept and the schedules, the newest first. Of the runs of a schedule these are the ones under way and the latest that
   * has ended: the next one is the schedule's own entry.
   */
  async list(): Promise<Array<RunSummary | Schedule>> {
    const schedules = await this.schedules.list();
    const next = new Set(schedules.map(({ id, nextMs }) => `repeat:${id}:${nextMs}`));
    const runs = withoutHistory(await this.#summaries(await this.#ids()));
    const shown = runs.filter(({ id, state }) => state !== "delayed" || !next.has(id));
    return [...schedules, ...shown].sort((one, other) => other.submittedMs - one.submittedMs);
  }

  /** One run or schedule; throws `INVALID_OPTION` for an id that none has. */
  async show(id: string): Promise<RunSummary | Schedule> {
    const [shown] = await this.#summaries([id]);
    return shown ?? (await this.schedules.find(id)) ?? refuseUnknown(id);
  }

  /** The runs of a schedule that have begun and are kept, the latest first. */
  async history(schedule: string): Promise<RunSummary[]> {
    const runs = await this.#summaries(latestFirst(await this.#ids(), schedule));
    return runs.filter(({ state }) => state === "active" || !isWaiting(state));
  }

  /** What the runners of a run have noted, the oldest first; of a schedule, those of its latest run. */
  async logs(id: string): Promise<string[]> {
    const run = (await this.show(id)).kind === "run" ? id : (await this.history(id))[0]?.id;
    return run === undefined ? [] : (await this.#queue.getJobLogs(run)).logs;
  }

  /**
   * Cancels a run: one that waits at once, one that is under way as soon as its runner notices. It is kept as failed, and can be
   * resumed. A schedule is paused, and what is under way of it is given up. Resolves to what it is then.
   *
   * @throws GridError `INVALID_OPTION` for a run that has ended, and for a schedule that is paused.
   */
  async cancel(id: string): Promise<RunSummary | Schedule> {
    const found = await this.show(id);
    if (found.kind === "schedule") {
      const underWay = (await this.history(id)).filter(({ state }) => state === "active");
      if (found.state !== "paused" || underWay.length === 0) await this.schedules.pause(id);
      for (const run of underWay) await this.#mark(run.id);
    } else {
      if (hasEnded(found)) throw refuse(found, "expected one that waits or is under way");
      await this.#mark(id);
    }
    return this.show(id);
  }

  /** Has a run that failed or was cancelled retried, from its finished chunks on. A schedule that is paused begins runs again. */
  async resume(id: string): Promise<void> {
    const found = await this.show(id);
    if (found.kind === "schedule") return this.schedules.resume(id);
    if (found.state !== "failed") throw refuse(found, "expected one that has failed or was cancelled");
    await this.dropMark(id);
    const job = await this.#queue.getJob(id);
    if ((await job?.getState()) === "failed") await job?.retry("failed", { resetAttemptsMade: true });
  }

  /** The same; of a schedule, its latest run. Resolves to the id of the run. */
  async retry(id: string): Promise<string> {
    const found = await this.show(id);
    const run = found.kind === "run" ? found : (await this.history(id))[0];
    if (run === undefined) throw invalid(`schedule ${id} has begun no run yet`, id);
    await this.resume(run.id);
    return run.id;
  }

  /** Whether a run is to be given up. */
  async isCancelled(id: string): Promise<boolean> {
    return (await (await this.#client()).hexists(this.#queue.toKey(id), cancelledField)) === 1;
  }

  /** Takes back that a run is to be given up. */
  async dropMark(id: string): Promise<void> {
    await (await this.#client()).hdel(this.#queue.toKey(id), cancelledField);
  }

  /** Has a run that waits for its time begin now; one that does not is left as it is. */
  async hurry(id: string): Promise<void> {
    await (await this.#queue.getJob(id))?.promote().catch(() => undefined);
  }

  /** Once a run of a schedule has ended: drops the oldest that have, so that they do not drive out other runs. */
  async dropHistory(id: string): Promise<void> {
    const occurrence = occurrenceOf(id);
    if (occurrence === undefined) return;
    const ended = latestFirst(await this.#queue.getRanges(["completed", "failed"], 0, -1), occurrence.schedule);
    for (const old of ended.slice(keptOfSchedule)) await this.#queue.remove(old);
  }

  /** How a run has been cut so far; see {@link CutLog}. */
  async cutsOf(id: string, cache: RunSpec["cache"] = "use"): Promise<CutLog> {
    const place = { client: await this.#client(), key: this.#queue.toKey(`${id}:cuts`) };
    return CutLog.open({ ...place, keptMs: cutsKeptMs, isRefresh: cache === "refresh" });
  }

  /** Also while its Redis is away: nothing is under way any more, so there is nothing to wait for. */
  async close(): Promise<void> {
    await this.#queue.getBackend().close(true);
    await this.#queue.close();
  }

  /** All at one moment: a run that changes its state meanwhile is neither missed nor met twice. */
  #ids(): Promise<string[]> {
    return this.#queue.getRanges([...jobStates], 0, -1);
  }

  /** Of the ids that are those of runs. */
  async #summaries(ids: readonly string[]): Promise<RunSummary[]> {
    const found = await Promise.all(ids.map((id) => this.#summary(id)));
    return found.filter((run) => run !== undefined);
  }

  /** The state before the rest: what is read after a run has failed says why. */
  async #summary(id: string): Promise<RunSummary | undefined> {
    if (!isRunId(id)) return undefined;
    const state = await this.#queue.getJobState(id);
    const isCancelled = await this.isCancelled(id);
    const job = await this.#queue.getJob(id);
    return job === undefined ? undefined : summaryOf(job, state, isCancelled);
  }

  async #mark(id: string): Promise<void> {
    await (await this.#client()).hset(this.#queue.toKey(id), { [cancelledField]: 1 });
  }

  #client(): Promise<RedisClient> {
    return this.#queue.getBackend().client;
  }
}

/** Without the runs of schedules that have ended before their latest. */
function withoutHistory(runs: readonly RunSummary[]): RunSummary[] {
  const latestMs = new Map<string, number>();
  for (const { id } of runs.filter(hasEnded)) {
    const { schedule = "", dueMs = 0 } = occurrenceOf(id) ?? {};
    latestMs.set(schedule, Math.max(dueMs, latestMs.get(schedule) ?? 0));
  }
  return runs.filter((run) => {
    const occurrence = occurrenceOf(run.id);
    return occurrence === undefined || !hasEnded(run) || latestMs.get(occurrence.schedule) === occurrence.dueMs;
  });
}

/** The ids that are those of runs of a schedule. */
function latestFirst(ids: readonly string[], schedule: string | undefined): string[] {
  const dueMsOf = (id: string): number => occurrenceOf(id)?.dueMs ?? 0;
  return ids
    .filter((id) => occurrenceOf(id) !== undefined && occurrenceOf(id)?.schedule === schedule)
    .sort((one, other) => dueMsOf(other) - dueMsOf(one));
}

function hasEnded({ state }: RunSummary): boolean {
  return state === "completed" || state === "failed";
}

function idOf({ id = "" }: Job): string {
  return id;
}

function refuse({ id, state, reason }: RunSummary, expected: string): GridError {
  return invalid(`run ${id} is ${reason === cancelledReason ? "cancelled" : state}: ${expected}`, id);
}

function refuseUnknown(id: string): never {
  throw invalid(`there is no run ${id}; callgrid runs list shows all runs`, id);
}

function invalid(message: string, id: string): GridError {
  return new GridError("INVALID_OPTION", message, { details: { id } });
}
