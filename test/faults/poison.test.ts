/** Requests that kill the worker that evaluates them: they fail after three deaths, and no other request fails. */
import { encodeRequest, type RequestError, requestId } from "@callgrid/core";
import { describe, expect, test } from "vitest";
import type { StartedCommand } from "../harness/command.ts";
import { shortOrFull } from "../harness/fault-length.ts";
import { FaultStage } from "../harness/fault-stage.ts";
import { NoteFile } from "../harness/note-file.ts";

interface Poison {
  readonly name: string;
  readonly functionName: string;
  readonly end: { readonly exitCode: number | null; readonly signal: string | null };
  /** Is among the last that it wrote to stderr. */
  readonly lastWords: string;
}

const poisons: Poison[] = [
  { name: "exits", functionName: "poisonExit", end: { exitCode: 3, signal: null }, lastWords: "poison: about to exit" },
  {
    name: "aborts",
    functionName: "poisonAbort",
    end: { exitCode: null, signal: "SIGABRT" },
    lastWords: "JavaScript stack trace",
  },
  {
    name: "runs out of memory",
    functionName: "poisonMemory",
    end: { exitCode: null, signal: "SIGABRT" },
    lastWords: "JavaScript heap out of memory",
  },
];

interface DeathReport {
  readonly stderr: readonly string[];
  readonly rssBytes: number;
}

// a worker that is out of memory aborts too: `scripts/torture --faults` has both
const inEveryRun = poisons.filter(({ name }) => name !== "aborts");

test.concurrent.for(shortOrFull(inEveryRun, poisons).map((poison) => [poison.name, poison] as const))(
  "a function that %s fails after three deaths, with what is known of each; the others of its worker finish",
  async ([, { functionName, end, lastWords }], context) => {
    const stage = await FaultStage.set(context, { env: { NODE_OPTIONS: "--max-old-space-size=48" } });
    const notes = await NoteFile.make(context);
    await stage.startWorkers(1, "--slots", "4");
    const grid = await stage.connect();
    const tags = Array.from({ length: 12 }, (_, i) => `innocent ${i}`);
    const innocent = Promise.all(tags.map((tag) => grid.enqueue("pool", ["rest", notes.path, tag, 300])));
    await notes.has("innocent", 2);
    const error = await grid.enqueue("pool", [functionName]).then(
      () => undefined,
      (thrown: RequestError) => thrown,
    );
    expect(await innocent).toEqual(tags);
    expect(error).toMatchObject({ code: "WORKER_LOST", details: { losses: 3, reports: [end, end, end] } });
    for (const report of (error?.details["reports"] ?? []) as DeathReport[]) {
      expect(report.stderr.join("\n")).toContain(lastWords);
      expect(report.rssBytes).toBeGreaterThan(20_000_000);
    }
  },
);

/** A function fails by its losses or, where a new worker evaluates its call first, by those of that call. */
async function lossOf(request: Promise<unknown>): Promise<unknown> {
  const error = await request.then(
    () => undefined,
    (thrown: RequestError) => thrown,
  );
  return error?.code === "FUNCTION_FAILED" ? Object.values(error.info)[0] : error;
}

// with one supervisor each, since what a start takes is most of what this costs; but a supervisor pauses longer after each death of a row
test.concurrent.for([
  ["calls what ends its worker, also in memory,", ["callsPoison", "poisonWithin"]],
  ["ends its worker while it waits", ["poisonLater"]],
] as const)(
  "a function that %s fails after its attempts, each a death of its only worker",
  async ([, names], context) => {
    const losses = shortOrFull(2, 3);
    const stage = await FaultStage.set(context);
    const grid = await stage.connect();
    let workers: StartedCommand | undefined;
    for (const name of names) {
      if (workers === undefined || shortOrFull(false, true)) {
        await workers?.killAll();
        workers = await stage.startWorkers(1, "--max-attempts", String(losses));
      }
      expect(await lossOf(grid.enqueue("pool", [name])), name).toMatchObject({
        code: "WORKER_LOST",
        details: { losses },
      });
    }
  },
);

test.concurrent("a function whose call has its only worker killed each time fails in the end", async (context) => {
  const stage = await FaultStage.set(context);
  await stage.startWorkers(1, "--max-attempts", "2");
  const grid = await stage.connect();
  expect(await lossOf(grid.enqueue("pool", ["callsKill"]))).toMatchObject({ code: "WORKER_LOST" });
});

describe.concurrent("no loss is counted", () => {
  const rest = (path: string, ms: number) => ["rest", path, "held", ms] as const;

  // With one attempt, the first loss would fail the request.
  test.for([
    ["a drain that does not wait for what runs", ["SIGTERM"]],
    ["a stop", ["SIGTERM", "SIGTERM"]],
  ] as const)("for %s", async ([, signals], context) => {
    const stage = await FaultStage.set(context);
    const notes = await NoteFile.make(context);
    const flags = ["--max-attempts", "1", "--drain-timeout-ms", signals.length === 1 ? "100" : "20000"];
    const first = await stage.startWorkers(1, ...flags);
    const value = (await stage.connect()).enqueue("pool", rest(notes.path, 1_500));
    await notes.has("held");
    for (const signal of signals) {
      first.kill(signal);
      await first.says("draining the workers");
    }
    await first.ended;
    await stage.startWorkers(1, ...flags);
    expect(await value).toBe("held");
    expect(await notes.lines()).toHaveLength(2);
  });

  test("for a lost connection, once the worker is back", async (context) => {
    const stage = await FaultStage.set(context);
    const notes = await NoteFile.make(context);
    const link = await stage.link();
    await stage.startWorkers(1, "--lease-ms", "1s", "--url", link.url);
    await stage.startDistributor().says("became head of the pool");
    const request = rest(notes.path, 6_000);
    const value = (await stage.connect()).enqueue("pool", request);
    await notes.has("held");
    const id = requestId(encodeRequest(request).canonical);
    link.proxy.cut();
    await stage.until(({ members }) => members.every(({ kind }) => kind === "distributor"));
    expect(await stage.keeper.inspectRequest(id)).toMatchObject({ state: "queued", losses: 1 });
    link.proxy.recover();
    await stage.until(({ members }) => members.length === 2);
    expect(await stage.keeper.inspectRequest(id)).toMatchObject({ losses: 0 });
    expect(await value).toBe("held");
    expect(await notes.lines()).toHaveLength(1);
  });
});
