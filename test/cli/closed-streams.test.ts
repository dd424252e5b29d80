/** Commands whose readers have gone, or read slowly: values come or the command ends, and nothing is lost on the way. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { startCommand } from "../harness/command.ts";
import { CommandPool } from "../harness/command-pool.ts";
import { fixture } from "../harness/fixture.ts";

const functions = fixture("cli/functions");
const bin = fileURLToPath(new URL("../../packages/callgrid/bundle/bin.js", import.meta.url));
const run = ["run", "--functions", functions, "--workers", "1", "-"];

function requests(count: number): string {
  return Array.from({ length: count }, (_, i) => `["divide",${i},${i % 2}]\n`).join("");
}

describe("without a reader of stderr", () => {
  it("all values come, and the exit code says that some requests failed", async () => {
    const command = startCommand(run);
    command.process.stderr.destroy();
    command.process.stdin.end(requests(400));
    const { exitCode, stdout } = await command.ended;
    expect(exitCode).toBe(1);
    expect(stdout).toBe(Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? "\n" : `${i}\n`)).join(""));
  });

  it("a worker and a distributor work on, and drain when they are ordered to", async () => {
    const pool = new CommandPool();
    const nodes = [
      pool.start("distributor", "--pool", "pool", "--json", "--log-level", "trace"),
      pool.start("worker", "--pool", "pool", "--functions", functions, "--json", "--log-level", "trace"),
    ];
    await Promise.all(nodes.map((node) => node.firstLine()));
    for (const node of nodes) node.process.stderr.destroy();
    for (const i of [1, 2, 3]) {
      expect((await pool.run(["enqueue", "pool", `["divide",${i},1]`, `["divide",${i},0]`])).stdout).toBe(`${i}\n\n`);
    }
    for (const node of nodes) node.kill("SIGTERM");
    for (const node of nodes) expect((await node.ended).exitCode).toBe(0);
  });
});

describe("without a reader of stdout", () => {
  it("requests of an endless list end as with head: 141, in silence, and the grid is left", async () => {
    const pool = new CommandPool();
    await pool.workersHere();
    for (const start of [() => startCommand(run), () => pool.start("enqueue", "pool", "-")]) {
      const command = start();
      command.process.stdin.write(requests(100));
      await once(command.process.stdout, "data");
      command.process.stdout.destroy();
      const feed = setInterval(() => command.process.stdin.write(requests(10)), 10);
      const { exitCode, stderr } = await command.ended.finally(() => clearInterval(feed));
      expect(exitCode).toBe(141);
      expect(stderr).not.toContain("EPIPE");
    }
    await pool.until(({ clients, queued }) => clients === 0 && queued === 0);
  });

  it("a batch ends with 141, and says how to go on", async () => {
    const args = ["batch", "--functions", functions, "--workers", "1", "--process", "narrate", "--range", "0..1000000"];
    const state = mkdtempSync(join(tmpdir(), "callgrid-closed-"));
    onTestFinished(() => rmSync(state, { recursive: true }));
    const command = startCommand([...args, "--chunk-units", "100"], { env: { XDG_STATE_HOME: state } });
    await once(command.process.stdout, "data");
    command.process.stdout.destroy();
    const { exitCode, stderr } = await command.ended;
    expect([exitCode, stderr]).toEqual([
      141,
      expect.stringContaining("to go on from there, run the same command again"),
    ]);
  });
});

it("a value is written in whole to a reader that is late", async () => {
  const command = startCommand(["run", "--functions", functions, "--workers", "1", '["longText",5000000]']);
  command.process.stdout.pause();
  await command.says("the text is ready");
  command.process.stdout.resume();
  const { exitCode, stdout } = await command.ended;
  expect([exitCode, stdout.length]).toEqual([0, 5_000_003]);
});

it("Ctrl-C ends a command whose reader of stdout has stopped reading", async () => {
  const command = startCommand(["run", "--functions", functions, "--workers", "1", '["longText",5000000]']);
  command.process.stdout.pause();
  await command.says("the text is ready");
  command.kill("SIGINT");
  await once(command.process, "exit");
  expect(command.process.exitCode).toBe(130);
});

it.runIf(existsSync("/dev/full"))("a full disk under stdout is named, and ends a command with 1", () => {
  const full = openSync("/dev/full", "w");
  onTestFinished(() => closeSync(full));
  const args = [bin, ...run.slice(0, -1), '["divide",4,2]'];
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: ["ignore", full, "pipe"], encoding: "utf8" });
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^stdout cannot be written: ENOSPC.*\n$/)]);
});
