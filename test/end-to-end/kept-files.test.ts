/** When a kept value of a function is used that has named a file as its input, on both statekeepers. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Grid, GridClient } from "@callgrid/client";
import { MemoryStatekeeper, openStatekeeper } from "@callgrid/statekeeper";
import { callReentrant, context, define, startWorker } from "callgrid";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { Gate } from "../harness/gate.ts";

const manners = [
  { kind: "memory", sharing: "auto" },
  { kind: "Redis", sharing: "eager" },
] as const;

interface Stage {
  readonly grid: Grid;
  readonly path: string;
  /** How often `rates` was evaluated. */
  readonly evaluations: () => number;
  /** Gives the file other content of equal size, and an older time. */
  readonly change: () => void;
}

async function setStage({ kind, sharing }: (typeof manners)[number], gate?: Gate): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "callgrid-kept-files-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "rates.csv");
  writeFileSync(path, "one");
  const id = { grid: randomUUID() };
  const statekeeper = kind === "memory" ? new MemoryStatekeeper(id) : await openStatekeeper(inject("redisUrl"), id);
  const grid = new GridClient({ statekeeper, onClose: () => statekeeper.close() });
  onTestFinished(() => grid.close());
  let evaluations = 0;
  const rates = define("rates", { version: "1" }, async (file: string) => {
    evaluations += 1;
    await context().reads(file);
    const text = readFileSync(file, "utf8");
    await gate?.pass();
    return text;
  });
  const total = define("total", { version: "1" }, async (file: string, unit: string) => {
    const [text] = await callReentrant([[rates, file]]);
    return `${text} ${unit}`;
  });
  const worker = await startWorker({
    pool: "pool",
    functions: { rates, total },
    statekeeper,
    sharing,
    checkEveryMs: 50,
  });
  onTestFinished(() => worker.stop());
  const change = (): void => {
    writeFileSync(path, "two");
    utimesSync(path, 1, 1);
  };
  return { grid, path, evaluations: () => evaluations, change };
}

describe.each(manners)("a kept value that a file was read for, on $kind, sharing $sharing", (manner) => {
  it("is used until the content of the file changes, and so are those of its callers", async () => {
    const { grid, path, evaluations, change } = await setStage(manner);
    const ask = (): Promise<unknown> => grid.enqueue("pool", ["total", path, "EUR"]);
    expect(await ask()).toBe("one EUR");
    writeFileSync(path, "one");
    expect([await ask(), evaluations()]).toEqual(["one EUR", 1]);
    change();
    expect([await ask(), await ask(), evaluations()]).toEqual(["two EUR", "two EUR", 2]);
  });

  it("is not used for a call of another function either", async () => {
    const { grid, path, change } = await setStage(manner);
    await grid.enqueue("pool", ["total", path, "EUR"]);
    change();
    expect(await grid.enqueue("pool", ["total", path, "USD"])).toBe("two USD");
  });

  it("is kept only if the file was the same to the end", async () => {
    const gate = new Gate();
    const { grid, path, change } = await setStage(manner, gate);
    const during = grid.enqueue("pool", ["rates", path]);
    await gate.reached;
    change();
    gate.open();
    await during;
    writeFileSync(path, "one");
    expect((await grid.cache.explain("pool", ["rates", path])).use).toBe("none");
  });

  it("is explained by the file that has changed", async () => {
    const { grid, path, change } = await setStage(manner);
    await grid.enqueue("pool", ["rates", path]);
    const { use, files } = await grid.cache.explain("pool", ["rates", path]);
    expect([use, files]).toEqual(["used", [{ path, state: "as read" }]]);
    change();
    const changed = await grid.cache.explain("pool", ["rates", path]);
    expect([changed.use, changed.files]).toEqual(["file changed", [{ path, state: "changed" }]]);
    rmSync(path);
    expect((await grid.cache.explain("pool", ["rates", path])).use).toBe("used");
  });
});
