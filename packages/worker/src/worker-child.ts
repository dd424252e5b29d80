/**
 * One worker process, from its fork to its end: carries messages to and fro, passes its output on, and keeps what it said last.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Clock, sleep } from "@callgrid/core";
import { LastLines } from "./last-lines.ts";
import { MemoryGauge } from "./memory-gauge.ts";
import { readWorkerMessage, type SupervisorMessage, type WorkerMessage } from "./supervision-messages.ts";
import { WholeLines } from "./whole-lines.ts";

/** How a process ended: by itself with a code, or by a signal. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last lines it wrote to stderr. */
  readonly stderr: readonly string[];
}

/** A worker process as its supervisor sees it. */
export interface WorkerChild {
  readonly processId: number | undefined;
  /** Does nothing once the process has ended. */
  tell(message: SupervisorMessage): void;
  /** Ends the process without its doing. */
  kill(): void;
  /** Resolves when it has ended, however that came; never rejects. */
  readonly ended: Promise<ProcessEnd>;
}

/** Starts a worker process. */
export type StartWorkerChild = (onMessage: (message: WorkerMessage) => void) => WorkerChild;

const keptLines = 20;
// Output may follow the exit; a process that inherited the pipe may hold it open much longer.
const outputPatienceMs = 500;
const standardError = 2;

/**
 * Starts processes with this process's own Node flags. Their stderr goes to `stderr`, and so does what they write to stdout,
 * which belongs to results.
 */
export function workerChildStarter(stderr: NodeJS.WritableStream, clock: Clock): StartWorkerChild {
  return (onMessage) => {
    const process = fork(fileURLToPath(entry()), [], {
      execArgv: nodeFlags(),
      stdio: ["ignore", standardError, "pipe", "ipc"],
    });
    process.on("message", (message) => {
      const known = readWorkerMessage(message);
      if (known !== undefined) onMessage(known);
    });
    const ended = endOf(process, stderr, clock);
    if (process.pid !== undefined) {
      const gauge = new MemoryGauge(process.pid, {
        clock,
        onRead: (rssBytes) => onMessage({ kind: "memory", rssBytes }),
      });
      gauge.start();
      process.once("exit", () => gauge.stop());
    }
    return {
      processId: process.pid,
      tell: (message) => {
        // An error here means that the process has just ended, which `ended` tells.
        if (process.connected) process.send(message, () => undefined);
      },
      kill: () => {
        process.kill("SIGKILL");
      },
      ended,
    };
  };
}

async function endOf(process: ChildProcess, stderr: NodeJS.WritableStream, clock: Clock): Promise<ProcessEnd> {
  const lines = new LastLines(keptLines);
  const whole = new WholeLines((text) => stderr.write(text));
  process.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lines.add(text);
    whole.add(text);
  });
  const closed = new Promise<void>((resolve) => {
    process.once("close", () => resolve());
  });
  const end = await exitOf(process, lines);
  await Promise.race([closed, sleep(clock, outputPatienceMs)]);
  whole.end();
  return { ...end, stderr: lines.lines };
}

function exitOf(process: ChildProcess, lines: LastLines): Promise<Pick<ProcessEnd, "exitCode" | "signal">> {
  return new Promise((resolve) => {
    process.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
    process.on("error", (error) => {
      if (process.pid !== undefined) return;
      lines.add(`${error.message}\n`);
      resolve({ exitCode: null, signal: null });
    });
  });
}

const isSource = import.meta.url.endsWith(".ts");

function entry(): URL {
  return new URL(isSource ? "./worker-process.ts" : "./worker-process.js", import.meta.url);
}

/** Run from its TypeScript source, this package needs the loader that its users' modules get. */
function nodeFlags(): string[] {
  return isSource ? [...process.execArgv, "--import", import.meta.resolve("tsx")] : process.execArgv;
}
