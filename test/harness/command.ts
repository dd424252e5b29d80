/** The built `callgrid` command as a real process: run to its end, or started and talked to. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const bin = fileURLToPath(new URL("../../packages/callgrid/bundle/bin.js", import.meta.url));

/** How a command ended. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command gets besides its arguments. */
export interface CommandInput {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
}

/** Runs a command to its end. */
export async function runCommand(
  args: readonly string[],
  { env = {}, stdin = "" }: CommandInput = {},
): Promise<CommandResult> {
  const command = new StartedCommand(args, env);
  command.process.stdin.end(stdin);
  return command.ended;
}

/** Starts a command; it is ended with the test. */
export function startCommand(args: readonly string[], { env = {} }: CommandInput = {}): StartedCommand {
  const command = new StartedCommand(args, env);
  onTestFinished(() => command.killAll());
  return command;
}

/** A command that runs, in a group of processes of its own, as a shell would start it. */
export class StartedCommand {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Resolves when the command has ended and all its output has come. */
  readonly ended: Promise<CommandResult>;
  #stdout = "";
  #stderr = "";
  #readers: Array<() => void> = [];

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    const ownEnv = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("CALLGRID_")));
    this.process = spawn(process.execPath, [bin, ...args], { env: { ...ownEnv, ...env }, detached: true });
    this.process.stdin.on("error", () => undefined);
    this.process.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      this.#stdout += chunk;
      this.#wakeReaders();
    });
    this.process.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      this.#stderr += chunk;
      this.#wakeReaders();
    });
    this.process.once("close", () => this.#wakeReaders());
    this.ended = this.#end();
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves with the first line of stdout, as JSON, once it is there. */
  async firstLine(): Promise<unknown> {
    await this.#until(() => this.#stdout.includes("\n"), "it wrote a line");
    return JSON.parse(this.#stdout.slice(0, this.#stdout.indexOf("\n")));
  }

  /** Resolves once stderr has these words, `count` times. */
  async says(words: string, count = 1): Promise<void> {
    await this.#until(() => this.#stderr.split(words).length > count, `it said "${words}"`);
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Sends a signal to the whole group of processes, as a terminal's Ctrl-C does. */
  killGroup(signal: NodeJS.Signals): void {
    if (this.process.pid !== undefined) process.kill(-this.process.pid, signal);
  }

  async killAll(): Promise<void> {
    try {
      this.killGroup("SIGKILL");
    } catch {
      // The whole group has ended already.
    }
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, "exit");
  }

  async #until(isTrue: () => boolean, what: string): Promise<void> {
    while (!isTrue()) {
      if (this.process.exitCode !== null) throw new Error(`the command ended before ${what}:\n${this.#stderr}`);
      await new Promise<void>((resolve) => this.#readers.push(resolve));
    }
  }

  #wakeReaders(): void {
    const readers = this.#readers;
    this.#readers = [];
    for (const wake of readers) wake();
  }

  async #end(): Promise<CommandResult> {
    const [exitCode] = (await once(this.process, "close")) as [number | null];
    return { exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }
}

/** The command line of a process, as anybody on the machine can read it. */
export async function commandLineOf(processId: number): Promise<string> {
  const ps = spawn("ps", ["-o", "args=", "-p", String(processId)], { stdio: ["ignore", "pipe", "ignore"] });
  return text(ps.stdout);
}
