/** The commands that start nodes: how they run, end, and take the end of others. */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { totalmem } from "node:os";
import { describe, expect, it, onTestFinished } from "vitest";
import { commandLineOf } from "../harness/command.ts";
import { CommandPool, commandFunctions } from "../harness/command-pool.ts";
import { fixture } from "../harness/fixture.ts";
import { HoldFile } from "../harness/hold-file.ts";
import { RedisServer } from "../harness/redis-server.ts";

const definesNothing = fixture("cli/defines-nothing");

describe("callgrid worker", () => {
  it("has names for its workers, their memory as the limit of their heaps, and reports what they take", async () => {
    const pool = new CommandPool();
    await pool.workers("--memory-mb", "300", "--name", "small", "--count", "2");
    const { stdout, stderr } = await pool.run(["enqueue", "pool/small-2", '["heapLimitMb"]']);
    expect(stderr).toBe("");
    // the old generation has what is given; V8 adds its young one, of up to 200 MB with Node 24
    expect(Number(stdout)).toBeGreaterThanOrEqual(300);
    expect(Number(stdout)).toBeLessThan(550);
    expect((await pool.state()).members.map(({ id }) => id).sort()).toEqual(["small", "small-2"]);
    await pool.until(({ members }) => members.every(({ memoryMb = 0 }) => memoryMb > 10));
    expect((await pool.run(["status", "pool"])).stdout).toMatch(/ \d+ of 300 MB /);
  });

  it("has an equal share of the memory as the limit of each heap, where none is given", async () => {
    const pool = new CommandPool();
    await pool.workers("--count", "2");
    const { stdout } = await pool.run(["enqueue", "pool", '["heapLimitMb"]']);
    const [share] = new Set((await pool.state()).members.map(({ description }) => Number(description["memoryMb"])));
    expect(share).toBeLessThanOrEqual(Math.max(256, totalmem() / 1_048_576 / 2));
    // besides the old space, Node counts the young one
    expect(Number(stdout) - (share ?? 0)).toBeGreaterThanOrEqual(0);
    expect(Number(stdout) - (share ?? 0)).toBeLessThan(200);
  });

  it("drains on SIGTERM: what runs is finished, and it ends with 0", async () => {
    const pool = new CommandPool();
    const workers = await pool.workers("--count", "2");
    const hold = await HoldFile.make();
    const waiting = pool.run(["enqueue", "pool", hold.request]);
    await hold.started();
    workers.kill("SIGTERM");
    // The idle one has gone, the other is busy.
    await pool.until(({ members }) => members.length === 1);
    await hold.release();
    expect((await waiting).stdout).toBe('"held"\n');
    expect((await workers.ended).exitCode).toBe(0);
    expect((await pool.status()).members).toEqual([]);
  });

  it("stops at once on the second Ctrl-C, and what ran goes back to the pool without a loss", async () => {
    const pool = new CommandPool();
    const workers = await pool.workers();
    const hold = await HoldFile.make();
    pool.start("enqueue", "pool", hold.request);
    await hold.started();
    workers.killGroup("SIGINT");
    await workers.says("draining the workers");
    workers.killGroup("SIGINT");
    expect((await workers.ended).exitCode).toBe(130);
    const { stdout } = await pool.run(["why", "pool", hold.request, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ request: { state: "queued", losses: 0 } });
    await hold.release();
  });

  it("starts no function that needs what it lacks, why says so, and a worker that has it does the rest", async () => {
    const pool = new CommandPool();
    await pool.workersHere(2);
    const waiting = pool.run(["enqueue", "pool", '["paintBoth"]']);
    await pool.until(({ queued, members }) => queued === 2 && members.every(({ isVolunteer }) => isVolunteer));
    const { stdout } = await pool.run(["why", "pool", '["paint","red"]']);
    expect(stdout).toContain('A worker must join that has what "paint" needs: 2 workers lack "tag gpu".');
    expect((await pool.run(["status", "pool"])).stdout).toContain(
      "lack the functions that are asked for or what these need",
    );
    await pool.workers("--tags", "gpu");
    expect((await waiting).stdout).toBe('["painted red","painted blue"]\n');
  });

  it("starts another process when one dies, says so, and evaluates or fails the request", async () => {
    const pool = new CommandPool();
    const workers = await pool.workers("--max-attempts", "2");
    const hold = await HoldFile.make();
    const waiting = pool.run(["enqueue", "pool", hold.request]);
    process.kill(await hold.started(), "SIGKILL");
    await hold.release();
    await workers.says("ended unexpectedly (signal SIGKILL), starting another at once");
    await hold.started();
    await hold.release();
    expect((await waiting).stdout).toBe('"held"\n');
    const { exitCode, stderr } = await pool.run(["enqueue", "pool", '["crash"]']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/its workers died 2 times while running it \(WORKER_LOST\)/);
    expect(stderr).toMatch(/worker pool\/\w+ died by SIGKILL.*\n(.*\n)* {6}about to crash/);
    await workers.says("starting another", 3);
  });

  it("ends with 2 when its module defines nothing, says why once, and is not a member", async () => {
    const pool = new CommandPool();
    const args = ["worker", "--pool", "pool", "--functions", definesNothing, "--count", "2"];
    const { exitCode, stdout, stderr } = await pool.runProcess(args);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr.match(/INVALID_MODULE: .*defines no function/g)).toHaveLength(1);
    expect((await pool.state()).members).toEqual([]);
  });

  it("that has lost its supervisor drains: it finishes what runs, and leaves", async () => {
    const pool = new CommandPool();
    const workers = await pool.workers("--count", "2");
    const hold = await HoldFile.make();
    const waiting = pool.run(["enqueue", "pool", hold.request]);
    await hold.started();
    workers.kill("SIGKILL");
    await pool.until(({ members }) => members.length === 1);
    await hold.release();
    expect((await waiting).stdout).toBe('"held"\n');
    await pool.until(({ members }) => members.length === 0);
  });

  it("shows no password in the command lines of its processes", async () => {
    const port = await RedisServer.freePort();
    const server = await RedisServer.start({ port });
    onTestFinished(() => server.stop());
    const pool = new CommandPool(`redis://default:secret@127.0.0.1:${port}`);
    await pool.workers();
    const { members } = await pool.status();
    const commandLine = await commandLineOf(Number(members[0]?.description["processId"]));
    expect(commandLine).toContain("worker-process");
    expect(commandLine).not.toContain("secret");
  });
});

