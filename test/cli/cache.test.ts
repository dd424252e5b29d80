/** `callgrid cache` on a real Redis, within this process. */
import { encodeRequest, requestId } from "@callgrid/core";
import type { CodeNote, PoolKeeper } from "@callgrid/statekeeper";
import { expect, it, onTestFinished } from "vitest";
import { CommandPool } from "../harness/command-pool.ts";
import { RedisServer } from "../harness/redis-server.ts";

const request = '["price",7]';
const id = requestId(encodeRequest(JSON.parse(request)).canonical);
const notes = new Map<string, CodeNote>([
  ["p1", { files: { "src/price.ts": "a", "src/rate.ts": "b" }, packages: [] }],
  ["p2", { files: { "src/price.ts": "a", "src/rate.ts": "c" }, packages: [] }],
]);

async function joinWorker(keeper: PoolKeeper, worker: string, version: string): Promise<void> {
  const functions = new Map([["price", version]]);
  await keeper.join({ id: worker, kind: "worker", leaseMs: 60_000, description: {}, functions });
  await keeper.noteCode(new Map([...notes].filter(([noted]) => noted === version)));
}

/** A pool whose value of the request was made by version p1. */
async function setPool(): Promise<{ readonly pool: CommandPool; readonly keeper: PoolKeeper }> {
  const pool = new CommandPool();
  const keeper = await pool.keeper();
  await joinWorker(keeper, "w1", "p1");
  await keeper.complete("w1", [{ id, outcome: "=1", ttlMs: 3_600_000, stamp: "p1#0" }], []);
  return { pool, keeper };
}

it("explain says that a kept result would be used", async () => {
  const { pool } = await setPool();
  const { exitCode, stdout } = await pool.run(["cache", "explain", "pool", request]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^A kept result would be used\. It is kept for another .*\n {2}price: version p1, which is current\n$/,
  );
});

it("explain names the file that changed after the worker has gone that made the result", async () => {
  const { pool, keeper } = await setPool();
  await keeper.leave("w1");
  await joinWorker(keeper, "w2", "p2");
  const shown = await pool.run(["cache", "explain", "pool", request]);
  expect(shown.stdout).toMatch(
    /would not be used: .*\n {2}price: version p1, and now p2; what differs: "src\/rate\.ts"\n$/,
  );
  const { stdout } = await pool.run(["cache", "explain", "pool", request, "--json"]);
  const code = { functionName: "price", version: "p1", currentVersion: "p2", changedFiles: ["src/rate.ts"] };
  expect(JSON.parse(stdout)).toMatchObject({ id, use: "code changed", leftMs: expect.any(Number), code: [code] });
});

it("explain says that results were forgotten, and that none is kept", async () => {
  const { pool, keeper } = await setPool();
  await keeper.forget({ functionName: "price" });
  expect((await pool.run(["cache", "explain", "pool", request])).stdout).toMatch(
    /all results of "price" were forgotten/,
  );
  expect((await pool.run(["cache", "explain", "pool", '["price",8]'])).stdout).toMatch(/^No result is kept/);
});

it("an action that there is not is refused with those that there are", async () => {
  const { exitCode, stderr } = await new CommandPool().run(["cache", "explode", "pool", request]);
  expect([exitCode, stderr]).toEqual([
    2,
    expect.stringMatching(/no action "explode"; there are explain, stats, verify, forget/),
  ]);
});

it("status names the file in which workers differ", async () => {
  const { pool, keeper } = await setPool();
  await joinWorker(keeper, "w2", "p2");
  expect((await pool.run(["status", "pool"])).stdout).toMatch(
    /receives no requests for it.*"w1"; files that differ: "src\/rate\.ts"/,
  );
});

it("stats counts what is kept, and how often it was used, by function", async () => {
  const { pool, keeper } = await setPool();
  const asked = { process: "c1", leaseMs: 60_000, queueLimit: 0 };
  for (const each of [id, id, "other"])
    await keeper.submit({ ...asked, submissions: [{ id: each, payload: request }] });
  const report = { functionName: "price", evaluations: 1, failures: 0, selfMicros: 1_500_000, expectedMicros: 1 };
  await keeper.complete("w1", [], [report]);
  const { stdout } = await pool.run(["cache", "stats", "pool", "--json"]);
  expect(JSON.parse(stdout)).toEqual({
    ...{ results: 1, bytes: "p1#0 =1".length, hits: 2, misses: 1 },
    functions: [{ functionName: "price", hits: 2, evaluations: 1, savedMs: 3_000 }],
  });
  const text = (await pool.run(["cache", "stats", "pool"])).stdout;
  expect(text).toMatch(
    /^1 result kept, 7 bytes; 2 hits, 1 miss\n\nfunction +hits +evaluations +time saved\nprice +2 +1 +3 s\n$/,
  );
});

