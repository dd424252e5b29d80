/** `--health-port`: what a prober and Prometheus see of real nodes, while they work, lose Redis, and die. */
import { describe, expect, it, onTestFinished } from "vitest";
import { CommandPool } from "../harness/command-pool.ts";
import { fixture } from "../harness/fixture.ts";
import { HoldFile } from "../harness/hold-file.ts";
import { RedisServer } from "../harness/redis-server.ts";
import { until } from "../harness/until.ts";

interface Page {
  readonly status: number;
  readonly text: string;
}

/** Health at a port of its own. */
class HealthPort {
  readonly port: number;
  readonly args: readonly string[];

  private constructor(port: number) {
    this.port = port;
    this.args = ["--health-port", String(port)];
  }

  static async free(): Promise<HealthPort> {
    return new HealthPort(await RedisServer.freePort());
  }

  async page(path: string, method = "GET"): Promise<Page> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, { method });
    return { status: response.status, text: await response.text() };
  }

  /** The sum of a metric over all of its labels that match. */
  async metric(name: string, labels = ""): Promise<number> {
    const { text } = await this.page("/metrics");
    const lines = text.split("\n").filter((line) => line.startsWith(`${name}{`) && line.includes(labels));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  }
}

async function ownRedis(): Promise<RedisServer> {
  const server = await RedisServer.start({ port: await RedisServer.freePort() });
  onTestFinished(() => server.stop());
  return server;
}

/** The whole of 127.0.0.0/8 is this machine, and a server on 0.0.0.0 answers at each address of it. */
const elsewhere = async ({ port }: HealthPort) => (await fetch(`http://127.0.0.2:${port}/healthz`)).status;

