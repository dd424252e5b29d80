/** `callgrid replay` on a real Redis: what it evaluates, and what it takes from the pool. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { encodeRequest, type Request, requestId } from "@callgrid/core";
import type { PoolKeeper } from "@callgrid/statekeeper";
import { describe, expect, it, onTestFinished } from "vitest";
import { runCommand, startCommand } from "../harness/command.ts";
import { CommandPool, commandFunctions } from "../harness/command-pool.ts";

const unruly = fileURLToPath(new URL("../fixtures/cli/unruly.mjs", import.meta.url));
const given = ["--functions", commandFunctions, "--code-version", "now"];
const divided: Request = ["divide", 7, 6];

interface Replayed {
  readonly value?: unknown;
  readonly error?: unknown;
  readonly functions: readonly unknown[];
}

async function replayed(pool: CommandPool, request: string, ...more: string[]): Promise<Replayed> {
  const { stdout } = await pool.run(["replay", "pool", request, ...given, ...more, "--json"]);
  return JSON.parse(stdout) as Replayed;
}

/** Keeps 99 as the value of divide, as made by this version. */
async function keep(keeper: PoolKeeper, version: string): Promise<void> {
  const functions = new Map([["divide", version]]);
  await keeper.join({ id: "w1", kind: "worker", leaseMs: 60_000, description: {}, functions });
  const { canonical } = encodeRequest(divided);
  const completion = { id: requestId(canonical), outcome: "=99", ttlMs: 60_000, stamp: `${version}#0` };
  await keeper.complete("w1", [completion], []);
}

const work = (functionName: string, evaluations: number, keptResults: number): unknown => ({
  ...{ functionName, evaluations, keptResults, selfMs: expect.any(Number) },
});

describe("a call is answered by the pool's kept result", () => {
  it("and evaluated where it is asked to be fresh", async () => {
    const pool = new CommandPool();
    await keep(await pool.keeper(), "now");
    expect(await replayed(pool, '["ratio",7]')).toEqual({
      value: 99,
      functions: [work("ratio", 1, 0), work("divide", 0, 1)],
    });
    const fresh = await replayed(pool, '["ratio",7]', "--fresh");
    expect(fresh.value).toBe(7 / 6);
    expect(fresh.functions).toHaveLength(2);
    expect(fresh.functions).toEqual(expect.arrayContaining([work("ratio", 1, 0), work("divide", 1, 0)]));
  });

  it("only if it was made by the code that this process has", async () => {
    const pool = new CommandPool();
    await keep(await pool.keeper(), "before");
    expect((await replayed(pool, '["ratio",7]')).value).toBe(7 / 6);
  });

  it("only if it was not forgotten", async () => {
    const pool = new CommandPool();
    const keeper = await pool.keeper();
    await keep(keeper, "now");
    await keeper.forget({ functionName: "divide" });
    expect((await replayed(pool, '["ratio",7]')).value).toBe(7 / 6);
  });

  it("also where results of its function were forgotten before", async () => {
    const pool = new CommandPool();
    const keeper = await pool.keeper();
    await keep(keeper, "now");
    await keeper.forget({ functionName: "divide" });
    const { canonical } = encodeRequest(divided);
    const completion = { id: requestId(canonical), outcome: "=98", ttlMs: 60_000, stamp: "now#1" };
    await keeper.forget({ id: completion.id });
    await keeper.complete("w1", [completion], []);
    expect((await replayed(pool, '["ratio",7]')).value).toBe(98);
  });

  it("and the request itself is evaluated", async () => {
    const pool = new CommandPool();
    await keep(await pool.keeper(), "now");
    expect((await replayed(pool, '["divide",7,6]')).value).toBe(7 / 6);
  });
});

it("a replay leaves the pool as it was", async () => {
  const pool = new CommandPool();
  const keeper = await pool.keeper();
  await keep(keeper, "now");
  const before = await keeper.inspect();
  await replayed(pool, '["report",7]');
  expect(await keeper.inspect()).toEqual({
    ...before,
    members: before.members.map((member) => ({ ...member, leaseLeftMs: expect.any(Number) })),
  });
});

it("a failed request is printed with the tree of its calls, and a table of its functions", async () => {
  const shown = await new CommandPool().run(["replay", "pool", '["report",1]', ...given]);
  expect([shown.exitCode, shown.stdout]).toEqual([1, ""]);
  expect(shown.stderr).toMatch(/Icky value/);
  expect(shown.stderr).toMatch(/function +evaluated here +kept results +time by itself\n/);
  for (const name of ["report", "ratio", "divide"]) expect(shown.stderr).toMatch(new RegExp(`^${name} +1 +0 +`, "m"));
});

it("a function is evaluated whatever it needs of its worker", async () => {
  expect((await replayed(new CommandPool(), '["paintBoth"]')).value).toEqual(["painted red", "painted blue"]);
});

it("why suggests a replay of a request that the pool does not know", async () => {
  const { stdout } = await new CommandPool().run(["why", "pool", `["ratio","it's"]`]);
  expect(stdout).toContain(`callgrid replay pool '["ratio","it'\\''s"]' --functions <file>`);
});

it("what functions print goes to stderr, and one that ends the process fails the command", async () => {
  const alone = ["--functions", unruly, "--fresh"];
  const printed = await runCommand(["replay", "pool", '["talk",1]', ...alone, "--json"]);
  expect(JSON.parse(printed.stdout)).toMatchObject({ functions: [{ functionName: "talk" }] });
  expect(printed.stderr).toMatch(/working/);
  const ended = await runCommand(["replay", "pool", '["quit",3]', ...alone]);
  expect([ended.exitCode, ended.stdout]).toEqual([1, ""]);
  expect(ended.stderr).toMatch(/ended the process with exit code 0/);
});

it("a debugger that connects finds the process paused, with the functions loaded", async () => {
  const debugged = ["--inspect", "--inspect-port", "0"];
  const command = startCommand(["replay", "pool", '["divide",8,2]', ...given, "--fresh", "--json", ...debugged]);
  await command.says("Debugger listening on");
  const place = /ws:..(127[^/]*)/.exec(command.stderr)?.[1] ?? "";
  const client = spawn(process.execPath, ["inspect", place], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(async () => {
    client.kill("SIGKILL");
    if (client.exitCode === null) await once(client, "exit");
  });
  let shown = "";
  await new Promise<void>((resolve) => {
    client.stdout.setEncoding("utf8").on("data", (text: string) => {
      shown += text;
      if (shown.includes("break in")) resolve();
    });
  });
  client.stdin.write("cont\n");
  expect(await command.firstLine()).toMatchObject({ value: 4 });
});