describe("callgrid distributor", () => {
  it("heads its pool until it is ordered to end, and a standby takes over then", async () => {
    const pool = new CommandPool();
    const first = pool.start("distributor", "--pool", "pool", "--json");
    await first.says("became head of the pool");
    const second = pool.start("distributor", "--pool", "pool", "--json");
    await second.says("standing by");
    first.kill("SIGTERM");
    expect((await first.ended).exitCode).toBe(0);
    await second.says("became head of the pool");
    const { distributor } = (await second.firstLine()) as { distributor: string };
    expect(`pool/${(await pool.status()).head}`).toBe(distributor);
  });
});

describe("a node that cannot start", () => {
  async function takenPort(): Promise<string> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    return String((server.address() as AddressInfo).port);
  }

  it.each([
    ["distributor"],
    ["worker", "--functions", commandFunctions],
    ["host", "--max", "2", "--min", "1", "--functions", commandFunctions],
  ])("because its port is taken has not joined: %s", async (node, ...args) => {
    const pool = new CommandPool();
    const port = await takenPort();
    const health = ["--health-port", port, "--health-host", "127.0.0.1"];
    const { exitCode, stderr } = await pool.runProcess([node, "--pool", "pool", ...args, ...health]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("cannot serve health there")]);
    const { members, hosts, counters } = await pool.state();
    expect([members, hosts, counters["joined-members"]]).toEqual([[], [], undefined]);
  });

  it("because its module defines nothing is not a member: host", async () => {
    const pool = new CommandPool();
    const args = ["--max", "2", "--min", "2", "--functions", definesNothing];
    const { exitCode } = await pool.runProcess(["host", "--pool", "pool", ...args]);
    expect(exitCode).toBe(2);
    const { members, hosts } = await pool.state();
    expect([members, hosts]).toEqual([[], []]);
  });
});
