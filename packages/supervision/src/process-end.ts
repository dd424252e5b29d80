/**
 * Follows a child process to its end: passes its stderr on in whole lines, and keeps what it said last. What the process printed of its
 * environment or of an error goes on without passwords.
 */
import type { ChildProcess } from "node:child_process";
import { type Clock, within, withoutSecrets } from "@callgrid/core";
import { userFrames } from "@callgrid/worker";
import { LastLines } from "./last-lines.ts";
import type { ProcessEnd } from "./launcher.ts";
import { WholeLines } from "./whole-lines.ts";

const keptLines = 20;
// Output may follow the exit; a process that inherited the pipe may hold it open much longer.
const outputPatienceMs = 500;

/** Resolves when the process has ended, or could not be started at all. */
export async function endOf(process: ChildProcess, stderr: NodeJS.WritableStream, clock: Clock): Promise<ProcessEnd> {
  const lines = new LastLines(keptLines);
  const whole = new WholeLines((text) => stderr.write(withoutSecrets(text)));
  process.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lines.add(text);
    whole.add(text);
  });
  const closed = new Promise<void>((resolve) => {
    process.once("close", () => resolve());
  });
  const end = await exitOf(process, lines);
  await within(clock, outputPatienceMs, closed);
  whole.end();
  return { ...end, stderr: withoutGridFrames(lines.lines) };
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

/** An error that ended the process is shown as one that a function threw: without the grid's own frames. */
function withoutGridFrames(lines: readonly string[]): readonly string[] {
  return userFrames(lines.join("\n"))?.split("\n") ?? lines;
}
