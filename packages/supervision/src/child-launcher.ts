/** Launches workers as child processes of this one, with a private channel between. */
import { spawn } from "node:child_process";
import { execArgv, execPath, pid as processId } from "node:process";
import { fileURLToPath } from "node:url";
import { type Clock, entryFile } from "@callgrid/core";
import type { Launcher } from "./launcher.ts";
import { memoryGauge } from "./memory-gauge.ts";
import { endOf } from "./process-end.ts";
import { readWorkerMessage } from "./supervision-messages.ts";

/** Where the output of launched processes goes, and how they run. */
export interface ChildLauncherOptions {
  /** Takes their stderr, in whole lines. */
  readonly stderr: NodeJS.WritableStream;
  readonly clock: Clock;
  /** How much less urgent they are than other processes, 0 to 19 as `nice` has it; default 0. */
  readonly nice?: number;
  /** The most that the heap of each may take, in MB; default: Node's own limit. */
  readonly memoryMb?: number | undefined;
}

const standardError = 2;
const entry = entryFile("./worker-process.js", import.meta.url);

/**
 * Starts processes with this process's own Node flags. What they write to stdout goes to stderr as well, since stdout belongs to
 * results.
 */
export function childLauncher({ stderr, clock, nice = 0, memoryMb }: ChildLauncherOptions): Launcher {
  // by the command and not by setPriority: that would leave threads behind which the process has started by then
  const priority = nice === 0 ? [] : ["nice", "-n", String(nice)];
  return (onMessage) => {
    const [command = execPath, ...args] = [
      ...priority,
      execPath,
      ...execArgv,
      ...(memoryMb === undefined ? [] : [`--max-old-space-size=${memoryMb}`]),
      fileURLToPath(entry),
      String(processId),
    ];
    const process = spawn(command, args, { stdio: ["ignore", standardError, "pipe", "ipc"] });
    process.on("message", (message) => {
      const known = readWorkerMessage(message);
      if (known !== undefined) onMessage(known);
    });
    const ended = endOf(process, stderr, clock);
    if (process.pid !== undefined) {
      const gauge = memoryGauge(process.pid, {
        clock,
        onRead: (rssBytes) => onMessage({ kind: "memory", rssBytes }),
      });
      void gauge.start();
      process.once("exit", () => void gauge.stop());
    }
    return {
      processId: process.pid,
      send: (message) => {
        // An error here means that the process has just ended, which `ended` reports.
        if (process.connected) process.send(message, () => undefined);
      },
      kill: () => {
        process.kill("SIGKILL");
      },
      ended,
    };
  };
}
