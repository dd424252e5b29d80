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
  it("has names for its workers, and their memory as the limit of their heaps", async () => {
    const pool = new CommandPool();
    await pool.workers("--memory-mb", "300", "--name", "small", "--count", "2");
    const { stdout, stderr } = await pool.run(["enqueue", "pool/small-2", '["heapLimitMb"]']);
    expect([Math.round(Number(stdout) / 100), stderr]).toEqual([3, ""]);
    expect((await pool.state()).members.map(({ id }) => id).sort()).toEqual(["small", "small-2"]);
  });

  it("has an equal share of the memory as the limit of each heap, where none is given", async () => {
    const pool = new CommandPool();
    await pool.workers("--count", "4");
    const { stdout } = await pool.run(["enqueue", "pool", '["heapLimitMb"]']);
    const [share] = new Set((await pool.state()).members.map(({ description }) => Number(description["memoryMb"])));
    expect(share).toBeLessThanOrEqual(Math.max(256, totalmem() / 1_048_576 / 4));
    // besides the old space, Node counts the young one
    expect(Number(stdout) - (share ?? 0)).toBeGreaterThanOrEqual(0);
    expect(Number(stdout) - (share ?? 0)).toBeLessThan(200);
  });

  it("reports how much memory it takes", async () => {
    const pool = new CommandPool();
    await pool.workers("--memory-mb", "300");
    await pool.until(({ members }) => members.every(({ memoryMb = 0 }) => memoryMb > 10));
    expect((await pool.run(["status", "pool"])).stdout).toMatch(/ \d+ of 300 MB /);
  });

  it("drains on SIGTERM: what runs is finished, and it ends with 0", async () => {
    const pool = new CommandPool();
    const workers = await pool.workers("--count", "2");
    const hold = await HoldFile.make();
    const waiting = pool.start("enqueue", "pool", hold.request);
    await hold.started();
    workers.kill("SIGTERM");
    // The idle one has gone, the other is busy.
    await pool.until(({ members }) => members.length === 1);
    await hold.release();
    expect((await waiting.ended).stdout).toBe('"held"\n');
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
    await pool.workers("--count", "2");
    const waiting = pool.start("enqueue", "pool", '["paintBoth"]');
    await pool.until(({ queued, members }) => queued === 2 && members.every(({ isVolunteer }) => isVolunteer));
    const { stdout } = await pool.run(["why", "pool", '["paint","red"]']);
    expect(stdout).toContain('A worker must join that has what "paint" needs: 2 workers lack "tag gpu".');
    expect((await pool.run(["status", "pool"])).stdout).toContain(
      "lack the functions that are asked for or what these need",
    );
    await pool.workers("--tags", "gpu");
    expect((await waiting.ended).stdout).toBe('["painted red","painted blue"]\n');
  });

  it("starts another process when one dies, says so, and the request is evaluated all the same", async () => {
    const pool = new CommandPool();
    const workers = await pool.workers();
    const hold = await HoldFile.make();
    const waiting = pool.start("enqueue", "pool", hold.request);
    process.kill(await hold.started(), "SIGKILL");
    await hold.release();
    await workers.says("ended unexpectedly (signal SIGKILL), starting another at once");
    await hold.started();
    await hold.release();
    expect((await waiting.ended).stdout).toBe('"held"\n');
  });

  it("fails a request whose workers die of it, with what is known of their deaths", async () => {
    const pool = new CommandPool();
    const workers = await pool.workers("--max-attempts", "2");
    const { exitCode, stderr } = await pool.run(["enqueue", "pool", '["crash"]']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/its workers died 2 times while running it \(WORKER_LOST\)/);
    expect(stderr).toMatch(/worker pool\/\w+ died by SIGKILL.*\n(.*\n)* {6}about to crash/);
    await workers.says("starting another", 2);
  });

  it("ends with 2 when it cannot start as it is configured, and says why once", async () => {
    const pool = new CommandPool();
    const args = ["worker", "--pool", "pool", "--functions", definesNothing, "--count", "3"];
    const { exitCode, stdout, stderr } = await pool.runProcess(args);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr.match(/INVALID_MODULE: .*defines no function/g)).toHaveLength(1);
  });

  it("that has lost its supervisor drains: it finishes what runs, and leaves", async () => {
    const pool = new CommandPool();
    const workers = await pool.workers("--count", "2");
    const hold = await HoldFile.make();
    const waiting = pool.start("enqueue", "pool", hold.request);
    await hold.started();
    workers.kill("SIGKILL");
    await pool.until(({ members }) => members.length === 1);
    await hold.release();
    expect((await waiting.ended).stdout).toBe('"held"\n');
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

  it.each([
    ["worker", "--count", "2"],
    ["host", "--max", "2", "--min", "2"],
  ])("because its module defines nothing is not a member: %s", async (node, ...args) => {
    const pool = new CommandPool();
    const { exitCode } = await pool.runProcess([node, "--pool", "pool", "--functions", definesNothing, ...args]);
    expect(exitCode).toBe(2);
    const { members, hosts } = await pool.state();
    expect([members, hosts]).toEqual([[], []]);
  });
});
