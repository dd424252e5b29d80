import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
// the bundle: a thread starts from it in half the processor time that it takes from the compiled packages
import { callReentrant, define, type LocalGrid, type LocalGridOptions, localGrid } from "callgrid";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fixture as compiled } from "../../../test/harness/fixture.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "callgrid-local-grid-"));
const opened: LocalGrid[] = [];
let marks = 0;
let mark = "";

beforeEach(() => {
  mark = join(folder, `mark-${++marks}`);
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((grid) => grid.close()));
  rmSync(mark, { force: true });
});

/** A module next to the tests, by its absolute path. */
function fixture(name: string): string {
  return fileURLToPath(new URL(`../../../test/fixtures/local-grid/${name}`, import.meta.url));
}

const silent = {
  isLevelEnabled: () => false,
  level: "silent",
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
};

async function open(options: Partial<LocalGridOptions>): Promise<LocalGrid> {
  const log = { ...silent, child: () => silent } as unknown as NonNullable<LocalGridOptions["log"]>;
  const grid = await localGrid({ functions: compiled("local-grid/functions"), log, ...options });
  opened.push(grid);
  return grid;
}

/** Resolves when the file is written after this call. */
async function isWritten(path: string): Promise<void> {
  const watcher = watch(folder);
  await new Promise<void>((resolve) => {
    watcher.on("change", (_, name) => {
      if (name === basename(path)) resolve();
    });
  });
  watcher.close();
}

function unreadable<Target extends object>(target: Target, key: string): Target {
  return Object.defineProperty(target, key, {
    get() {
      throw new Error("cannot be read");
    },
  });
}

describe("an embedded grid on threads", () => {
  it("evaluates in as many threads as its options say, and never in this one", async () => {
    const grid = await open({ workers: 2 });
    const values = await grid.enqueueAll(
      grid.pool,
      Array.from({ length: 50 }, (_, call) => ["whereabouts", call] as const),
    );
    const threads = new Set(values);
    expect(threads).not.toContain(0);
    expect(threads.size).toBeLessThanOrEqual(2);
    expect((await grid.status(grid.pool)).members.filter(({ kind }) => kind === "worker")).toHaveLength(2);
    expect(grid.workers).toBe(2);
  });

  it("evaluates what was claimed with a function that never yields in another thread", async () => {
    const grid = await open({ workers: 2 });
    const short = (count: number) =>
      Array.from({ length: count }, (_, call): [string, string, number] => ["hogUntil", "", call]);
    // so that a claim takes many
    await grid.enqueueAll(grid.pool, short(300));
    const [before, long, after] = [short(40), ["hogUntil", mark, -1] as const, short(40)];
    const outcomes = [...before, long, ...after].map((request) => grid.enqueue(grid.pool, request));
    await Promise.all(outcomes.filter((_, index) => index !== before.length));
    writeFileSync(mark, "");
    expect(await outcomes[before.length]).toBe(-1);
  });

  it("has a worker for each CPU and calls its pool `pool`, unless its options say otherwise", async () => {
    const grid = await open({ functions: fixture("plain.mjs") });
    expect(grid.pool).toBe("pool");
    const { members } = await grid.status("pool");
    expect(members.filter(({ kind }) => kind === "worker")).toHaveLength(grid.workers);
  });

  it("refuses a pool that it does not have, where a request would wait for ever", async () => {
    const grid = await open({ functions: fixture("plain.mjs"), pool: "prices", workers: 1 });
    const refusal = {
      code: "INVALID_OPTION",
      message: 'unknown pool "pool": this embedded grid has one pool, "prices"',
    };
    await expect(grid.enqueue("pool", ["double", 21])).rejects.toMatchObject(refusal);
    await expect(grid.enqueueAll("pool", [["double", 21]])).rejects.toMatchObject(refusal);
    expect(() => grid.stream("pool", [["double", 21]])).toThrow(refusal.message);
    await expect(grid.status("pool")).rejects.toMatchObject(refusal);
    await expect(grid.batch({ pool: "pool", data: [1, 2], process: "double" }).result()).rejects.toMatchObject(refusal);
  });

  it("takes modules as paths from the working folder, as URLs, and several of them", async () => {
    const path = relative(process.cwd(), fixture("plain.mjs"));
    const grid = await open({
      functions: [path, new URL("../../../test/fixtures/local-grid/functions.ts", import.meta.url)],
      workers: 1,
    });
    expect(await grid.enqueue(grid.pool, ["double", 21])).toBe(42);
    expect(await grid.enqueue(grid.pool, ["whereabouts", 1])).toBeGreaterThan(0);
  });

  it("lets the program end by itself once it is closed", async () => {
    const { stdout, stderr } = await run(process.execPath, [fixture("program.mjs")]);
    expect({ stdout, stderr }).toEqual({ stdout: "42\n", stderr: "" });
  });
});

