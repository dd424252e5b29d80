/**
 * BullMQ's job scheduler begins the runs of a schedule. A hash next to it holds every schedule with what it runs, so that a name is taken
 * once. A schedule that BullMQ does not have is paused.
 */
import { randomBytes } from "node:crypto";
import { GridError } from "@callgrid/core";
import type { Queue, RedisClient } from "bullmq";
import type { RunJobData } from "./run-spec.ts";
import { occurrenceOf } from "./run-summary.ts";
import { defaultZone } from "./schedule-time.ts";

/** A schedule as lists show it. @beta */
export interface Schedule {
  readonly kind: "schedule";
  /** What the run was submitted under: its name, or one that was made for it. */
  readonly id: string;
  readonly name: string;
  /** `delayed` until its next run begins; `paused` begins none. */
  readonly state: "delayed" | "paused";
  readonly cron: string;
  readonly tz: string;
  /** When its next run begins, or should have begun if no runner has taken it yet; undefined while it is paused. */
  readonly nextMs: number | undefined;
  readonly submittedMs: number;
  /** What is run. */
  readonly spec: RunJobData;
}

interface Kept {
  readonly spec: RunJobData;
  readonly submittedMs: number;
}

const claim = {
  name: "callgridClaimSchedule",
  numberOfKeys: 1,
  lua: 'return redis.call("hsetnx", KEYS[1], ARGV[1], ARGV[2])',
};
const idBytes = 4;

/** The schedules of a grid, each of which begins a run at the times of its cron expression. */
export class Schedules {
  readonly #queue: Queue<RunJobData>;
  readonly #key: string;

  constructor(queue: Queue<RunJobData>) {
    this.#queue = queue;
    this.#key = queue.toKey("schedules");
  }

  /** Begins a schedule; resolves to its id. Throws `INVALID_OPTION` for a name that another one has. */
  async submit(spec: RunJobData, isNamed: boolean): Promise<string> {
    const { name, replace } = spec.options;
    const id = isNamed ? name : `${name.replaceAll(":", "-")}-${randomBytes(idBytes).toString("hex")}`;
    const kept: Kept = { spec, submittedMs: Date.now() };
    const client = await this.#client();
    if (replace) await client.hset(this.#key, { [id]: JSON.stringify(kept) });
    else if (!(await client.runCommand(claim.name, [this.#key, id, JSON.stringify(kept)]))) throw taken(id);
    await this.#begin(id);
    return id;
  }

  /** All schedules, by their ids. */
  async list(): Promise<Schedule[]> {
    const kept = await (await this.#client()).hgetall(this.#key);
    const due = new Map((await this.#queue.getJobSchedulers()).map(({ key, next }) => [key, next]));
    return Object.entries(kept)
      .map(([id, text]) => scheduleOf(id, text, due.get(id)))
      .sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** One schedule; undefined for an id that none has. */
  async find(id: string): Promise<Schedule | undefined> {
    const text = await (await this.#client()).hget(this.#key, id);
    return text === null ? undefined : scheduleOf(id, text, (await this.#queue.getJobScheduler(id))?.next);
  }

  /** One schedule; throws `INVALID_OPTION` for an id that none has. */
  async show(id: string): Promise<Schedule> {
    const schedule = typeof id === "string" ? await this.find(id) : undefined;
    if (schedule !== undefined) return schedule;
    throw invalid(`there is no schedule ${String(id)}; callgrid runs schedules list shows all schedules`, id);
  }

  /** Begins no more runs until it is resumed; what is under way goes on. */
  async pause(id: string): Promise<void> {
    if ((await this.show(id)).state === "paused") throw invalid(`schedule ${id} is paused already`, id);
    await this.#end(id);
  }

  /** Begins runs again. */
  async resume(id: string): Promise<void> {
    if ((await this.show(id)).state !== "paused") throw invalid(`schedule ${id} is not paused`, id);
    await this.#begin(id);
  }

  /** Ends a schedule for good; what is under way goes on. */
  async remove(id: string): Promise<void> {
    await this.show(id);
    await this.#end(id);
    await (await this.#client()).hdel(this.#key, id);
    // a resume at the same time has begun it again, if it did not see the removal
    await this.#queue.removeJobScheduler(id);
  }

  /** Gives BullMQ what the hash holds, until that has not changed meanwhile: the last change wins in both. */
  async #begin(id: string): Promise<void> {
    const client = await this.#client();
    for (let text = await client.hget(this.#key, id), given: string | undefined; text !== given; ) {
      if (text === null) return void (await this.#queue.removeJobScheduler(id));
      await this.#upsert(id, (JSON.parse(text) as Kept).spec);
      given = text;
      text = await client.hget(this.#key, id);
    }
  }

  async #upsert(id: string, spec: RunJobData): Promise<void> {
    const { name, cron: pattern = "", tz = defaultZone, attempts, backoffMs } = spec.options;
    const opts = { attempts, backoff: { type: "exponential", delay: backoffMs } };
    await this.#queue.upsertJobScheduler(id, { pattern, tz }, { name, data: spec, opts });
  }

  /** With the run that is due, unless a runner has begun it. */
  async #end(id: string): Promise<void> {
    await this.#queue.removeJobScheduler(id);
    for (const run of await this.#queue.getRanges(["wait"], 0, -1)) {
      if (occurrenceOf(run)?.schedule !== id) continue;
      if ((await this.#queue.getJob(run))?.attemptsStarted === 0) await this.#queue.remove(run);
    }
  }

  async #client(): Promise<RedisClient> {
    const client = await this.#queue.getBackend().client;
    client.defineCommand(claim.name, claim);
    return client;
  }
}

function scheduleOf(id: string, text: string, nextMs: number | undefined): Schedule {
  const { spec, submittedMs } = JSON.parse(text) as Kept;
  const { name, cron = "", tz = defaultZone } = spec.options;
  const state = nextMs === undefined ? "paused" : "delayed";
  return { kind: "schedule", id, name, state, cron, tz, nextMs, submittedMs, spec };
}

function taken(id: string): GridError {
  return invalid(
    `there is a schedule ${id} already: choose another name, submit with "replace": true to take its place, ` +
      `or remove it: callgrid runs schedules remove ${id}`,
    id,
  );
}

function invalid(message: string, id: string): GridError {
  return new GridError("INVALID_OPTION", message, { details: { id } });
}
