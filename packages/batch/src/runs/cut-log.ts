/**
 * By the log of a run's cuts, a runner that takes the run over cuts the same chunks again. So it asks for the same requests, and the grid
 * answers those that are finished: their results are not kept here. Where a run evaluates chunks whose results are kept (`refresh`), the log also has those
 * that it has evaluated, and with which versions of its functions, so that each is evaluated once. A log that is lost, or that two runners
 * have written to at once, costs evaluations and nothing else: cuts that do not fit the data are dropped.
 */
import { requestId } from "@callgrid/core";
import type { RedisClient } from "bullmq";
import type { Checkpoint, Cut } from "../chunks/checkpoint.ts";
import type { ChunkResult } from "../chunks/chunk-work.ts";

/** What a {@link CutLog} works with. */
export interface CutLogParts {
  readonly client: RedisClient;
  /** The key of its list: a text `units id` for each cut, and `done index batch` for each chunk that was evaluated. */
  readonly key: string;
  /** How long it is kept after the last cut. */
  readonly keptMs: number;
  /** Whether it notes which chunks were evaluated. */
  readonly isRefresh: boolean;
}

const append = {
  name: "callgridNoteCut",
  numberOfKeys: 1,
  lua: 'redis.call("rpush", KEYS[1], ARGV[1]) return redis.call("pexpire", KEYS[1], ARGV[2])',
};

const done = "done ";

/** The cuts of a submitted run, kept next to its job. */
export class CutLog implements Checkpoint {
  readonly cuts: readonly Cut[];
  readonly #parts: CutLogParts;
  readonly #evaluated: Set<string>;
  /** What identifies the functions of the batch. */
  #batch = "";
  #isBroken = false;

  private constructor(parts: CutLogParts, lines: readonly string[]) {
    this.#parts = parts;
    this.cuts = lines.filter((line) => !line.startsWith(done)).map(parseCut);
    this.#evaluated = new Set(lines.filter((line) => line.startsWith(done)));
  }

  /** With what earlier runners have noted. */
  static async open(parts: CutLogParts): Promise<CutLog> {
    const { client, key } = parts;
    client.defineCommand(append.name, append);
    return new CutLog(parts, await client.lrange(key, 0, -1));
  }

  /** Chunks of other functions, or of the same at other versions, are other requests: their cuts do no harm. */
  async begin(batch: string): Promise<void> {
    this.#batch = requestId(batch);
  }

  /** Only the grid knows. */
  isFinished(): boolean {
    return false;
  }

  isInGrid(index: number): boolean {
    return this.#evaluated.has(this.#doneLine(index));
  }

  async finished(): Promise<ChunkResult> {
    throw new Error("unreachable: no chunk is known as finished");
  }

  /** The grid keeps no result of a chunk in which a slice failed. */
  async noteFinished(index: number, { failures }: ChunkResult): Promise<void> {
    if (!this.#parts.isRefresh || failures.length > 0 || this.isInGrid(index)) return;
    const line = this.#doneLine(index);
    this.#evaluated.add(line);
    await this.#append(line);
  }

  noteCut(_: number, { units, id }: Cut): Promise<void> {
    return this.#append(`${units} ${id}`);
  }

  /** What cannot be noted is not noted, nor is what comes after it: it has no place then. */
  async #append(line: string): Promise<void> {
    if (this.#isBroken) return;
    const { client, key, keptMs } = this.#parts;
    try {
      await client.runCommand(append.name, [key, line, keptMs]);
    } catch {
      this.#isBroken = true;
    }
  }

  #doneLine(index: number): string {
    return `${done}${index} ${this.#batch}`;
  }

  async reset(): Promise<void> {
    this.#evaluated.clear();
    await this.#parts.client.del(this.#parts.key);
  }
}

function parseCut(text: string): Cut {
  const [units = "", id = ""] = text.split(" ");
  return { units: Number(units), id };
}
