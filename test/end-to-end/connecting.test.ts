/** What a program learns when it connects to a Redis, or cannot: a wrong grid, an old server, a server that is away. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect as connectSocket, createServer } from "node:net";
import { openStatekeeper } from "@callgrid/statekeeper";
import { connect, define, startWorker } from "callgrid";
import { expect, inject, onTestFinished, test } from "vitest";
import { LogTape } from "../harness/log-tape.ts";
import { RedisServer } from "../harness/redis-server.ts";
import { until } from "../harness/until.ts";

const double = define("double", (x: number) => 2 * x);

test("a worker that starts a pool again is informed that other grids have one of this name, but not of all", async () => {
  const url = inject("redisUrl");
  const pool = `pool-${randomUUID()}`;
  const grids = Array.from({ length: 5 }, (_, i) => `${i}-${randomUUID()}`);
  for (const grid of grids) {
    const statekeeper = await openStatekeeper(url, { grid });
    onTestFinished(() => statekeeper.close());
    const member = { id: "d", kind: "distributor", leaseMs: 10_000, description: {}, functions: new Map() } as const;
    await statekeeper.pool(pool).join(member);
    onTestFinished(() => statekeeper.pool(pool).leave("d"));
  }
  const start = async (grid: string): Promise<LogTape> => {
    const tape = new LogTape();
    const worker = await startWorker({ pool, functions: [double], url, grid, log: tape.log });
    onTestFinished(() => worker.stop());
    return tape;
  };
  const elsewhere = `mine-${randomUUID()}`;
  expect((await start(elsewhere)).having("is --grid as the callers have it?")).toMatchObject([
    {
      msg:
        `pool "${pool}" is new in grid "${elsewhere}", but exists in the grids "${grids[0]}", "${grids[1]}", ` +
        `"${grids[2]}" and 2 more: is --grid as the callers have it?`,
      otherGrids: grids.slice(0, 3),
    },
  ]);
  expect((await start(grids[0] ?? "")).having("is --grid")).toEqual([]);
  const statekeeper = await openStatekeeper(url, { grid: elsewhere });
  onTestFinished(() => statekeeper.close());
  expect([await statekeeper.poolsLike(pool), await statekeeper.poolsLike(`${pool}x`)]).toEqual([[], [pool]]);
});

test("a Redis that is too old is refused by callers and workers, with its version and address", async () => {
  const port = await oldRedisPort();
  const url = `redis://user:secret@127.0.0.1:${port}`;
  const words = `^Redis at redis://127.0.0.1:${port} is version 0*6\\.[\\d.]+; callgrid needs Redis 7.0 or later, or Valkey 8 or later$`;
  const refusal = { code: "REDIS_TOO_OLD", message: expect.stringMatching(words) as string };
  await expect(connect(url)).rejects.toMatchObject(refusal);
  await expect(startWorker({ pool: "pool", functions: [double], url })).rejects.toMatchObject(refusal);
});

test("while Redis is away the log says so once a second at most, and that it is back", async () => {
  const server = await RedisServer.start();
  onTestFinished(() => server.stop());
  const tape = new LogTape();
  const grid = await connect(server.url, { grid: randomUUID(), log: tape.log });
  onTestFinished(() => grid.close());
  await server.kill();
  await tape.line("no connection to Redis, trying on", 3);
  const times = tape.having("no connection to Redis").map(({ time }) => Number(time));
  for (const [index, time] of times.slice(1).entries()) expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(999);
  await server.restart();
  expect((await tape.line("connected to Redis again"))["downMs"]).toBeGreaterThanOrEqual(1_998);
  expect((await grid.status("pool")).members).toEqual([]);
});

test("a client may start before its Redis does", async () => {
  const port = await RedisServer.freePort();
  const connecting = connect(`redis://127.0.0.1:${port}`, { grid: randomUUID(), log: new LogTape().log });
  const server = await RedisServer.start({ port });
  onTestFinished(() => server.stop());
  const grid = await connecting;
  expect((await grid.status("pool")).members).toEqual([]);
  await grid.close();
});

test("who comes while Redis is busy with a script waits for it, up to connectTimeoutMs", async () => {
  const server = await RedisServer.start({ args: ["--busy-reply-threshold", "20"] });
  onTestFinished(() => server.stop());
  const script = server.command("EVAL", '"while true do end"', "0");
  await until(async () => (await server.command("PING")).startsWith("-BUSY"));
  const options = { grid: randomUUID(), log: new LogTape().log };
  await expect(connect(server.url, { ...options, connectTimeoutMs: 300 })).rejects.toMatchObject({
    code: "CONNECTION_FAILED",
    message: expect.stringContaining("BUSY"),
  });
  const connecting = connect(server.url, options);
  const starting = startWorker({ ...options, pool: "pool", functions: [double], url: server.url });
  await server.command("SCRIPT", "KILL");
  await script;
  await (await starting).stop();
  await (await connecting).close();
});

test("who comes while Redis takes no more clients waits for a place, up to connectTimeoutMs", async () => {
  const server = await RedisServer.start({ args: ["--maxclients", "1"] });
  onTestFinished(() => server.stop());
  const first = await openStatekeeper(server.url, { grid: "grid" });
  const second = openStatekeeper(server.url, { grid: "grid", connectTimeoutMs: 300 });
  await expect(second).rejects.toMatchObject({
    code: "CONNECTION_FAILED",
    message: expect.stringMatching(/max number of clients|maxclients/),
  });
  const third = openStatekeeper(server.url, { grid: "grid" });
  await first.close();
  await (await third).close();
});

test("what waits on a connection that gets no place any more is not lost", async () => {
  const server = await RedisServer.start();
  onTestFinished(() => server.stop());
  const both = await Promise.all([1, 2].map(() => openStatekeeper(server.url, { grid: "grid" })));
  await both[0]?.ping();
  await server.kill("SIGKILL");
  await server.restart();
  // as many places as one of them and the harness take
  await until(async () => (await server.command("CONFIG", "SET", "maxclients", "1")).startsWith("+OK"));
  const asking = both.map(async (statekeeper) => {
    await statekeeper.pool("pool").inspect();
    await statekeeper.close();
  });
  await Promise.all(asking);
});

test("a worker whose second connection gets no place ends, instead of working without a lease", async () => {
  const server = await RedisServer.start({ args: ["--maxclients", "1"] });
  onTestFinished(() => server.stop());
  const log = new LogTape().log;
  const worker = await startWorker({
    pool: "pool",
    functions: [double],
    url: server.url,
    connectTimeoutMs: 2_000,
    log,
  });
  await worker.closed;
  expect(worker.endedBy).toMatchObject({
    code: "CONNECTION_FAILED",
    message: expect.stringContaining("the connection that renews the lease"),
  });
});

/** A port that leads to the real Redis, and on which that says it is version 6: such a server itself is hard to come by. */
async function oldRedisPort(): Promise<number> {
  const real = await RedisServer.start({ args: ["--user", "user", "on", ">secret", "~*", "&*", "+@all"] });
  onTestFinished(() => real.stop());
  const link = createServer((near) => {
    const far = connectSocket(new URL(real.url).pathname);
    near.pipe(far);
    far.on("data", (data: Buffer) => near.write(withOldVersion(data)));
    near.on("error", () => far.destroy()).on("close", () => far.destroy());
    far.on("error", () => near.destroy()).on("close", () => near.destroy());
  });
  onTestFinished(() => void link.close());
  link.listen(0, "127.0.0.1");
  await once(link, "listening");
  return (link.address() as AddressInfo).port;
}

/** Version 6, in as many bytes as before, since replies carry their lengths. */
function withOldVersion(data: Buffer): Buffer {
  const text = data.toString("latin1");
  return Buffer.from(
    text.replace(/(?<=redis_version:)\d+/, (major) => "6".padStart(major.length, "0")),
    "latin1",
  );
}