describe("a module that cannot be used", () => {
  it.each([
    ["is missing", "no-such-module.ts", /there is no module .*no-such-module\.ts/],
    ["throws while it is loaded", "throws.mjs", /this module is broken/],
    ["defines nothing", "defines-nothing.mjs", /defines no function/],
    ["ends its thread", "exits.mjs", /ended with exit code 3 while it loaded .*exits\.mjs/],
  ])("refuses the start when it %s", async (_, name, message) => {
    const error = await open({ functions: fixture(name), workers: 2 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "INVALID_MODULE", message: expect.stringMatching(message) as unknown });
  });
});

describe("a thread that dies", () => {
  it("is replaced, and what it was running is evaluated again", async () => {
    const grid = await open({ workers: 1 });
    expect(await grid.enqueue(grid.pool, ["dieOnce", mark])).toBe("evaluated again");
    expect(await grid.enqueue(grid.pool, ["whereabouts", 1])).toBeGreaterThan(0);
  });

  it("time and again fails the request that kills it, with the exit codes", async () => {
    const grid = await open({ workers: 1, maxAttempts: 2 });
    const error = await grid.enqueue(grid.pool, ["dieAlways", 9]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "WORKER_LOST",
      details: { losses: 2, reports: [{ exitCode: 9 }, { exitCode: 9 }] },
    });
    expect(await grid.enqueue(grid.pool, ["whereabouts", 1])).toBeGreaterThan(0);
  });

  it("of an error that nothing catches leaves its stack with the request", async () => {
    const grid = await open({ workers: 1, maxAttempts: 1 });
    const error = await grid.enqueue(grid.pool, ["throwOutside"]).catch((thrown: unknown) => thrown);
    expect(error).toHaveProperty("code", "WORKER_LOST");
    expect(JSON.stringify(error)).toContain("nobody catches this");
  });

  it.each(["nothing", "unreadable"])(
    "of something odd that nothing catches takes the program along in no case: %s",
    async (what) => {
      const grid = await open({ workers: 1 });
      await expect(grid.enqueue(grid.pool, ["throwOddOutside", what])).rejects.toMatchObject({ code: "WORKER_LOST" });
    },
  );

  it("of a full heap takes neither the process nor the grid along", async () => {
    const grid = await open({ workers: 1, maxAttempts: 1, workerHeapBytes: 32 * 1_048_576 });
    const error = await grid.enqueue(grid.pool, ["fillHeap"]).catch((thrown: unknown) => thrown);
    expect(error).toHaveProperty("code", "WORKER_LOST");
    expect(JSON.stringify(error)).toContain("memory limit");
    expect(await grid.enqueue(grid.pool, ["whereabouts", 1])).toBeGreaterThan(0);
  });
});

describe("closing an embedded grid", () => {
  it("ends what waits with GRID_CLOSED, and refuses what comes after", async () => {
    const grid = await open({ workers: 1 });
    const written = isWritten(mark);
    const waits = grid.enqueue(grid.pool, ["waitForever", mark]);
    waits.catch(() => undefined);
    await written;
    await grid.close();
    await expect(waits).rejects.toMatchObject({ code: "GRID_CLOSED" });
    await expect(grid.enqueue(grid.pool, ["whereabouts", 1])).rejects.toMatchObject({ code: "GRID_CLOSED" });
  });

  it("ends a thread whose function never yields", async () => {
    const grid = await open({ workers: 1, drainTimeoutMs: 0 });
    await expect(grid.enqueue(grid.pool, ["spin"], { timeoutMs: 100 })).rejects.toMatchObject({ code: "TIMEOUT" });
    await grid.close();
  });

  it("replaces a thread whose function never yields, and goes on with what else it held", async () => {
    const grid = await open({ workers: 1 });
    const spins = grid.enqueue(grid.pool, ["spin"], { timeoutMs: 100 });
    const whereabouts = grid.enqueue(grid.pool, ["whereabouts", 1]);
    await expect(spins).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(await whereabouts).toBeGreaterThan(0);
    expect((await grid.status(grid.pool)).counters["lost"] ?? 0).toBe(0);
  });

  it("can be done twice", async () => {
    const grid = await open({ functions: fixture("plain.mjs"), workers: 1 });
    await Promise.all([grid.close(), grid.close()]);
  });
});

