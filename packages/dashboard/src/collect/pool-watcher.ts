/** The sights of the pools that are watched: the latest of each, those that rates are taken from, and what happened in between. */
import { type Clock, messageOf } from "@callgrid/core";
import type { GridEvent, PoolDocument } from "../model/documents.ts";
import { eventsBetween } from "../model/pool-events.ts";
import { type PoolSight, poolDocument } from "../model/pool-figures.ts";
import type { DashboardSource } from "./dashboard-source.ts";
import { LimitedReads } from "./limited-reads.ts";

/** Rates are taken over this time: shorter ones jump, longer ones lag. */
const rateMs = 5_000;
const mostSights = 16;
const mostEvents = 200;

export class PoolWatcher {
  readonly #source: DashboardSource;
  readonly #clock: Clock;
  readonly #reads: LimitedReads<PoolSight>;
  readonly #sights = new Map<string, PoolSight[]>();
  readonly #documents = new Map<string, PoolDocument>();
  readonly #events = new Map<number, GridEvent>();
  #eventCount = 0;

  constructor(source: DashboardSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
    this.#reads = new LimitedReads(clock, async (pool) => {
      const state = await source.pool(pool).inspect();
      return { state, atMs: clock.now() };
    });
  }

  get documents(): ReadonlyMap<string, PoolDocument> {
    return this.#documents;
  }

  /** The latest, by a number that grows. */
  get events(): ReadonlyMap<number, GridEvent> {
    return this.#events;
  }

  /** Reads a pool. A pool that cannot be read keeps its last figures, with the reason. */
  async look(pool: string): Promise<PoolDocument> {
    let document: PoolDocument;
    try {
      document = this.#note(await this.#reads.read(pool));
    } catch (error) {
      document = withProblem(this.#documents.get(pool) ?? unread(pool, this.#clock.now()), messageOf(error));
    }
    this.#documents.set(pool, document);
    return document;
  }

  /** Forgets pools that are gone. */
  keep(pools: readonly string[]): void {
    const kept = new Set(pools);
    for (const pool of this.#documents.keys()) {
      if (kept.has(pool)) continue;
      this.#documents.delete(pool);
      this.#sights.delete(pool);
    }
  }

  /** Forgets pools that were last read before that time. */
  forgetBefore(ms: number): void {
    this.keep([...this.#documents].filter(([, { atMs }]) => atMs >= ms).map(([pool]) => pool));
  }

  /** With the last viewer goes what was kept for rates and events. */
  forget(): void {
    this.#documents.clear();
    this.#sights.clear();
    this.#events.clear();
  }

  #note(sight: PoolSight): PoolDocument {
    const sights = this.#sights.get(sight.state.pool) ?? [];
    this.#sights.set(sight.state.pool, sights);
    const latest = sights.at(-1);
    // several who look at the same time are given the same sight
    if (latest !== sight) {
      if (latest !== undefined) for (const event of eventsBetween(latest, sight)) this.#noteEvent(event);
      sights.push(sight);
    }
    // one sight older than the time of rates is kept
    while (sights.length > mostSights || (sights[1]?.atMs ?? Number.POSITIVE_INFINITY) <= sight.atMs - rateMs)
      sights.shift();
    return poolDocument(sight, sights[0], this.#source.words.reasons(sight.state));
  }

  #noteEvent(event: GridEvent): void {
    this.#eventCount += 1;
    this.#events.set(this.#eventCount, event);
    for (const number of this.#events.keys()) {
      if (this.#events.size <= mostEvents) return;
      this.#events.delete(number);
    }
  }
}

function withProblem(document: PoolDocument, problem: string): PoolDocument {
  return { ...document, figures: { ...document.figures, problem } };
}

/** A pool of which nothing is known yet. */
function unread(pool: string, atMs: number): PoolDocument {
  const none = { queued: 0, ownQueued: 0, running: 0, workers: 0, idleWorkers: 0, slots: 0 };
  const figures = { pool, ...none, distributors: 0, clients: 0, hosts: 0, totals: {}, reasons: [] };
  return { atMs, figures, members: {}, hosts: {}, functions: {}, expected: {} };
}
