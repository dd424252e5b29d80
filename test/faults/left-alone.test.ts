/** Worker processes whose supervisor is killed, and Redis with it: whatever they are at, none of them stays. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { platform } from "node:os";
import { Random } from "@callgrid/core";
import { describe, expect, type TestContext, test } from "vitest";
import { propertySeed } from "../harness/chance.ts";
import { StartedCommand } from "../harness/command.ts";
import { shortOrFull } from "../harness/fault-length.ts";
import { fixture } from "../harness/fixture.ts";
import { NoteFile } from "../harness/note-file.ts";
import { RedisServer } from "../harness/redis-server.ts";
import { until } from "../harness/until.ts";

const functions = fixture("faults/left-alone");
/** How Redis is lost: it ends, or it answers no more. */
type RedisLoss = "SIGKILL" | "SIGSTOP";

/** Longer than it takes to kill a supervisor that drains. */
const longDrainMs = 4_000;

interface SupervisorOptions {
  /** What the module of functions does while it is loaded. */
  readonly loading?: string;
  readonly drainTimeoutMs?: number;
  readonly node?: string;
}

class Stage {
  readonly redis: RedisServer;
  /** What the workers are at, see the fixture. */
  readonly note: NoteFile;
  readonly #context: TestContext;

  private constructor(redis: RedisServer, note: NoteFile, context: TestContext) {
    this.redis = redis;
    this.note = note;
    this.#context = context;
  }

  static async set(context: TestContext): Promise<Stage> {
    const redis = await RedisServer.start();
    context.onTestFinished(() => redis.stop());
    return new Stage(redis, await NoteFile.make(context), context);
  }

  start(args: readonly string[], loading = ""): StartedCommand {
    const env = { CALLGRID_URL: this.redis.url, NOTE: this.note.path, LOADING: loading };
    const command = new StartedCommand(args, env);
    this.#context.onTestFinished(() => command.killAll());
    return command;
  }

  supervisor({ loading = "", drainTimeoutMs = 500, node = "worker" }: SupervisorOptions = {}): StartedCommand {
    const least = node === "host" ? ["--min", "1", "--max", "1"] : [];
    const args = [node, ...least, "--pool", "pool", "--functions", functions, "--json"];
    return this.start([...args, "--drain-timeout-ms", String(drainTimeoutMs)], loading);
  }

  /** Has a worker run this function, which never ends; resolves when it does. */
  async run(functionName: "waits" | "computes"): Promise<void> {
    this.start(["enqueue", "pool", JSON.stringify([functionName])]);
    await this.note.has(functionName);
  }
}

/** The processes that these have started, and that live. */
function childrenOf(parents: readonly number[]): number[] {
  return processes("-A").flatMap(({ id, parent }) => (parents.includes(parent) ? [id] : []));
}

function processIdOf({ process: { pid = 0 } }: StartedCommand): number {
  return pid;
}

/** Of those that `ps` selects by these flags. One that has ended and waits until its parent notices does not count. */
function processes(...selection: readonly string[]): Array<{ id: number; parent: number }> {
  const { stdout } = spawnSync("ps", [...selection, "-o", "pid=,ppid=,stat="], { encoding: "utf8" });
  const words = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  return words
    .filter(({ length }) => length === 3)
    .filter(([, , state]) => state?.startsWith("Z") !== true)
    .map(([id, parent]) => ({ id: Number(id), parent: Number(parent) }));
}

function areGone(ids: readonly number[]): boolean {
  const found = ids.filter(isThere);
  return found.length === 0 || (!isLinux && processes("-p", found.join()).length === 0);
}

const isLinux = platform() === "linux";

/**
 * Whether there is such a process. On Linux one that has ended and waits until its parent notices does not count: its file says so, and
 * to start `ps` again and again would take the processor from what is waited for.
 */
function isThere(id: number): boolean {
  try {
    return process.kill(id, 0) && (!isLinux || !/^State:\s+Z/m.test(readFileSync(`/proc/${id}/status`, "utf8")));
  } catch {
    return false;
  }
}

function workersOf(supervisor: StartedCommand): number[] {
  const workers = childrenOf([processIdOf(supervisor)]);
  expect(workers).not.toEqual([]);
  return workers;
}

/** Kills a supervisor together with Redis, and resolves when its workers have ended. */
async function leaveAlone(
  stage: Stage,
  supervisor: StartedCommand,
  { loss, workers = workersOf(supervisor) }: { readonly loss: RedisLoss; readonly workers?: readonly number[] },
): Promise<void> {
  await stage.redis.kill(loss);
  supervisor.kill("SIGKILL");
  await until(() => areGone(workers), 250);
}

