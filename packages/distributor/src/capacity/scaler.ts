/**
 * Computes every second how many workers the pool should have, and writes it where hosts, `status` and metrics read it. Only the
 * pool's head does so. A new head knows nothing of what was wanted before: the workers that it finds count as wanted.
 */
import { Actor, type Clock, type Logger, Periodic } from "@callgrid/core";
import type { HeadPool, ObservedPool, Survey } from "@callgrid/statekeeper";
import type { DistributorSettings } from "../shared/distributor-options.ts";
import { FailureLog } from "../shared/failure-log.ts";
import { nextScale, type Scale } from "./desired-workers.ts";
import { QueueWaitSampler } from "./queue-wait-sampler.ts";
import { shareOut } from "./share-out.ts";

type ScalerOptions = Pick<
  DistributorSettings,
  "scaleEveryMs" | "minWorkers" | "maxWorkers" | "targetWaitMs" | "scaleDownAfterMs" | "leadTimeMs"
>;

/** What a {@link Scaler} talks to. */
export interface ScalerParts {
  readonly keeper: HeadPool & ObservedPool;
  /** The distributor's id. */
  readonly process: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** With hosts in the pool it is computed so often at least, in ms: a burst waits for that before a host starts anything. */
const withHostsEveryMs = 200;
const sampled = { requests: 64, members: 256 } as const;
const microsPerMs = 1_000;

export class Scaler extends Actor {
  readonly #options: ScalerOptions;
  readonly #parts: ScalerParts;
  readonly #failures: FailureLog;
  readonly #marks = new QueueWaitSampler(sampled.requests);
  readonly #rounds: Periodic;
  #scale: Scale | undefined;

  constructor(options: ScalerOptions, parts: ScalerParts) {
    super();
    this.#options = options;
    this.#parts = parts;
    this.#failures = new FailureLog(parts.log, parts.clock);
    const { clock } = parts;
    this.#rounds = new Periodic({ clock, everyMs: options.scaleEveryMs, round: () => this.#compute() });
  }

  protected override async begin(): Promise<void> {
    if (this.#options.scaleEveryMs > 0) await this.#rounds.start();
  }

  protected override async end(): Promise<void> {
    await this.#rounds.stop();
  }

  /** Returns the pause before the next round. */
  async #compute(): Promise<number> {
    const { scaleEveryMs } = this.#options;
    const { keeper, process, log } = this.#parts;
    try {
      const survey = await keeper.survey(sampled);
      const scale = nextScale(this.#scale, await this.#sightOf(survey), this.#options);
      const { desiredWorkers } = scale;
      await keeper.noteCapacity(process, { desiredWorkers, shares: shareOut(desiredWorkers, survey.hosts) });
      const before = this.#scale?.desiredWorkers;
      const facts = { desiredWorkers, before, workers: survey.workers, queued: survey.queued };
      if (before !== undefined && desiredWorkers !== before)
        log.info(facts, "the pool should have another number of workers");
      this.#scale = scale;
      return survey.hosts.length > 0 ? Math.min(scaleEveryMs, withHostsEveryMs) : scaleEveryMs;
    } catch (error) {
      this.#failures.log("desired workers could not be computed", error);
      return scaleEveryMs;
    }
  }

  async #sightOf({ waiting, ...numbers }: Survey): Promise<Parameters<typeof nextScale>[1]> {
    const { keeper, clock } = this.#parts;
    const marked = this.#marks.ids;
    const places = marked.length === 0 ? [] : await keeper.locate(marked);
    this.#marks.drop(marked.filter((_, index) => places[index] !== "queued"));
    const atMs = clock.now();
    this.#marks.note(
      waiting.map(({ id }) => id),
      atMs,
    );
    return { ...numbers, atMs, oldestWaitMs: this.#marks.oldestWaitMs(atMs), selfMs: meanSelfMs(waiting) };
  }
}

/** Of those that are measured. */
function meanSelfMs(waiting: Survey["waiting"]): number | undefined {
  const measured = waiting.flatMap(({ selfMicros }) => (selfMicros === undefined ? [] : [selfMicros]));
  if (measured.length === 0) return undefined;
  return measured.reduce((sum, micros) => sum + micros, 0) / measured.length / microsPerMs;
}
