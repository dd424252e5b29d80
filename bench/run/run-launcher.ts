/** Has runs done, each by a process group of its own, so that nothing of one run is there in the next, hung or not. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { RunOutcome } from "../measurement.ts";
import type { RunOrder } from "./run-order.ts";

const entry = new URL("./run-process.js", import.meta.url);
const lastLinesLength = 300;

export class RunLauncher {
  readonly #timeoutMs: number;
  #child: ChildProcess | undefined;

  constructor(options: { readonly timeoutMs: number }) {
    this.#timeoutMs = options.timeoutMs;
    process.once("exit", () => this.#end());
  }

  async launch(order: RunOrder): Promise<RunOutcome> {
    const child = fork(entry, { detached: true, stdio: ["ignore", "ignore", "pipe", "ipc"] });
    this.#child = child;
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    try {
      return await outcomeOf(child, order, timeout);
    } catch (error) {
      if (!timeout.aborted) throw error;
      return { kind: "failed", reason: `no result in ${this.#timeoutMs / 1_000} s` };
    } finally {
      this.#end();
    }
  }

  /** Ends whatever the run has started; most often that has ended already. */
  #end(): void {
    const group = this.#child?.pid;
    this.#child = undefined;
    if (group === undefined) return;
    try {
      process.kill(-group, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

async function outcomeOf(child: ChildProcess, order: RunOrder, signal: AbortSignal): Promise<RunOutcome> {
  let lastLines = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    lastLines = (lastLines + chunk.toString()).slice(-lastLinesLength);
  });
  const answered = once(child, "message", { signal }).then(([outcome]) => outcome as RunOutcome);
  const ended = once(child, "exit", { signal }).then(([code, killedBy]): RunOutcome => {
    return { kind: "failed", reason: `the run ended with ${killedBy ?? code}: ${lastLines.trim()}` };
  });
  answered.catch(() => undefined);
  ended.catch(() => undefined);
  child.send(order);
  return Promise.race([answered, ended]);
}
