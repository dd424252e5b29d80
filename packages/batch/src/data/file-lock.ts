/**
 * Keeps a file to one process at a time. Next to it lies another with the process that has it, until that one releases it; one that a
 * process has left by dying is taken over, on the same machine, also after a restart of that. A clone of a machine looks as if it had been
 * restarted: so the process touches its lock every few seconds, and one that was touched lately is not taken for one of an earlier start.
 */
import { randomUUID } from "node:crypto";
import {
  closeSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";

/** What Linux has for the process ids of the machine itself, as opposed to those of containers. */
const machineWide = "pid:[4026531836]";

const touchEveryMs = 5_000;
/** Several touches, each of which may be late on a busy machine or a slow file system. */
const leftAfterMs = 30_000;

/** Locks that this process holds, by path, with what touches them. */
const held = new Map<string, NodeJS.Timeout>();

/** A lock that is held until it is released. */
export interface FileLock {
  release(): void;
}

/**
 * The lock of a file; or, as a text, which process has it.
 *
 * @throws Error of the file system where the lock can be neither made nor read.
 */
export function lockFile(path: string): FileLock | string {
  const place = `${path}.lock`;
  for (;;) {
    try {
      writeNew(place, ownerHere());
      held.set(place, setInterval(touch, touchEveryMs, place).unref());
      return { release: () => release(place) };
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
      const owner = ownerOf(place);
      if (owner === undefined) continue;
      if (isAlive(owner, place))
        return `${owner.split("\n")[0] || "a process that starts"}; if that has ended, remove ${place}`;
      removeStale(place, owner);
    }
  }
}

/** A lock that cannot be written, as on a full disk, must not stay: without an owner it is never taken over. */
function writeNew(place: string, owner: string): void {
  const file = openSync(place, "wx", 0o600);
  try {
    try {
      writeSync(file, owner);
    } finally {
      // a network file system may report only here that its disk is full
      closeSync(file);
    }
  } catch (error) {
    rmSync(place, { force: true });
    throw error;
  }
}

/** Rewrites what it says, so that the time of its change is that of its file system: clocks of two machines are not comparable. */
function touch(place: string): void {
  const owner = ownerHere();
  try {
    if (readFileSync(place, "utf8") === owner) writeFileSync(place, owner, { flag: "r+" });
  } catch {
    // The next touch tries again.
  }
}

/** Whether it was touched lately, by the clock of its file system. One that was touched later than now is left over from before that was set back. */
function isTouched(place: string): boolean {
  return Math.abs(untouchedMs(place)) < leftAfterMs;
}

/** How long ago a lock was touched; forever where it has been released meanwhile. */
function untouchedMs(place: string): number {
  const probe = `${place}.${randomUUID()}`;
  writeNew(probe, "");
  try {
    const touchedMs = statSync(place, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
    return statSync(probe).mtimeMs - touchedMs;
  } finally {
    rmSync(probe, { force: true });
  }
}

function release(place: string): void {
  clearInterval(held.get(place));
  held.delete(place);
  if (ownerOf(place) === ownerHere()) rmSync(place, { force: true });
}

/** Process ids are numbers of a namespace, which containers of one host name do not share, and are used again after a while. */
function ownerHere(): string {
  return [`process ${process.pid} on ${hostname()}`, namespaceHere(), startOf(process.pid)].join("\n");
}

/** Undefined where the lock has been released meanwhile. */
function ownerOf(place: string): string | undefined {
  try {
    return readFileSync(place, "utf8");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    return undefined;
  }
}

/** A process of another machine or container cannot be looked for, and counts as alive. */
function isAlive(owner: string, place: string): boolean {
  if (owner === ownerHere()) return held.has(place);
  const [, processId, host, namespace, start] = /^process (\d+) on (.+)\n(.*)\n(.*)$/.exec(owner) ?? [];
  if (host !== hostname()) return true;
  if (namespace !== namespaceHere()) return !isOfEarlierStart(namespace ?? "", namespaceHere()) || isTouched(place);
  try {
    process.kill(Number(processId), 0);
  } catch (error) {
    if (codeOf(error) !== "EPERM") return false;
  }
  return startOf(Number(processId)) === start;
}

/** Which ids of processes are seen here, of which machine since which start of the system; empty where the system does not say. */
function namespaceHere(): string {
  const boot = firstLine("/proc/sys/kernel/random/boot_id");
  const machine = firstLine("/etc/machine-id");
  try {
    return `${boot} ${readlinkSync("/proc/self/ns/pid")} ${machine}`;
  } catch {
    return "";
  }
}

/**
 * Whether all processes of a namespace have ended because this machine has started again, unless they are of a clone of it. Those of a
 * container may be on another machine.
 */
export function isOfEarlierStart(namespace: string, namespaceHere: string): boolean {
  const [boot, processes, machine = ""] = namespace.split(" ");
  const [bootHere, processesHere, machineHere] = namespaceHere.split(" ");
  const isThisMachine = machine !== "" && machine === machineHere;
  return isThisMachine && processes === machineWide && processesHere === machineWide && boot !== bootHere;
}

function firstLine(path: string): string {
  try {
    return readFileSync(path, "utf8").split("\n")[0]?.trim() ?? "";
  } catch {
    return "";
  }
}

/** When a process was started, in the system's ticks (field 22 of proc_pid_stat(5)); empty where the system does not say. */
function startOf(processId: number): string {
  try {
    const status = readFileSync(`/proc/${processId}/stat`, "utf8");
    // the name, in parentheses, may have blanks
    return status.slice(status.lastIndexOf(")")).split(" ")[20] ?? "";
  } catch {
    return "";
  }
}

/** By its new name it is seen to be the one that was read: another process may have taken over in between. */
function removeStale(place: string, owner: string): void {
  const aside = `${place}.${process.pid}`;
  try {
    renameSync(place, aside);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    return;
  }
  if (ownerOf(aside) === owner) rmSync(aside, { force: true });
  else renameSync(aside, place);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
