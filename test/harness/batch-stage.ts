import { randomUUID } from "node:crypto";
import { connect, type Grid } from "callgrid";
import { inject, onTestFinished } from "vitest";
import { fixture } from "./fixture.ts";
import { GridProcess } from "./worker-processes.ts";

/** The module of the functions. */
export const batchFunctions = fixture("batch/functions");

/** A grid of a test's own on the real Redis, with the functions of test/fixtures/batch in worker processes. */
export class BatchStage {
  /** Takes what is to be ended. */
  protected readonly atEnd: (end: () => Promise<void>) => void;
  readonly url = inject("redisUrl");
  readonly name = randomUUID();
  readonly env: Readonly<Record<string, string>> = { CALLGRID_URL: this.url, CALLGRID_GRID: this.name };

  /** What it starts it has ended by `atEnd`; default: with the test. A {@link SharedEnds} lets several tests have one stage. */
  constructor(atEnd: (end: () => Promise<void>) => void = onTestFinished) {
    this.atEnd = atEnd;
  }

  /** A client. */
  async connect(): Promise<Grid> {
    const grid = await connect(this.url, { grid: this.name });
    this.atEnd(() => grid.close());
    return grid;
  }

  /** Workers that have joined; `more` are arguments of their command, `env` variables of their own. */
  async workers(
    count: number,
    more: { pool?: string; more?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
  ): Promise<GridProcess> {
    const place = { url: this.url, grid: this.name, functions: batchFunctions };
    const workers = await GridProcess.workers({ ...place, count, ...more });
    this.atEnd(async () => void (await workers.end()));
    return workers;
  }
}

/** What is to be ended after all tests of a file. */
export class SharedEnds {
  readonly #ends: Array<() => Promise<void>> = [];
  readonly add = (end: () => Promise<void>): void => void this.#ends.push(end);

  /** Ends it, the latest first. */
  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
  }
}
