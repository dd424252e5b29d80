/** A grid of a test's own on the real Redis, with the functions of test/fixtures/batch in worker processes. */
import { fileURLToPath } from "node:url";
import { randomId } from "@callgrid/core";
import { connect, type Grid } from "callgrid";
import { inject, onTestFinished } from "vitest";
import { GridProcess } from "./worker-processes.ts";

/** The module of the functions. */
export const batchFunctions = fileURLToPath(new URL("../fixtures/batch/functions.ts", import.meta.url));

/** See the head of this file. */
export class BatchStage {
  readonly url = inject("redisUrl");
  readonly name = randomId().replace(/^-/, "x");
  readonly env: Readonly<Record<string, string>> = { CALLGRID_URL: this.url, CALLGRID_GRID: this.name };

  /** A client. */
  async connect(): Promise<Grid> {
    const grid = await connect(this.url, { grid: this.name });
    onTestFinished(() => grid.close());
    return grid;
  }

  /** Workers that have joined; `more` are arguments of their command, `env` variables of their own. */
  async workers(
    count: number,
    more: { pool?: string; more?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
  ): Promise<GridProcess> {
    const place = { url: this.url, grid: this.name, functions: batchFunctions };
    const workers = await GridProcess.workers({ ...place, count, ...more });
    onTestFinished(async () => void (await workers.end()));
    return workers;
  }
}