describe("callgrid worker --health-port", () => {
  it("is alive and ready on one port for all of its workers, for its own machine alone, and knows no other page", async () => {
    const [pool, health] = [new CommandPool(), await HealthPort.free()];
    await pool.workers("--count", "2", ...health.args);
    const alive = await health.page("/healthz");
    expect(alive.status).toBe(200);
    expect(JSON.parse(alive.text)).toMatchObject({
      status: "alive",
      nodes: [expect.stringMatching(/^pool\//), expect.stringMatching(/^pool\//)],
    });
    await until(async () => (await health.page("/readyz")).status === 200);
    expect((await health.page("/elsewhere")).status).toBe(404);
    expect((await health.page("/healthz", "POST")).status).toBe(405);
    await expect(elsewhere(health)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
  });

  it("is served at other addresses where one is given", async () => {
    const [pool, health] = [new CommandPool(), await HealthPort.free()];
    await pool.workers(...health.args, "--health-host", "0.0.0.0");
    expect(await elsewhere(health)).toBe(200);
  });

  it("counts what its workers evaluate, by function and pool, errors by their code", async () => {
    const [pool, health] = [new CommandPool(), await HealthPort.free()];
    await pool.workers("--count", "2", ...health.args);
    await pool.run(["enqueue", "pool", '["report",7]', '["ratio",3]', '["ratio",5]']);
    await pool.run(["enqueue", "pool", '["ratio",1]']);
    await pool.run(["enqueue", "pool", '["report",7]']);
    const ofRatio = 'function="ratio"';
    await until(async () => (await health.metric("callgrid_outcome_errors_total", ofRatio)) >= 1);
    await until(async () => (await health.metric("callgrid_pool_cache_hits_total")) >= 1);
    // workers report their figures every two seconds, each in its own time
    const atLeast = async (name: string, count: number, labels = "") =>
      until(async () => (await health.metric(name, labels)) >= count);
    await atLeast("callgrid_request_duration_seconds_count", 3, ofRatio);
    await atLeast("callgrid_resume_delay_seconds_count", 3, 'pool="pool"');
    await atLeast("callgrid_worker_claims_total", 4);
    await atLeast("callgrid_pool_claims_total", 1);
    await atLeast("callgrid_pool_volunteers", 2);
    await atLeast("callgrid_redis_round_trip_seconds_count", 1);
    expect(await health.metric("callgrid_pool_workers")).toBe(2);
    const { text } = await health.page("/metrics");
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
    expect(text).toMatch(/callgrid_outcome_errors_total\{[^}]*code="[A-Z_]+"/);
  });

  it("shows what runs and what is queued while a function does not end", async () => {
    const [pool, health] = [new CommandPool(), await HealthPort.free()];
    await pool.workers(...health.args);
    const [first, second] = [await HoldFile.make(), await HoldFile.make()];
    const waiting = pool.run(["enqueue", "pool", first.request, second.request]);
    await Promise.race([first.started(), second.started()]);
    await until(async () => (await health.metric("callgrid_worker_running")) === 1);
    await until(async () => {
      const queued = await health.metric("callgrid_pool_queue_depth");
      const running = await health.metric("callgrid_pool_running");
      return running + queued + (await health.metric("callgrid_pool_own_queue_depth")) === 2;
    });
    expect((await health.page("/readyz")).status).toBe(200);
    await Promise.all([first, second].map((hold) => hold.started().then(() => hold.release())));
    expect((await waiting).exitCode).toBe(0);
  });

  it("what a worker counted stays counted when it dies and another takes its place", async () => {
    const [pool, health] = [new CommandPool(), await HealthPort.free()];
    const workers = await pool.workers(...health.args);
    await pool.run(["enqueue", "pool", '["divide",4,2]']);
    const evaluations = () => health.metric("callgrid_request_duration_seconds_count", 'function="divide"');
    await until(async () => (await evaluations()) === 1);
    const { members } = await pool.status();
    process.kill(Number(members[0]?.description["processId"]), "SIGKILL");
    await workers.says("starting another");
    await pool.run(["enqueue", "pool", '["divide",9,3]']);
    await until(async () => (await evaluations()) === 2);
  });

  it("stays alive and is not ready while Redis is away, and is ready again after", async () => {
    const [server, health] = [await ownRedis(), await HealthPort.free()];
    const pool = new CommandPool(server.url);
    await pool.workers(...health.args);
    await until(async () => (await health.page("/readyz")).status === 200);
    await server.kill();
    await until(async () => (await health.page("/readyz")).status === 503);
    expect((await health.page("/readyz")).text).toContain("Redis does not answer");
    expect((await health.page("/healthz")).status).toBe(200);
    expect((await health.page("/metrics")).text).toContain('callgrid_redis_up{pool="pool"} 0');
    await server.restart();
    await until(async () => (await health.page("/readyz")).status === 200);
  });

  it("refuses a port that is taken, and ends with 2", async () => {
    const [pool, health] = [new CommandPool(), await HealthPort.free()];
    await pool.workers(...health.args);
    const functions = ["--functions", fixture("cli/functions")];
    const { exitCode, stderr } = await pool.runProcess(["worker", "--pool", "pool", ...functions, ...health.args]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("EADDRINUSE")]);
  });
});

describe("callgrid distributor --health-port", () => {
  it("is ready as head and as standby, and shows its pool", async () => {
    const [pool, first, second] = [new CommandPool(), await HealthPort.free(), await HealthPort.free()];
    const head = pool.start("distributor", "--pool", "pool", "--min-workers", "3", ...first.args);
    await Promise.all([head.says("serving /healthz"), head.says("became head of the pool")]);
    const standby = pool.start("distributor", "--pool", "pool", ...second.args);
    await Promise.all([standby.says("serving /healthz"), standby.says("standing by")]);
    for (const health of [first, second]) {
      await until(async () => (await health.page("/readyz")).status === 200);
      await until(async () => (await health.metric("callgrid_pool_headed")) === 1);
      await until(async () => (await health.metric("callgrid_pool_desired_workers")) === 3);
      const { text } = await health.page("/capacity");
      expect(JSON.parse(text)).toEqual({
        ...{ pool: "pool", desiredWorkers: 3, shares: {}, workers: 0 },
        ageMs: expect.any(Number),
      });
    }
    expect((await first.page("/metrics")).text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
  });
});
