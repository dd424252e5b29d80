/**
 * Launches workers on another machine, over a command that carries stdin and stdout there, such as ssh. At the other end
 * `callgrid remote-workers` supervises them; the two ends send each other what a supervisor and its child process do, as lines of JSON.
 *
 * Ending ssh ends nothing over there: its server closes the pipes, and sends no signal. So the other end takes the end of its
 * stdin for the loss of its launcher, and drains; and because a link may be cut without notice to either end, it does the same
 * when it has heard nothing for `launcherSilenceMs`, within which this end sends empty lines.
 */
import { spawn } from "node:child_process";
import { type Clock, Periodic } from "@callgrid/core";
import { fillTemplate } from "./command-template.ts";
import type { LaunchedWorker, Launcher, ProcessEnd } from "./launcher.ts";
import { endOf } from "./process-end.ts";
import { readWorkerMessage, type WorkerMessage } from "./supervision-messages.ts";
import { WholeLines } from "./whole-lines.ts";

/** Where to launch, and over what. */
export interface CommandPlace {
  /**
   * Text in the words of a shell, or the words. `{host}` stands for the host, `{command}` for the command as text for a shell, and
   * `{arguments}` for its words one by one. `ssh {host} -- {command}`, `docker exec -i {host} {arguments}`.
   */
  readonly command: string | readonly string[];
  readonly host: string;
  /** How callgrid is started over there; default `["callgrid"]`. */
  readonly program?: readonly string[];
  /** How many worker processes; default 1. */
  readonly count?: number;
}

/** Without a word from its launcher for so long, the other end drains, in ms. */
export const launcherSilenceMs = 60_000;

const signsPerSilence = 6;
/** Of shells: a program that cannot be run, and one that is not there. */
const noProgramCodes: readonly unknown[] = [126, 127];

/**
 * A launcher for one place. What it starts is one child process here, for a supervisor with a `count` of 1, and `count` workers
 * there. Options and passwords travel through the pipe and are on no command line.
 *
 * @throws GridError `INVALID_OPTION` for a command without a place for the worker command, and for an invalid host.
 * @example
 * ```ts
 * import { systemClock } from "@callgrid/core";
 * import { commandLauncher } from "@callgrid/supervision";
 *
 * const place = { command: "ssh -o BatchMode=yes {host} -- {command}", host: "ada@lab-3", count: 8 };
 * const launcher = commandLauncher(place, { stderr: process.stderr, clock: systemClock });
 * ```
 */
export function commandLauncher(
  { command: template, host, program = ["callgrid"], count = 1 }: CommandPlace,
  { stderr, clock }: { readonly stderr: NodeJS.WritableStream; readonly clock: Clock },
): Launcher {
  const [command, ...args] = fillTemplate(template, { host, command: [...program, "remote-workers"] });
  return (onMessage) => {
    let hasAnswered = false;
    const take = (message: WorkerMessage): void => {
      hasAnswered = true;
      onMessage(message);
    };
    const launched = launch(command, args, { count, stderr, clock, onMessage: take });
    const ended = launched.ended.then((end) => {
      if (!hasAnswered && isNoProgram(end)) take(noProgram(host, end));
      return { ...end, leavesWorkers: true };
    });
    return { ...launched, ended };
  };
}

interface CommandRun {
  readonly count: number;
  readonly stderr: NodeJS.WritableStream;
  readonly clock: Clock;
  readonly onMessage: (message: WorkerMessage) => void;
}

/** In a group of its own: a terminal's Ctrl-C must not cut the link through which the workers receive the order to end. */
function launch(
  command: string,
  args: readonly string[],
  { count, stderr, clock, onMessage }: CommandRun,
): LaunchedWorker {
  const child = spawn(command, args, { detached: true, stdio: ["pipe", "pipe", "pipe"] });
  const lines = new WholeLines((text) => {
    for (const line of text.split("\n")) takeLine(line, { stderr, onMessage });
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => lines.add(text));
  // An error here means that the process has just ended, which `ended` reports.
  child.stdin.on("error", () => undefined);
  // so often that a sign may get lost
  const everyMs = launcherSilenceMs / signsPerSilence;
  const signs = new Periodic({ clock, everyMs, round: () => void child.stdin.write("\n") });
  void signs.start();
  const ended = endOf(child, stderr, clock).finally(() => signs.stop());
  return {
    processId: child.pid,
    send: (message) => {
      child.stdin.write(`${JSON.stringify(message.kind === "start" ? { ...message, count } : message)}\n`);
    },
    kill: () => killGroup(child.pid),
    ended,
  };
}

/** Login scripts over there may write to stdout as well: what is not a message goes where the log goes. */
function takeLine(line: string, { stderr, onMessage }: Pick<CommandRun, "stderr" | "onMessage">): void {
  if (line === "") return;
  const message = readWorkerMessage(parsed(line));
  if (message === undefined) stderr.write(`${line}\n`);
  else onMessage(message);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function killGroup(processId: number | undefined): void {
  try {
    if (processId !== undefined) process.kill(-processId, "SIGKILL");
  } catch {
    // The whole group has ended already.
  }
}

function isNoProgram({ exitCode, signal }: ProcessEnd): boolean {
  return noProgramCodes.includes(exitCode) || (exitCode === null && signal === null);
}

function noProgram(host: string, { stderr }: ProcessEnd): WorkerMessage {
  const reason = stderr.at(-1) ?? "it says nothing";
  return { kind: "refused", code: "INVALID_OPTION", message: `callgrid cannot be started on ${host}: ${reason}` };
}
