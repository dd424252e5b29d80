/** The commands of callers and operators, on pools with real workers and a real Redis. */
import { describe, expect, it } from "vitest";
import { CommandPool } from "../harness/command-pool.ts";
import { HoldFile } from "../harness/hold-file.ts";

describe("callgrid enqueue", () => {
  it("prints values in order, errors as a tree with exit code 1, and both as JSON", async () => {
    const pool = new CommandPool();
    await pool.workers();
    expect(await pool.runProcess(["enqueue", "pool", '["ratio",7]'])).toEqual({
      exitCode: 0,
      stdout: "1.1666666666666667\n",
      stderr: "",
    });

    const lines = Array.from({ length: 200 }, (_, i) => `["divide",${i},2]\n`).join("");
    const many = await pool.run(["enqueue", "pool", "-", "--window", "10"], lines);
    expect(many.stdout).toBe(Array.from({ length: 200 }, (_, i) => `${i / 2}\n`).join(""));

    const failed = await pool.run(["enqueue", "pool", '["report",1]']);
    expect(failed).toMatchObject({ exitCode: 1, stdout: "" });
    expect(failed.stderr).toMatch(/\["report",1\].*\n {2}\["ratio",1\]\n {4}\["divide",1,0\]: Icky value\n/);

    const json = await pool.run(["enqueue", "pool", '["report",1]', '["ratio",2]', "--json"]);
    const [first, second] = json.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(first).toMatchObject({
      index: 0,
      error: { info: { '["ratio",1]': { info: { '["divide",1,0]': { msg: "Icky value" } } } } },
    });
    expect(second).toEqual({ index: 1, value: 2 });
    expect([json.exitCode, json.stderr]).toEqual([1, ""]);
  });

  it("of a function that no worker has fails with the nearest names", async () => {
    const pool = new CommandPool();
    await pool.workersHere();
    const { exitCode, stderr } = await pool.run(["enqueue", "pool", '["ratoi",7]']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/unknown function "ratoi".*"ratio".*\(UNKNOWN_FUNCTION\)/);
  });

  it("ends with 130 on Ctrl-C, and no caller waits any more then", async () => {
    const pool = new CommandPool();
    await pool.workersHere();
    const hold = await HoldFile.make();
    const waiting = pool.start("enqueue", "pool", hold.request);
    await hold.started();
    waiting.kill("SIGINT");
    expect(await waiting.ended).toMatchObject({ exitCode: 130, stdout: "", stderr: "interrupted by SIGINT\n" });
    expect((await pool.status()).clients).toBe(0);
    await hold.release();
  });
});

describe("callgrid status, why and forget", () => {
  it("say that a pool has no workers, and in which grid there are some", async () => {
    const pool = new CommandPool();
    const waiting = pool.run(["enqueue", "pool", '["ratio",7]']);
    await pool.until(({ queued }) => queued === 1);
    expect((await pool.run(["status", "pool"])).stdout).toMatch(
      /1 request queued.*\n\n! pool "pool" of grid .* has no workers/s,
    );
    expect((await pool.run(["why", "pool", '["ratio", 7]'])).stdout).toMatch(/It is queued\..*A worker must join/s);

    await pool.workersHere();
    expect(await waiting).toMatchObject({ exitCode: 0, stdout: "1.1666666666666667\n" });
    expect((await pool.run(["why", "pool", '["ratio", 7]'])).stdout).toContain("It is done");
    const grid = pool.env["CALLGRID_GRID"];
    // Other tests have their grids on this Redis, too: a pool name of its own identifies the right one.
    await pool.start("distributor", "--pool", `pool-${grid}`).says("became head of the pool");
    const elsewhere = await pool.run(["status", `pool-${grid}`, "--grid", "elsewhere"]);
    expect(elsewhere.stdout).toContain(`! a pool "pool-${grid}" exists in grid "${grid}"; is --grid right?`);
  });

  it("show members, functions and evaluations, and where a request runs", async () => {
    const pool = new CommandPool();
    await pool.workers("--count", "2");
    const hold = await HoldFile.make();
    const waiting = pool.run(["enqueue", "pool", hold.request]);
    const processId = await hold.started();
    const { members, functions: table } = await pool.status();
    expect(members.map(({ kind }) => kind)).toEqual(["worker", "worker"]);
    expect(Object.keys(table.functions)).toContain("hold");
    const owner = members.find(({ description }) => description["processId"] === processId);
    const story = await pool.run(["why", "pool", hold.request, "--json"]);
    expect(JSON.parse(story.stdout)).toMatchObject({ request: { state: "running", owner: owner?.id, losses: 0 } });
    await hold.release();
    expect((await waiting).stdout).toBe('"held"\n');
  });

  it("forget makes the next one who asks have it evaluated again", async () => {
    const pool = new CommandPool();
    await pool.workersHere();
    const keeper = await pool.keeper();
    const ask = async (): Promise<number | undefined> => {
      await pool.run(["enqueue", "pool", '["divide",8,2]']);
      return (await keeper.inspect()).counters["completed"];
    };
    expect([await ask(), await ask()]).toEqual([1, 1]);
    await pool.run(["forget", "pool", '["divide",8,2]']);
    expect([await ask(), await ask()]).toEqual([2, 2]);
    const { exitCode, stdout } = await pool.runProcess(["forget", "pool", "divide", "--json"]);
    expect([exitCode, JSON.parse(stdout)]).toEqual([0, { pool: "pool", forgotten: { functionName: "divide" } }]);
    const why = await pool.run(["why", "pool", '["divide",8,2]']);
    expect(why.stdout).toContain('its result is stale: all results of "divide" were forgotten since');
    expect(await ask()).toBe(3);
    const slip = await pool.run(["forget", "pool", "divde"]);
    expect([slip.exitCode, slip.stderr]).toEqual([2, expect.stringContaining('did you mean "divide"?')]);
  });
});
