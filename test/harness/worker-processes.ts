/**
 * Real worker processes for end-to-end tests: the `callgrid worker` command as a user starts it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const command = new URL("../../packages/callgrid/bundle/bin.js", import.meta.url).pathname;

/** One `callgrid` command that stays up. */
export class GridProcess {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  readonly #waiting: Array<{ pattern: RegExp; count: number; resolve: () => void }> = [];

  private constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [command, ...args], {
      env: { ...process.env, ...env, CALLGRID_LOG_LEVEL: "info" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on("line", (line) => this.#take(line));
    }
  }

  /** Starts workers, and resolves when all of them have joined. */
  static async workers(options: {
    url: string;
    grid: string;
    pool?: string;
    functions: string;
    count?: number;
    more?: readonly string[];
    env?: Readonly<Record<string, string>>;
  }): Promise<GridProcess> {
    const { url, grid, pool = "pool", functions, count = 1, more = [], env = {} } = options;
    const args = ["worker", "--pool", pool, "--functions", functions, "--count", String(count), ...more];
    const started = new GridProcess(args, { ...env, CALLGRID_URL: url, CALLGRID_GRID: grid });
    await started.seen(/joined the pool/, count);
    return started;
  }

  /** Starts a distributor, and resolves when it is the head of its pool. */
  static async distributor(options: {
    url: string;
    grid: string;
    pool?: string;
    more?: readonly string[];
  }): Promise<GridProcess> {
    const { url, grid, pool = "pool", more = [] } = options;
    const started = new GridProcess(["distributor", "--pool", pool, ...more], {
      CALLGRID_URL: url,
      CALLGRID_GRID: grid,
    });
    await started.seen(/head/, 1);
    return started;
  }

  /** Resolves once `count` lines matched; rejects when the process ends before. */
  async seen(pattern: RegExp, count = 1): Promise<void> {
    if (this.#matches(pattern) >= count) return;
    const seen = new Promise<void>((resolve) => {
      this.#waiting.push({ pattern, count, resolve });
    });
    const ended = once(this.child, "exit").then(([code]) => {
      throw new Error(`it ended with ${code} before ${pattern} was seen:\n${this.lines.join("\n")}`);
    });
    ended.catch(() => undefined);
    await Promise.race([seen, ended]);
  }

  /** Asks it to end, and resolves to its exit code. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const exited = once(this.child, "exit");
    this.child.kill(signal);
    const [code] = await exited;
    return code as number | null;
  }

  #matches(pattern: RegExp): number {
    return this.lines.filter((line) => pattern.test(line)).length;
  }

  #take(line: string): void {
    this.lines.push(line);
    for (const waiting of [...this.#waiting]) {
      if (this.#matches(waiting.pattern) >= waiting.count) waiting.resolve();
    }
  }
}
