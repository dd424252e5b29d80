/** An example as its reader has it: a copy with its own packages, built, and the processes that are started in it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** How long a process may take to end after SIGTERM; it has nothing left to do but to close connections. */
const endLimitMs = 20_000;

/** The folder of an example. scripts/test-integrations has made it. */
export function exampleFolder(name: string): string {
  const parent = process.env["CALLGRID_INTEGRATIONS"];
  if (parent === undefined) throw new Error("expected CALLGRID_INTEGRATIONS: scripts/test-integrations sets it");
  return join(parent, name);
}

/** A process in the folder of an example; it is ended with the test. */
export class ExampleProcess {
  readonly #process: ChildProcess;
  #output = "";

  constructor(folder: string, [program = "", ...args]: readonly string[], env: Readonly<Record<string, string>>) {
    // in a group of its own, since some start others
    this.#process = spawn(program, args, { cwd: folder, env: { ...process.env, ...env }, detached: true });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on("data", (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    onTestFinished(() => this.#killGroup());
  }

  /** All that it has written. */
  get output(): string {
    return this.#output;
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  terminate(): void {
    this.#process.kill("SIGTERM");
  }

  /** Resolves with the exit code, or the signal that ended it; rejects when the process is still there after the limit. */
  async ended(): Promise<number | string | null> {
    const tooLong = AbortSignal.timeout(endLimitMs);
    if (!this.hasEnded) await once(this.#process, "exit", { signal: tooLong });
    return this.#process.exitCode ?? this.#process.signalCode;
  }

  #killGroup(): void {
    try {
      if (this.#process.pid !== undefined) process.kill(-this.#process.pid, "SIGKILL");
    } catch {
      // the whole group has ended
    }
  }
}
