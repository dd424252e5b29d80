/** Workers that are launched over a command, as they are with ssh: real processes behind a link that can be cut. */
import { execFileSync } from "node:child_process";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { connect } from "@callgrid/client";
import { requestId, systemClock } from "@callgrid/core";
import { openStatekeeper } from "@callgrid/statekeeper";
import { type CommandPlace, commandLauncher, Supervisor } from "@callgrid/supervision";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { CommandPool, commandFunctions } from "../harness/command-pool.ts";
import { HoldFile } from "../harness/hold-file.ts";
import { LogTape } from "../harness/log-tape.ts";

function pathOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

const link = [process.execPath, pathOf("../fixtures/cli/link.mjs"), "{host}", "{command}"];
const program = [process.execPath, pathOf("../../packages/callgrid/bundle/bin.js")];

/** A supervisor of workers behind a link, on a pool of the test's own. */
async function launch(given: Partial<CommandPlace> & { readonly functions?: readonly string[] } = {}) {
  const pool = new CommandPool();
  const grid = pool.env["CALLGRID_GRID"] ?? "";
  const statekeeper = await openStatekeeper(inject("redisUrl"), { grid });
  const client = await connect(inject("redisUrl"), { grid });
  const keeper = statekeeper.pool("pool");
  const tape = new LogTape();
  const stderr = new PassThrough();
  const said = text(stderr);
  const place = { command: link, host: "lab-3", program, ...given };
  const supervisor = new Supervisor(
    {
      ...{ count: 1, drainTimeoutMs: 30_000, maxAttempts: 3 },
      settings: {
        functions: given.functions ?? [commandFunctions],
        options: { pool: "pool", url: inject("redisUrl"), grid },
        logLevel: "info",
      },
    },
    {
      ...{ keeper, log: tape.log },
      launcher: commandLauncher(place, { stderr, clock: systemClock }),
    },
  );
  onTestFinished(async () => {
    await supervisor.stop();
    await client.close();
    await statekeeper.close();
  });
  const hold = await HoldFile.make();
  const evaluate = (): Promise<unknown> => client.enqueue("pool", ["hold", hold.path]);
  /** Drains the workers; resolves to all that was written to stderr. */
  const drain = async (): Promise<string> => {
    await supervisor.drain();
    stderr.end();
    return said;
  };
  return { grid, pool, keeper, supervisor, tape, drain, hold, evaluate };
}

describe("workers that are launched over a command", () => {
  it("join, evaluate, and finish what runs when they are drained; no option is on a command line", async () => {
    const { grid, pool, keeper, supervisor, hold, tape, drain, evaluate } = await launch({ count: 2 });
    await supervisor.start();
    // it has started when the first of a place has joined
    await expect.poll(() => supervisor.workers).toHaveLength(2);
    const { members } = await keeper.inspect();
    expect(members.map(({ id }) => `pool/${id}`).sort()).toEqual([...supervisor.workers].sort());
    expect(execFileSync("ps", ["axwwo", "args="]).toString()).not.toContain(grid);
    const evaluated = evaluate();
    await hold.started();
    const drained = drain();
    await pool.until((state) => state.members.length === 1);
    await hold.release();
    expect(await evaluated).toBe("held");
    const stderr = await drained;
    expect(stderr).toContain("linked with lab-3");
    expect(stderr).toContain("draining the workers");
    expect((await keeper.inspect()).members).toEqual([]);
    expect(tape.having("ended unexpectedly")).toEqual([]);
  });

  it("finish what runs and leave when the link is cut, and others are launched; nothing counts as a loss", async () => {
    const { pool, keeper, supervisor, hold, tape, evaluate } = await launch();
    await supervisor.start();
    const [former] = supervisor.workers;
    const evaluated = evaluate();
    await hold.started();
    const up = await tape.line("a worker process is up");
    process.kill(Number(up["processId"]), "SIGKILL");
    await tape.line("a worker process is up", 2);
    expect(supervisor.workers).not.toContain(former);
    const held = await keeper.inspectRequest(requestId(hold.request));
    expect(held).toMatchObject({ state: "running", owner: former?.slice(5), losses: 0 });
    await hold.release();
    expect(await evaluated).toBe("held");
    await pool.until(({ members }) => members.every(({ id }) => `pool/${id}` !== former));
  });

  it.each([
    ["a module is not there", { functions: ["/nowhere.ts"] }, "INVALID_MODULE", "/nowhere.ts"],
    ["callgrid is not there", { program: ["no-callgrid"] }, "INVALID_OPTION", "cannot be started on lab-3"],
    ["the command is not there", { command: "no-ssh {command}" }, "INVALID_OPTION", "spawn no-ssh ENOENT"],
  ])("are not launched again and again where %s", async (_, place, code, words) => {
    const { supervisor } = await launch(place);
    await expect(supervisor.start()).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });
});
