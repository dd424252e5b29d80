/** The logs of nodes: files that rotate, what they say about a request, and how several become one. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requestId } from "@callgrid/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { CommandPool } from "../harness/command-pool.ts";
import { runHere } from "../harness/own-command.ts";

type Line = Readonly<Record<string, unknown>>;

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "callgrid-logs-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

function linesOf(text: string): Line[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Line);
}

async function merge(...args: string[]): Promise<Line[]> {
  const { exitCode, stdout, stderr } = await runHere(["logs", "merge", ...args]);
  expect([exitCode, stderr]).toEqual([0, ""]);
  return linesOf(stdout);
}

describe("--log-file", () => {
  it("reports each step of a request, and what its function logs, under its request id, and no secret", async () => {
    const [pool, path] = [new CommandPool(), await folder()];
    const file = join(path, "worker.log");
    // eager: calls go through the pool, so that the request suspends for long enough to be logged
    const eager = ["--sharing", "eager", "--count", "2"];
    const workers = await pool.workers("--log-file", file, "--log-level", "debug", ...eager);
    expect((await pool.run(["enqueue", "pool", '["narrate",7]'])).stdout).toBe("7\n");
    workers.kill("SIGTERM");
    await workers.ended;
    const merged = await merge(file, "--request", '["narrate",7]');
    expect(merged.map(({ msg }) => msg)).toEqual([
      ...["request claimed", "request started", "narrating 7"],
      ...["request suspended", "request resumed", "request evaluated"],
    ]);
    const facts = { pool: "pool", worker: expect.stringMatching(/^\w+$/), requestId: requestId('["narrate",7]') };
    for (const line of merged) expect(line).toMatchObject(facts);
    expect(merged[2]).toMatchObject({ function: "narrate", password: "[secret]", reached: "redis://[secret]@host" });
    const text = await readFile(file, "utf8");
    expect(text).toContain("not pino's: redis://[secret]@host");
    expect(text).not.toMatch(/hush\d/);
    const lifecycle = linesOf(text).map(({ msg }) => msg);
    expect(lifecycle.filter((message) => message === "joined the pool")).toHaveLength(2);
    expect(lifecycle.filter((message) => message === "left the pool")).toHaveLength(2);
  });

  it("is compressed when it is full, and what was compressed is merged like any other", async () => {
    const [pool, path] = [new CommandPool(), await folder()];
    const file = join(path, "worker.log");
    const small = ["--log-file-bytes", "2000", "--log-file-count", "1000"];
    const workers = await pool.workers("--log-file", file, "--log-level", "debug", ...small);
    const requests = Array.from({ length: 50 }, (_, i) => `["divide",${i + 1},2]`);
    await pool.run(["enqueue", "pool", ...requests]);
    workers.kill("SIGTERM");
    await workers.ended;
    const names = (await readdir(path)).filter((name) => !name.startsWith("."));
    expect(names).toContain("worker.log");
    expect(names.filter((name) => name.endsWith(".gz")).length).toBeGreaterThan(3);
    const lines = await merge(...names.map((name) => join(path, name)));
    const evaluated = lines.filter(({ msg }) => msg === "request evaluated");
    expect(new Set(evaluated.map(({ requestId }) => requestId)).size).toBe(50);
    const times = lines.map(({ time }) => Number(time));
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  it("keeps no more compressed ones than it is ordered to", async () => {
    const [pool, path] = [new CommandPool(), await folder()];
    const few = ["--log-file", join(path, "worker.log"), "--log-file-bytes", "1000", "--log-file-count", "2"];
    const workers = await pool.workers("--log-level", "debug", ...few);
    await pool.run(["enqueue", "pool", ...Array.from({ length: 60 }, (_, i) => `["divide",${i + 1},2]`)]);
    workers.kill("SIGTERM");
    await workers.ended;
    const compressed = (await readdir(path)).filter((name) => name.endsWith(".gz"));
    expect(compressed).toHaveLength(2);
  });

  it("of a distributor reports when it became head and left", async () => {
    const [pool, path] = [new CommandPool(), await folder()];
    const file = join(path, "distributor.log");
    const distributor = pool.start("distributor", "--pool", "pool", "--log-file", file);
    await distributor.says("became head of the pool");
    distributor.kill("SIGTERM");
    await distributor.ended;
    const messages = linesOf(await readFile(file, "utf8")).map(({ msg }) => msg);
    expect(messages).toEqual(["joined the pool", "became head of the pool", "left the pool"]);
  });
});

describe("callgrid logs merge", () => {
  it("follows a request through the files of several nodes, in the order of time", async () => {
    const [pool, path] = [new CommandPool(), await folder()];
    const files = [join(path, "host1.log"), join(path, "host2.log")];
    const nodes = await Promise.all(
      files.map((file) => pool.workers("--log-file", file, "--log-level", "debug", "--sharing", "eager")),
    );
    const requests = Array.from({ length: 40 }, (_, i) => `["narrate",${i}]`);
    await pool.run(["enqueue", "pool", ...requests]);
    for (const node of nodes) node.kill("SIGTERM");
    await Promise.all(nodes.map((node) => node.ended));
    const lines = await merge(...files);
    const times = lines.map(({ time }) => Number(time));
    expect(times).toEqual([...times].sort((one, other) => one - other));
    const each = await Promise.all(files.map(async (file) => linesOf(await readFile(file, "utf8")).length));
    expect(lines).toHaveLength(each.reduce((sum, count) => sum + count, 0));
    const followed = await merge(...files, "--request", requestId('["narrate",11]'));
    expect(followed.map(({ msg }) => msg)).toContain("narrating 11");
  });

  it("ends with an error that names a file that is not there, and for another action than merge", async () => {
    const missing = await runHere(["logs", "merge", "/nonexistent.log"]);
    expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining("/nonexistent.log cannot be read")]);
    const other = await runHere(["logs", "burn", "x.log"]);
    expect([other.exitCode, other.stderr]).toEqual([2, expect.stringContaining("callgrid logs merge")]);
  });
});
