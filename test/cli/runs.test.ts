/** `callgrid runs` and `callgrid runs schedules`, as they are typed; the states of runs are in test/batch/durable-runs.test.ts. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";
import type { CommandResult } from "../harness/command.ts";
import { runHere } from "../harness/own-command.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-cli-runs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = { pool: "pool", data: { range: [0, 3] }, process: "double", reduce: "sum" };
const nightly = { ...run, name: "nightly", cron: "0 3 * * *", tz: "Europe/Berlin" };

/** The command on a grid of its own. */
function newGrid(): (words: string, stdin?: unknown) => Promise<CommandResult> {
  const env = { CALLGRID_URL: inject("redisUrl"), CALLGRID_GRID: randomUUID() };
  return (words, stdin) =>
    runHere(["runs", ...words.split(" ")], { env, stdin: typeof stdin === "string" ? stdin : JSON.stringify(stdin) });
}

describe("callgrid runs submit", () => {
  it("takes a run from stdin, and reports when a schedule begins", async () => {
    const runs = newGrid();
    expect(await runs("submit -", run)).toMatchObject({ exitCode: 0, stdout: "run 1 is submitted\n" });
    const { stdout } = await runs("submit -", nightly);
    expect(stdout).toMatch(/^run nightly is submitted; its next run begins at \d{4}-\d\d-\d\dT0[12]:00:00\.000Z\n$/);
  });

  it.each([
    [
      "a file that is not there",
      `submit ${folder}/none.json`,
      "",
      /^INVALID_OPTION: .*none\.json cannot be read: ENOENT/,
    ],
    ["a folder", `submit ${folder}`, "", /^INVALID_OPTION: .* cannot be read: it is a folder/],
    ["what is not a run", "submit -", null, /^INVALID_OPTION: submitRun must be an object$/],
    ["no action", "submits -", run, /^INVALID_OPTION: runs has no action "submits"; there are list, show/],
    ["no file", "submit", "", /^INVALID_OPTION: runs submit needs an id$/],
    ["an id to list", "list 7", "", /^INVALID_OPTION: runs list does not take 7$/],
    ["two ids", "cancel 7 8", "", /^INVALID_OPTION: runs cancel does not take 8$/],
    [
      "no action on schedules",
      "schedules",
      "",
      /^INVALID_OPTION: runs schedules has no action ""; there are list, show, pause/,
    ],
    ["an unknown run", "show 7", "", /^INVALID_OPTION: there is no run 7; callgrid runs list shows/],
    [
      "an unknown schedule",
      "schedules remove 7",
      "",
      /^INVALID_OPTION: there is no schedule 7; callgrid runs schedules list/,
    ],
  ])("refuses %s in one line, with 2", async (_, words, stdin, message) => {
    const { exitCode, stdout, stderr } = await newGrid()(words, stdin);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it("refuses what is not JSON, and points at the place", async () => {
    writeFileSync(join(folder, "broken.json"), '{"pool":');
    expect(await newGrid()(`submit ${folder}/broken.json`)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("broken.json is not JSON: it ends too early") as unknown,
    });
  });
});

describe("callgrid runs schedules", () => {
  it("lists schedules with their next time, shows, pauses, resumes and removes them", async () => {
    const runs = newGrid();
    await runs("submit -", nightly);
    const listed = await runs("schedules list");
    expect(listed.stdout).toMatch(
      /^id +state +cron +zone +next run +process +pool\nnightly +active +0 3 \* \* \* +Europe\/Berlin +\d{4}-\S+Z +double +pool\n$/,
    );
    expect((await runs("schedules pause nightly")).stdout).toMatch(/^schedule nightly begins no more runs/);
    expect((await runs("schedules list")).stdout).toMatch(/nightly +paused/);
    expect((await runs("list")).stdout).toMatch(/nightly +nightly +paused/);
    expect((await runs("schedules resume nightly")).stdout).toMatch(/begins runs again; its next run begins at \d/);
    expect((await runs("schedules remove nightly")).stdout).toMatch(/^schedule nightly is removed/);
    expect((await runs("list")).stdout).toMatch(/^id .*reason\n$/);
  });

  it("has all of that as JSON", async () => {
    const runs = newGrid();
    const json = async (words: string, stdin?: unknown): Promise<unknown> =>
      JSON.parse((await runs(`${words} --json`, stdin)).stdout);
    const nextMs = expect.any(Number) as unknown;
    expect(await json("submit -", nightly)).toEqual({ id: "nightly", nextMs });
    const schedule = { id: "nightly", state: "delayed", cron: "0 3 * * *", tz: "Europe/Berlin", nextMs };
    expect(await json("schedules list")).toMatchObject([schedule]);
    expect(await json("schedules show nightly")).toMatchObject({ ...schedule, spec: { process: "double" }, runs: [] });
    expect(await json("show nightly")).toMatchObject(schedule);
    expect(await json("schedules pause nightly")).toEqual({ id: "nightly" });
    expect(await json("schedules resume nightly")).toEqual({ id: "nightly", nextMs });
    expect(await json("schedules remove nightly")).toEqual({ id: "nightly" });
    expect(await json("schedules list")).toEqual([]);
  });

  it("goes by the ids that other actions take", async () => {
    const runs = newGrid();
    await runs("submit -", nightly);
    expect((await runs("logs nightly")).exitCode).toBe(0);
    expect((await runs("retry nightly")).stderr).toContain("schedule nightly has begun no run yet");
    expect((await runs("cancel nightly")).stdout).toMatch(
      /^schedule nightly is paused, and what was under way is given up/,
    );
    expect((await runs("resume nightly")).stdout).toBe("schedule nightly begins runs again\n");
  });
});

it("a run that waits and is cancelled has failed at once", async () => {
  const runs = newGrid();
  await runs("submit -", { ...run, delayMs: 3_600_000 });
  expect((await runs("list")).stdout).toMatch(/1 +batch +delayed .* in 1 h|in 60 min/);
  expect((await runs("cancel 1")).stdout).toBe("run 1 is cancelled; callgrid runs resume continues it\n");
  expect((await runs("list")).stdout).toMatch(/1 +batch +failed .* cancelled\n$/);
  expect((await runs("cancel 1")).exitCode).toBe(2);
  expect((await runs("retry 1")).stdout).toBe("run 1 is retried, from its finished chunks on\n");
  expect((await runs("list")).stdout).toMatch(/1 +batch +delayed/);
});
