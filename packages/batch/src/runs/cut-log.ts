/**
 * By the log of a run's cuts, a runner that takes the run over cuts the same chunks again. So it asks for the same requests, and the grid
 * answers those that are finished: their results are not kept here. A log that is lost, or that two runners have written to at once, costs
 * evaluations and nothing else: cuts that do not fit the data are dropped.
 */
import type { RedisClient } from "bullmq";
import type { Checkpoint, Cut } from "../chunks/checkpoint.ts";
import type { ChunkResult } from "../chunks/chunk-work.ts";

/** What a {@link CutLog} works with. */
export interface CutLogParts {
  readonly client: RedisClient;
  /** The key of its list: a text `units id` for each cut. */
  readonly key: string;
  /** How long it is kept after the last cut. */
  readonly keptMs: number;
}

const append = {
  name: "callgridNoteCut",
  numberOfKeys: 1,
  lua: 'redis.call("rpush", KEYS[1], ARGV[1]) return redis.call("pexpire", KEYS[1], ARGV[2])',
};

/** The cuts of a submitted run, kept next to its job. */
export class CutLog implements Checkpoint {
  readonly cuts: readonly Cut[];
  readonly #parts: CutLogParts;
  #isBroken = false;

  private constructor(parts: CutLogParts, cuts: readonly Cut[]) {
    this.#parts = parts;
    this.cuts = cuts;
  }

  /** With what earlier runners have noted. */
  static async open(parts: CutLogParts): Promise<CutLog> {
    const { client, key } = parts;
    client.defineCommand(append.name, append);
    return new CutLog(parts, (await client.lrange(key, 0, -1)).map(parseCut));
  }

  /** Chunks of other functions, or of the same at other versions, are other requests: their cuts do no harm. */
  async begin(): Promise<void> {}

  /** Only the grid knows. */
  isFinished(): boolean {
    return false;
  }

  async finished(): Promise<ChunkResult> {
    throw new Error("unreachable: no chunk is known as finished");
  }

  async noteFinished(): Promise<void> {}

  /** What cannot be noted is not noted, nor is what comes after it: it has no place then. */
  async noteCut(_: number, { units, id }: Cut): Promise<void> {
    if (this.#isBroken) return;
    const { client, key, keptMs } = this.#parts;
    try {
      await client.runCommand(append.name, [key, `${units} ${id}`, keptMs]);
    } catch {
      this.#isBroken = true;
    }
  }

  async reset(): Promise<void> {
    await this.#parts.client.del(this.#parts.key);
  }
}

function parseCut(text: string): Cut {
  const [units = "", id = ""] = text.split(" ");
  return { units: Number(units), id };
}
