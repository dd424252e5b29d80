/** Workers that are killed or stopped: what was asked for is answered all the same. */
import { expect, test } from "vitest";
import { Chance } from "../../packages/cli/src/torture/chance.ts";
import { plannedRequests } from "../../packages/cli/src/torture/workload.ts";
import { lasting, shortOrFull } from "../harness/fault-length.ts";
import { FaultStage } from "../harness/fault-stage.ts";
import { NoteFile } from "../harness/note-file.ts";
import { until } from "../harness/until.ts";

const leaseMs = 1_000;

test.concurrent("a worker killed every second under load: nothing is lost, and nothing wrong", async (context) => {
  const stage = await FaultStage.set(context);
  // Enough that some live, although the supervisor waits the longer the more often one dies.
  await stage.startWorkers(shortOrFull(3, 6));
  const stop = new AbortController();
  const asking = stage.client(await stage.connect()).askAll(plannedRequests(new Chance(1)), 32, stop.signal);
  const kills = shortOrFull(4, 30);
  const beganAt = performance.now();
  for (let deaths = 0; deaths < kills; ) {
    await lasting(1_000);
    const oldestFirst = (await stage.workerProcesses()).sort((one, other) => one - other);
    if (!oldestFirst.some(killed)) continue;
    deaths += 1;
    const evaluated = await stage.evaluated();
    await until(async () => (await stage.evaluated()) > evaluated, 200);
  }
  await context.annotate(`${kills} killed in ${Math.round((performance.now() - beganAt) / 1_000)} s`);
  stop.abort();
  await asking;
  const { asked, answered } = await stage.rightHistory();
  expect(answered).toBe(asked);
});

test.concurrent("a worker stopped for twice its lease: others take its work, and it comes back and works on", async (context) => {
  const stage = await FaultStage.set(context);
  const notes = await NoteFile.make(context);
  const lease = ["--lease-ms", `${leaseMs}`];
  await stage.startWorkers(1, ...lease);
  const [stopped = 0] = await stage.workerProcesses();
  const grid = await stage.connect();
  const value = grid.enqueue("pool", ["rest", notes.path, "first", 2_000]);
  await notes.has(`first ${stopped}`);
  process.kill(stopped, "SIGSTOP");
  const others = await stage.startWorkers(1, ...lease);
  await lasting(2 * leaseMs);
  expect(await value).toBe("first");
  expect(await stage.workerProcesses()).not.toContain(stopped);
  process.kill(stopped, "SIGCONT");
  // What it had begun comes too late and is dropped, or it hears first that this was taken from it, and ends it.
  await stage.until(({ members }) =>
    members.some(({ description, running }) => description["processId"] === stopped && running === 0),
  );
  others.kill("SIGTERM");
  await others.ended;
  expect(await grid.enqueue("pool", ["rest", notes.path, "second", 0])).toBe("second");
  await notes.has(`second ${stopped}`);
});

test.concurrent("a worker that was stopped until another took its name ends, and that one stays", async (context) => {
  const stage = await FaultStage.set(context);
  const notes = await NoteFile.make(context);
  const named = ["--name", "gpu-1", "--lease-ms", `${leaseMs}`];
  const first = await stage.startWorkers(1, ...named);
  const [stopped = 0] = await stage.workerProcesses();
  process.kill(stopped, "SIGSTOP");
  await lasting(2 * leaseMs);
  await stage.startWorkers(1, ...named);
  process.kill(stopped, "SIGCONT");
  await first.ended;
  const [left = 0] = await stage.workerProcesses();
  expect(left).not.toBe(stopped);
  const grid = await stage.connect();
  expect(await grid.enqueue("pool/gpu-1", ["rest", notes.path, "second", 0])).toBe("second");
  expect((await stage.keeper.inspect()).counters["joined-members"]).toBe(2);
});

test.concurrent("a calculation that keeps its worker busy for several leases is evaluated once", async (context) => {
  const stage = await FaultStage.set(context);
  const notes = await NoteFile.make(context);
  const [busyMs, lease] = shortOrFull([5_000, "1s"], [30_000, "5s"]);
  await stage.startWorkers(2, "--lease-ms", lease);
  const grid = await stage.connect();
  expect(await grid.enqueue("pool", ["hog", notes.path, busyMs])).toBe("hogged");
  expect(await notes.lines()).toHaveLength(1);
  const { counters } = await stage.keeper.inspect();
  expect([counters["joined-members"], counters["reclaimed"] ?? 0]).toEqual([2, 0]);
});

/** Kills a process; `false` if it has just ended. */
function killed(processId: number): boolean {
  try {
    return process.kill(processId, "SIGKILL");
  } catch {
    return false;
  }
}