describe.concurrent.each<RedisLoss>(["SIGKILL", "SIGSTOP"])(
  "a worker ends that loses its supervisor, and Redis by %s",
  (loss) => {
    // with Redis silent there is each thing that a worker can be at; `scripts/torture --faults` has all of them for both losses
    const further = test.runIf(loss === "SIGSTOP" || shortOrFull(false, true));
    const inFull = test.runIf(shortOrFull(false, true));

    async function leaveAloneLoading(loading: "waits" | "computes", context: TestContext): Promise<void> {
      const stage = await Stage.set(context);
      const supervisor = stage.supervisor({ loading });
      await stage.note.has(loading);
      await leaveAlone(stage, supervisor, { loss });
    }

    inFull("while a module that it loads waits forever", (context) => leaveAloneLoading("waits", context));

    further("while a module that it loads computes forever", (context) => leaveAloneLoading("computes", context));

    test("while it connects", async (context) => {
      const stage = await Stage.set(context);
      const supervisor = stage.supervisor({ loading: "is held" });
      await stage.note.has("is held");
      await stage.redis.kill(loss);
      await appendFile(stage.note.path, "released\n");
      await leaveAlone(stage, supervisor, { loss });
    });

    further.for(["worker", "host"])("while it is idle, started by callgrid %s", async (node, context) => {
      const stage = await Stage.set(context);
      const supervisor = stage.supervisor({ node });
      await supervisor.firstLine();
      await leaveAlone(stage, supervisor, { loss });
    });

    async function leaveAloneRunning(name: "waits" | "computes", context: TestContext): Promise<void> {
      const stage = await Stage.set(context);
      const supervisor = stage.supervisor();
      await supervisor.firstLine();
      await stage.run(name);
      await leaveAlone(stage, supervisor, { loss });
    }

    inFull("while a function that it runs waits forever", (context) => leaveAloneRunning("waits", context));

    test("while a function that it runs computes forever", (context) => leaveAloneRunning("computes", context));

    further("while it drains", async (context) => {
      const stage = await Stage.set(context);
      const supervisor = stage.supervisor({ drainTimeoutMs: longDrainMs });
      await supervisor.firstLine();
      await stage.run("waits");
      const workers = workersOf(supervisor);
      supervisor.kill("SIGTERM");
      await supervisor.says("draining the workers");
      await leaveAlone(stage, supervisor, { loss, workers });
    });

    further("while it leaves a pool that does not answer", async (context) => {
      const stage = await Stage.set(context);
      const supervisor = stage.supervisor({ drainTimeoutMs: longDrainMs });
      await supervisor.firstLine();
      await stage.redis.kill(loss);
      const workers = workersOf(supervisor);
      supervisor.kill("SIGTERM");
      await supervisor.says("draining the workers");
      await leaveAlone(stage, supervisor, { loss, workers });
    });

    further("and so does what was launched from another machine, when its launcher is gone", async (context) => {
      const stage = await Stage.set(context);
      const launched = stage.start(["remote-workers"]);
      const options = { pool: "pool", url: stage.redis.url, drainTimeoutMs: 500 };
      const settings = { functions: [functions], options, logLevel: "info" };
      launched.process.stdin.write(`${JSON.stringify({ kind: "start", settings, count: 1 })}\n`);
      await launched.firstLine();
      const ids = [processIdOf(launched), ...childrenOf([processIdOf(launched)])];
      await stage.redis.kill(loss);
      launched.process.stdin.end();
      await until(() => areGone(ids), 250);
    });

    inFull("at any moment of its start", async (context) => {
      const stage = await Stage.set(context);
      const supervisors = Array.from({ length: 4 }, () => stage.supervisor());
      const ids = supervisors.map(processIdOf);
      const workers = await until(() => {
        const children = childrenOf(ids);
        return children.length === ids.length && children;
      });
      const random = new Random(`moments ${propertySeed}`);
      const moments = supervisors.map(() => random.uniform(0, 1_500)).sort((one, other) => one - other);
      await Promise.all(
        supervisors.map(async (supervisor, place) => {
          await new Promise((resolve) => setTimeout(resolve, moments[place]));
          if (place === 0) await stage.redis.kill(loss);
          supervisor.kill("SIGKILL");
        }),
      );
      await until(() => areGone(workers), 250);
    });
  },
);
