/**
 * Reads the pools for all viewers together, and only while there are any. A round reads the pools that are looked at, and a few of the
 * others in turn, so that it costs about the same whatever the number of viewers and pools. Without viewers nothing is read or kept.
 */
import { type CancelTimer, type Clock, messageOf } from "@callgrid/core";
import type { Overview, PoolDocument, RunFigures } from "../model/documents.ts";
import type { DashboardSource } from "./dashboard-source.ts";
import { LimitedReads } from "./limited-reads.ts";
import { PoolWatcher } from "./pool-watcher.ts";
import { Topic, type TopicViewer } from "./topic.ts";

const roundMs = 1_000;
const poolsPerRound = 16;
/** Which pools there are, and submitted runs, change rarely. */
const roundsPerList = 5;
/** For so long those who ask now and then, without following, find what their rates are taken from. */
const keptMs = 10_000;

/** The runs of a grid, as a document. */
export interface RunsDocument {
  readonly atMs: number;
  readonly runs: Readonly<Record<string, RunFigures>>;
  readonly problem?: string;
}

export class Collector {
  readonly #lists: LimitedReads<readonly string[]>;
  readonly #runReads: LimitedReads<readonly RunFigures[]>;
  readonly #clock: Clock;
  readonly #watcher: PoolWatcher;
  readonly #overview = new Topic("overview");
  readonly #runs = new Topic("runs");
  readonly #pools = new Map<string, Topic>();
  #listed: readonly string[] = [];
  #listProblem: string | undefined;
  #turn = 0;
  #rounds = 0;
  #viewers = 0;
  #cancelNext: CancelTimer | undefined;
  #round: Promise<void> | undefined;

  constructor(source: DashboardSource, clock: Clock) {
    this.#lists = new LimitedReads(clock, () => source.pools());
    this.#runReads = new LimitedReads(clock, async () => (await source.runs?.()) ?? []);
    this.#clock = clock;
    this.#watcher = new PoolWatcher(source, clock);
  }

  get viewers(): number {
    return this.#viewers;
  }

  /** Has a viewer follow the overview, and a pool or the runs if it names them. Returns what ends that. */
  follow(viewer: TopicViewer, what: { readonly pool?: string | undefined; readonly hasRuns: boolean }): () => void {
    const topics = [this.#overview];
    if (what.pool !== undefined) topics.push(this.#topicOf(what.pool));
    if (what.hasRuns) topics.push(this.#runs);
    for (const topic of topics) topic.follow(viewer);
    this.#viewers += 1;
    // what a viewer is the first to look at is read at once
    this.#rounds = 0;
    this.#schedule(0);
    return () => {
      for (const topic of topics) this.#unfollow(topic, viewer);
      this.#viewers -= 1;
      if (this.#viewers === 0) this.#rest();
    };
  }

  /** All pools at once, for those who ask once. */
  async overview(): Promise<Overview> {
    if (this.#viewers === 0) {
      this.#forgetOld();
      await this.#list();
      if (this.#listProblem === undefined) await this.#lookAtAll(this.#listed);
      this.#forgetLater();
    }
    return this.#makeOverview();
  }

  async pool(pool: string): Promise<PoolDocument> {
    this.#forgetOld();
    const document = await this.#watcher.look(pool);
    this.#forgetLater();
    return document;
  }

  async runs(): Promise<RunsDocument> {
    const atMs = this.#clock.now();
    try {
      const runs = await this.#runReads.read("runs");
      return { atMs, runs: Object.fromEntries(runs.map((run) => [`${run.kind} ${run.id}`, run])) };
    } catch (error) {
      return { atMs, runs: {}, problem: messageOf(error) };
    }
  }

  stop(): void {
    this.#rest();
  }

  #topicOf(pool: string): Topic {
    const known = this.#pools.get(pool) ?? new Topic(`pool ${pool}`);
    this.#pools.set(pool, known);
    return known;
  }

  #unfollow(topic: Topic, viewer: TopicViewer): void {
    topic.unfollow(viewer);
    if (topic.viewers > 0) return;
    for (const [pool, own] of this.#pools) if (own === topic) this.#pools.delete(pool);
  }

  #rest(): void {
    this.#cancelNext?.();
    this.#cancelNext = undefined;
    this.#watcher.forget();
  }

  /** Without viewers, old sights would make rates and events of what is long past. */
  #forgetOld(): void {
    if (this.#viewers === 0) this.#watcher.forgetBefore(this.#clock.now() - keptMs);
  }

  #forgetLater(): void {
    if (this.#viewers > 0) return;
    this.#cancelNext?.();
    this.#cancelNext = this.#clock.background(keptMs, () => this.#watcher.forget());
  }

  #schedule(ms: number): void {
    this.#cancelNext?.();
    this.#cancelNext = this.#clock.background(ms, () => {
      this.#round ??= this.#goRound().finally(() => {
        this.#round = undefined;
        if (this.#viewers > 0) this.#schedule(roundMs);
      });
    });
  }

  async #goRound(): Promise<void> {
    const isListing = this.#rounds % roundsPerList === 0;
    this.#rounds += 1;
    if (isListing) await this.#list();
    const looked = [...this.#pools.keys()];
    await Promise.all([...new Set([...looked, ...this.#nextPools()])].map((pool) => this.#watcher.look(pool)));
    this.#overview.publish(this.#makeOverview());
    for (const [pool, topic] of this.#pools) {
      const document = this.#watcher.documents.get(pool);
      if (document !== undefined) topic.publish(document);
    }
    if (isListing && this.#runs.viewers > 0) this.#runs.publish(await this.runs());
    if (this.#viewers === 0) this.#watcher.forget();
  }

  /** The next ones in turn. */
  #nextPools(): readonly string[] {
    const pools = this.#listed;
    if (pools.length <= poolsPerRound) return pools;
    const start = (this.#turn * poolsPerRound) % pools.length;
    this.#turn += 1;
    return [...pools.slice(start), ...pools.slice(0, start)].slice(0, poolsPerRound);
  }

  async #list(): Promise<void> {
    try {
      this.#listed = await this.#lists.read("pools");
      this.#listProblem = undefined;
    } catch (error) {
      this.#listProblem = messageOf(error);
    }
    this.#watcher.keep([...this.#listed, ...this.#pools.keys()]);
  }

  async #lookAtAll(pools: readonly string[]): Promise<void> {
    for (let start = 0; start < pools.length; start += poolsPerRound) {
      await Promise.all(pools.slice(start, start + poolsPerRound).map((pool) => this.#watcher.look(pool)));
    }
  }

  /** Of listed pools only: a pool that is looked at by its name may not exist. */
  #makeOverview(): Overview {
    const problem = this.#listProblem;
    const figures = this.#listed.flatMap((pool) => this.#watcher.documents.get(pool)?.figures ?? []);
    return {
      atMs: this.#clock.now(),
      pools: Object.fromEntries(figures.map((own) => [own.pool, own])),
      events: Object.fromEntries(this.#watcher.events),
      ...(problem === undefined ? {} : { problem }),
    };
  }
}