it("forget shows first what it forgets, and asks before it forgets all of a function", async () => {
  const { pool, keeper } = await setPool();
  const shown = await pool.run(["cache", "forget", "pool", "price", "--dry-run"]);
  expect(shown.stdout).toBe('all results of "price", with 0 hits so far: nothing was forgotten\n');
  const unasked = await pool.run(["cache", "forget", "pool", "price"]);
  expect([unasked.exitCode, unasked.stderr]).toEqual([2, expect.stringContaining("yes: must be given")]);
  expect((await keeper.functions()).functions.get("price")?.generation).toBe(0);
  expect((await pool.run(["cache", "forget", "pool", "price", "--yes"])).exitCode).toBe(0);
  expect((await keeper.functions()).functions.get("price")?.generation).toBe(1);
});

it("forget drops the result of one request without asking", async () => {
  const { pool, keeper } = await setPool();
  expect((await pool.run(["cache", "forget", "pool", request, "--dry-run"])).stdout).toMatch(
    /^one kept result: nothing/,
  );
  expect(await keeper.inspectResult(id)).toBeDefined();
  expect((await pool.run(["cache", "forget", "pool", request])).stdout).toBe("one kept result: forgotten\n");
  expect(await keeper.inspectResult(id)).toBeUndefined();
  expect((await pool.run(["cache", "forget", "pool", request])).stdout).toBe("no kept result: nothing was forgotten\n");
  expect((await pool.run(["cache", "forget", "pool", "prise", "--yes"])).stderr).toMatch(/did you mean .*price/);
});

it("what a user has no right to is named, without a stack", async () => {
  const limited = "--user limited on >secret ~* &* +@all -scan";
  const server = await RedisServer.start({ port: await RedisServer.freePort(), args: [limited] });
  onTestFinished(() => server.stop());
  const pool = new CommandPool(server.url.replace("//", "//limited:secret@"));
  for (const command of [["cache", "stats", "pool"], ["pools"], ["remove", "pool", "--yes"]]) {
    const { exitCode, stderr } = await pool.run(command);
    expect(stderr).toMatch(/^STATEKEEPER_REFUSED: Redis refused "scan": NOPERM [^\n]*\n$/);
    expect(exitCode).not.toBe(0);
  }
});

it("verify shows the functions that gave different values for one request, with the likely cause and the remedy", async () => {
  const { pool, keeper } = await setPool();
  expect((await pool.run(["cache", "verify", "pool"])).stdout).toMatch(/^No function has given different values/);
  const [one, other] = ["=0.25437219", "=0.77123451"].map((value, at) => ({
    worker: `w${at}`,
    node: "v20.19.0",
    value,
  }));
  if (one === undefined || other === undefined) throw new Error("unreachable: there are two");
  await keeper.noteMismatch("price", { version: "p1", requestId: id, request, evaluations: [one, other] });
  const { stdout } = await pool.run(["cache", "verify", "pool"]);
  expect(stdout).toMatch(
    /^price gave different values for \["price",7\], .* ago:\n {2}w0, Node v20\.19\.0: 0\.25437219\n {2}w1, .*: 0\.77123451\n {2}The likely cause is chance \(/,
  );
  expect(stdout).toContain("callgrid cache forget pool price");
  const json = JSON.parse((await pool.run(["cache", "verify", "pool", "--json"])).stdout);
  expect(json).toMatchObject({ pool: "pool", mismatches: [{ functionName: "price", requestId: id, version: "p1" }] });
  expect((await pool.run(["cache", "explain", "pool", request])).stdout).toMatch(/has given different values/);
  await pool.run(["cache", "forget", "pool", "price", "--yes"]);
  expect((await pool.run(["cache", "verify", "pool"])).stdout).toMatch(/^No function/);
});
