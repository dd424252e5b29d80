/**
 * Keeps a file to one process at a time. Beside it lies another with the process that has it, for as long as that has it; one that a
 * process has left by dying is taken over, on the same machine.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";

/** Locks that this process holds, by path. */
const held = new Set<string>();

/** A lock that is held until it is released. */
export interface FileLock {
  release(): void;
}

/** The lock of a file; or, as a text, which process has it. */
export function lockFile(path: string): FileLock | string {
  const place = `${path}.lock`;
  for (;;) {
    try {
      writeFileSync(place, ownerHere(), { flag: "wx", mode: 0o600 });
      held.add(place);
      return { release: () => release(place) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const owner = ownerOf(place);
      if (owner !== undefined && isAlive(owner, place)) return `${owner}, by ${place}`;
      removeStale(place, owner);
    }
  }
}

function release(place: string): void {
  held.delete(place);
  rmSync(place, { force: true });
}

function ownerHere(): string {
  return `process ${process.pid} on ${hostname()}`;
}

/** Undefined where the lock has been released meanwhile. */
function ownerOf(place: string): string | undefined {
  try {
    return readFileSync(place, "utf8");
  } catch {
    return undefined;
  }
}

/** A process of another machine cannot be looked for, and counts as alive. A number of this process may be that of one before it. */
function isAlive(owner: string, place: string): boolean {
  if (owner === ownerHere()) return held.has(place);
  const [, processId, host] = /^process (\d+) on (.+)$/.exec(owner) ?? [];
  if (host !== hostname()) return host !== undefined;
  try {
    process.kill(Number(processId), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** By its new name it is seen to be the one that was read: another process may have taken over in between. */
function removeStale(place: string, owner: string | undefined): void {
  const aside = `${place}.${process.pid}`;
  try {
    renameSync(place, aside);
  } catch {
    return;
  }
  if (ownerOf(aside) === owner) rmSync(aside, { force: true });
  else renameSync(aside, place);
}