describe("an embedded grid with functions at hand", () => {
  const triple = define("triple", (x: number): number => 3 * x);
  const ninefold = define("ninefold", async (x: number): Promise<number> => {
    const [three] = await callReentrant([[triple, x]]);
    const [nine] = await callReentrant([[triple, three]]);
    return nine;
  });

  it("runs them in this thread, with one worker", async () => {
    const grid = await open({ functions: [triple, ninefold] });
    expect(grid.workers).toBe(1);
    expect(await grid.enqueue(grid.pool, [ninefold, 5])).toBe(45);
  });

  it.each(["a message that throws", "a promise that throws", "a result that throws"])(
    "fails the request alone where a function leaves what cannot be read: %s",
    async (what) => {
      const odd = define("odd", { cache: false }, () => {
        if (what === "a message that throws") throw unreadable(new Error("odd"), "message");
        return unreadable(what === "a promise that throws" ? Promise.resolve(1) : {}, "then");
      });
      const grid = await open({ functions: [odd, define("fine", () => "fine")] });
      await expect(grid.enqueue(grid.pool, [odd])).rejects.toMatchObject({
        name: "RequestError",
        code: "FUNCTION_FAILED",
      });
      expect(await grid.enqueue(grid.pool, ["fine"])).toBe("fine");
    },
  );

  it("reports causes, and each failed request of an error that holds several", async () => {
    const no = define("no", { cache: false }, (n: number) => {
      throw new Error(`no ${n}`, { cause: new Error("unplugged") });
    });
    const both = define("both", { cache: false }, async () => {
      const all = await Promise.allSettled([callReentrant([[no, 1]]), callReentrant([[no, 2]])]);
      throw new AggregateError(
        all.map((one) => (one.status === "rejected" ? one.reason : undefined)),
        "two failed",
      );
    });
    const grid = await open({ functions: [no, both] });
    const error: unknown = await grid.enqueue(grid.pool, [both]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      msg: "two failed",
      info: { '["no",1]': { causes: [{ msg: "unplugged" }] }, '["no",2]': { msg: "no 2" } },
    });
    expect(String(error)).toContain("caused by: unplugged");
  });

  it("refuses a list of calls with a hole, which would be waited for without end", async () => {
    const holed = define("holed", async () => {
      const calls: Array<["triple", number]> = [];
      calls[1] = ["triple", 1];
      return callReentrant(calls);
    });
    const grid = await open({ functions: [triple, holed] });
    await expect(grid.enqueue(grid.pool, [holed])).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      details: { index: 0 },
    });
  });

  it("takes an imported module", async () => {
    const functions = (await import("../../../test/fixtures/local-grid/functions.ts")) as object;
    const grid = await open({ functions });
    expect(await grid.enqueue(grid.pool, ["whereabouts", 1])).toBe(0);
  });

  it("refuses more than one worker, and says what to do instead", async () => {
    await expect(open({ functions: [triple], workers: 2 })).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringMatching(/localGrid\.workers must be 1.*path of their module/) as unknown,
    });
  });
});

describe("options of an embedded grid", () => {
  it("are refused by name, with the nearest one", async () => {
    await expect(open({ worker: 2 } as object)).rejects.toThrow(/localGrid\.worker .*workers/);
    await expect(open({ workers: 0 })).rejects.toThrow(/localGrid\.workers/);
    await expect(open({ function: "f.ts" } as object)).rejects.toThrow(
      /localGrid\.function .*did you mean functions\?/,
    );
  });

  it("are refused where none are given, or something else than options", async () => {
    await expect(localGrid({} as LocalGridOptions)).rejects.toThrow(/localGrid\.functions must be given/);
    await expect(localGrid(undefined as never)).rejects.toThrow(/localGrid\.functions must be given/);
    await expect(localGrid("f.ts" as never)).rejects.toThrow(/localGrid takes its options as an object, got "f\.ts"/);
    await expect(localGrid(null as never)).rejects.toThrow(/localGrid takes its options as an object, got null/);
  });
});
