/** The worker processes of one run: each a `worker-process.js`, asked over its channel. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { WorkerUsage } from "../system.ts";
import { noWorkerUsage } from "../system.ts";
import type { WorkerAnswer, WorkerQuestion, WorkerSetup } from "./worker-messages.ts";

const entry = new URL("./worker-process.js", import.meta.url);

export class WorkerProcesses {
  readonly #children: readonly ChildProcess[];

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children;
  }

  /** Resolves when all are ready. */
  static async start(count: number, setup: WorkerSetup): Promise<WorkerProcesses> {
    const children = Array.from({ length: count }, () => fork(entry));
    await Promise.all(children.map((child) => ask(child, { kind: "start", setup })));
    return new WorkerProcesses(children);
  }

  /** What they have used, added up. */
  async usage(): Promise<WorkerUsage> {
    const answers = await Promise.all(this.#children.map((child) => ask(child, { kind: "usage" })));
    return answers.flatMap((answer) => (answer.kind === "usage" ? [answer.usage] : [])).reduce(added, noWorkerUsage);
  }

  /** Ends them at once: their Redis ends with the run. */
  async stop(): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill("SIGKILL");
        await once(child, "exit");
      }),
    );
  }
}

async function ask(child: ChildProcess, question: WorkerQuestion): Promise<WorkerAnswer> {
  const listening = new AbortController();
  const { signal } = listening;
  const ended = once(child, "exit", { signal }).then(([code, killedBy]) => {
    throw new Error(`a worker process ended with ${killedBy ?? code}`);
  });
  const answered = once(child, "message", { signal }).then(([answer]) => answer as WorkerAnswer);
  ended.catch(() => undefined);
  answered.catch(() => undefined);
  child.send(question);
  try {
    return await Promise.race([answered, ended]);
  } finally {
    listening.abort();
  }
}

function added(total: WorkerUsage, one: WorkerUsage): WorkerUsage {
  return {
    cpuSeconds: total.cpuSeconds + one.cpuSeconds,
    residentBytes: total.residentBytes + one.residentBytes,
    peakResidentBytes: total.peakResidentBytes + one.peakResidentBytes,
    evaluations: total.evaluations + one.evaluations,
  };
}
