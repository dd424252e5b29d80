import { VirtualClock } from "@callgrid/core";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { describe, expect, it } from "vitest";
import { LogTape } from "../../../test/harness/log-tape.ts";
import type { LaunchedWorker, ProcessEnd } from "./launcher.ts";
import type { SupervisorMessage, WorkerMessage } from "./supervision-messages.ts";
import { Supervisor } from "./supervisor.ts";

const diedYoung: ProcessEnd = { exitCode: null, signal: "SIGKILL", stderr: ["out of memory"] };
const endedWell: ProcessEnd = { exitCode: 0, signal: null, stderr: [] };

/** A worker process that does what the test makes it do. */
class ScriptedChild implements LaunchedWorker {
  readonly ended: Promise<ProcessEnd>;
  readonly received: SupervisorMessage[] = [];
  isKilled = false;
  end: (how: ProcessEnd) => void = () => undefined;
  readonly processId: number;
  readonly say: (message: WorkerMessage) => void;

  constructor(processId: number, say: (message: WorkerMessage) => void) {
    this.processId = processId;
    this.say = say;
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  send(message: SupervisorMessage): void {
    this.received.push(message);
  }

  kill(): void {
    this.isKilled = true;
    this.end({ exitCode: null, signal: "SIGKILL", stderr: [] });
  }

  get orders(): string[] {
    return this.received.map(({ kind }) => kind);
  }
}

function setUp(count = 1, mostStarting?: number) {
  const clock = new VirtualClock();
  const keeper = new MemoryStatekeeper({ clock }).pool("pool");
  const tape = new LogTape();
  const children: ScriptedChild[] = [];
  const settings = { functions: ["functions.ts"], options: { pool: "pool" }, logLevel: "info" };
  const supervisor = new Supervisor(
    { count, settings, drainTimeoutMs: 30_000, maxAttempts: 3 },
    {
      keeper,
      log: tape.log,
      clock,
      ...(mostStarting === undefined ? {} : { mostStarting }),
      launcher: (onMessage) => {
        const child = new ScriptedChild(children.length + 1, onMessage);
        children.push(child);
        return child;
      },
    },
  );
  const started = supervisor.start();
  started.catch(() => undefined);
  return { clock, keeper, tape, children, settings, supervisor, started };
}

/** The n-th process that was started; the last one if there is no n. */
function child(children: readonly ScriptedChild[], n = children.length): ScriptedChild {
  const found = children[n - 1];
  if (found === undefined) throw new Error(`no process was started for the ${n}. time`);
  return found;
}

describe("a supervisor", () => {
  it("starts as many processes as its options say, and gives each its settings over the channel", async () => {
    const { children, settings } = setUp(3);
    expect(children.map(({ received }) => received)).toEqual(Array(3).fill([{ kind: "start", settings }]));
  });

  it("has started when a worker has joined in each place", async () => {
    const { clock, children, supervisor, started } = setUp(2);
    let hasStarted = false;
    void started.then(() => {
      hasStarted = true;
    });
    child(children, 1).say({ kind: "joined", id: "pool/a" });
    await clock.advance(0);
    expect(hasStarted).toBe(false);
    child(children, 2).say({ kind: "joined", id: "pool/b" });
    await started;
    expect(supervisor.workers).toEqual(["pool/a", "pool/b"]);
  });

  it("starts the next when one has joined, if only so many are to start at a time", async () => {
    const { clock, children } = setUp(4, 2);
    expect(children).toHaveLength(2);
    child(children, 2).say({ kind: "joined", id: "pool/b" });
    await clock.advance(0);
    expect(children).toHaveLength(3);
    await clock.advance(1_999);
    expect(children).toHaveLength(3);
    await clock.advance(1);
    expect(children).toHaveLength(4);
  });

  it("starts none after its end that waited for its turn", async () => {
    const { clock, children, supervisor } = setUp(2, 1);
    const stopped = supervisor.stop();
    child(children, 1).end(endedWell);
    await clock.advance(10_000);
    await stopped;
    expect(children).toHaveLength(1);
  });

  it("starts another at once when one dies, then later and later, and says so", async () => {
    const { clock, tape, children } = setUp();
    for (const [delayMs, count] of [
      [0, 2],
      [200, 3],
      [400, 4],
    ] as const) {
      child(children).end(diedYoung);
      await clock.advance(Math.max(0, delayMs - 1));
      expect(children.length).toBe(delayMs === 0 ? count : count - 1);
      await clock.advance(1);
      expect(children.length).toBe(count);
    }
    const received = tape.having("ended unexpectedly");
    expect(received.map(({ delayMs, signal }) => [delayMs, signal])).toEqual([
      [0, "SIGKILL"],
      [200, "SIGKILL"],
      [400, "SIGKILL"],
    ]);
    expect(received[1]?.msg).toBe("a worker process ended unexpectedly (signal SIGKILL), starting another in 200 ms");
  });

  it("reports the death of a worker with what is known of it, so that its work goes back at once", async () => {
    const { clock, keeper, children } = setUp();
    const id = "aaaaaaaaaaaaaaaaaaaaaa";
    const payload = '["f",1]';
    for (let death = 1; death <= 3; death++) {
      const worker = `pool/worker-${death}`;
      const member = `worker-${death}`;
      const { epoch } = await keeper.join({
        id: member,
        kind: "worker",
        leaseMs: 1e6,
        description: {},
        functions: new Map([["f", "1"]]),
      });
      await keeper.submit({ process: "client", leaseMs: 1e6, queueLimit: 0, submissions: [{ id, payload }] });
      await keeper.claim({
        worker: member,
        max: 1,
        budgetMicros: 1e9,
        epoch,
        skips: [],
        reach: "roots",
        volunteerFor: 0,
      });
      child(children).say({ kind: "joined", id: worker });
      child(children).say({ kind: "memory", rssBytes: 1_000_000 * death });
      child(children).end(diedYoung);
      await clock.advance(1_000);
      if (death < 3) expect(await keeper.inspectRequest(id)).toMatchObject({ state: "queued", losses: death });
    }
    const messages: unknown[] = [];
    const inbox = keeper.listen("client", {
      onMessages: (some) => messages.push(...some),
      onReconnect: () => undefined,
    });
    await clock.advance(0);
    await inbox.close();
    const { outcome } = messages[0] as { outcome: string };
    expect(JSON.parse(outcome.slice(1))).toMatchObject({
      code: "WORKER_LOST",
      details: {
        losses: 3,
        reports: [1, 2, 3].map((death) => ({
          worker: `pool/worker-${death}`,
          exitCode: null,
          signal: "SIGKILL",
          stderr: ["out of memory"],
          rssBytes: 1_000_000 * death,
        })),
      },
    });
  });

  it("drains every process, and is closed when all have ended", async () => {
    const { clock, children, supervisor } = setUp(2);
    const drained = supervisor.drain();
    await clock.advance(0);
    expect(children.map(({ orders }) => orders)).toEqual(Array(2).fill(["start", "drain"]));
    for (const one of children) one.end(endedWell);
    await drained;
    await supervisor.closed;
    await clock.advance(120_000);
    expect(children).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it("ends a process that does not end within the drain timeout, and gives its work back without a loss", async () => {
    const { clock, keeper, children, supervisor } = setUp();
    const id = "aaaaaaaaaaaaaaaaaaaaaa";
    const { epoch } = await keeper.join({
      id: "a",
      kind: "worker",
      leaseMs: 1e6,
      description: {},
      functions: new Map([["f", "1"]]),
    });
    await keeper.submit({ process: "client", leaseMs: 1e6, queueLimit: 0, submissions: [{ id, payload: '["f",1]' }] });
    await keeper.claim({
      worker: "a",
      max: 1,
      budgetMicros: 1e9,
      epoch,
      skips: [],
      reach: "roots",
      volunteerFor: 0,
    });
    child(children).say({ kind: "joined", id: "pool/a" });
    const drained = supervisor.drain();
    await clock.advance(30_000);
    expect(child(children).isKilled).toBe(false);
    await clock.advance(2_000);
    expect(child(children).isKilled).toBe(true);
    await drained;
    expect(await keeper.inspectRequest(id)).toMatchObject({ state: "queued", losses: 0 });
  });

  it.each([
    { how: "is refused", end: { exitCode: 2, signal: null, stderr: [] } },
    { how: "dies", end: diedYoung },
  ])("leaves the worker in the pool that has the name of its own, which $how", async ({ how, end }) => {
    const { clock, keeper, children, supervisor } = setUp();
    supervisor.closed.catch(() => undefined);
    const member = { id: "gpu-1", kind: "worker", leaseMs: 1e6, functions: new Map() } as const;
    child(children).say({ kind: "joined", id: "pool/gpu-1", instance: "one" });
    await keeper.join({ ...member, description: { instance: "two" } });
    if (how === "is refused") child(children).say({ kind: "refused", code: "INVALID_OPTION", message: "taken" });
    child(children, 1).end(end);
    await clock.advance(1_000);
    expect((await keeper.inspect()).members.map(({ id }) => id)).toEqual(["gpu-1"]);
  });

  it("removes its own worker from the pool when that has died, by its name and instance", async () => {
    const { clock, keeper, children } = setUp();
    const description = { instance: "one" };
    await keeper.join({ id: "gpu-1", kind: "worker", leaseMs: 1e6, description, functions: new Map() });
    child(children).say({ kind: "joined", id: "pool/gpu-1", instance: "one" });
    child(children, 1).end(diedYoung);
    await clock.advance(1_000);
    expect((await keeper.inspect()).members).toEqual([]);
  });

  it("stops at once in the middle of a drain", async () => {
    const { clock, children, supervisor } = setUp();
    void supervisor.drain();
    const stopped = supervisor.stop();
    expect(child(children).orders).toEqual(["start", "drain", "stop"]);
    await clock.advance(2_000);
    expect(child(children).isKilled).toBe(true);
    await stopped;
  });

  it("starts no other while it waits before a restart and is ordered to end", async () => {
    const { clock, children, supervisor } = setUp();
    child(children).end(diedYoung);
    await clock.advance(0);
    child(children).end(diedYoung);
    await clock.advance(100);
    await supervisor.drain();
    await supervisor.closed;
    await clock.advance(60_000);
    expect(children).toHaveLength(2);
  });

  it("keeps more or fewer processes when it is ordered to; those that have not joined, and idle ones, go first", async () => {
    const { clock, children, supervisor } = setUp(1);
    child(children, 1).say({ kind: "joined", id: "pool/a" });
    supervisor.resize(4);
    expect(children).toHaveLength(4);
    child(children, 2).say({ kind: "joined", id: "pool/b" });
    child(children, 4).say({ kind: "joined", id: "pool/d" });
    supervisor.resize(2, new Set(["pool/a"]));
    expect(children.map(({ orders }) => orders.at(-1))).toEqual(["drain", "start", "drain", "start"]);
    expect([supervisor.count, [...supervisor.workers].sort()]).toEqual([2, ["pool/a", "pool/b", "pool/d"]]);
    child(children, 1).end(endedWell);
    child(children, 3).end(endedWell);
    await clock.advance(120_000);
    expect([children.length, supervisor.workers]).toEqual([4, ["pool/b", "pool/d"]]);
    supervisor.resize(1);
    expect(child(children, 4).orders.at(-1)).toBe("drain");
  });

  it("is closed only when those have ended, too, that were too many", async () => {
    const { clock, children, supervisor } = setUp(2);
    supervisor.resize(1);
    const stopped = supervisor.stop();
    supervisor.resize(5);
    expect(children.map(({ orders }) => orders)).toEqual([
      ["start", "stop"],
      ["start", "drain", "stop"],
    ]);
    await clock.advance(2_000);
    await stopped;
    expect(children).toHaveLength(2);
  });

  it("stops all when one cannot start as it is configured, and fails with the reason", async () => {
    const { clock, children, supervisor, started } = setUp(2);
    child(children, 1).say({ kind: "joined", id: "pool/a" });
    const refusal = { kind: "refused", code: "INVALID_MODULE", message: "functions.ts defines no function" } as const;
    child(children, 2).say(refusal);
    child(children, 2).end({ exitCode: 2, signal: null, stderr: [] });
    await clock.advance(0);
    expect(child(children, 1).orders).toEqual(["start", "stop"]);
    child(children, 1).end(endedWell);
    await expect(supervisor.closed).rejects.toMatchObject({ code: "INVALID_MODULE", message: refusal.message });
    await expect(started).rejects.toMatchObject({ code: "INVALID_MODULE" });
    expect(children).toHaveLength(2);
  });
});
