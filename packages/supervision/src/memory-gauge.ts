/**
 * Watches from outside how much memory a process takes. A process that is about to die of it is too busy to say so itself.
 * Only Linux reports it; elsewhere the process reports its own memory once a second.
 */
import { readFile } from "node:fs/promises";
import { type Clock, Periodic } from "@callgrid/core";

const everyMs = 250;
const bytesPerKib = 1_024;

/** Not started; it stops by itself when there is nothing more to read. */
export function memoryGauge(
  processId: number,
  { clock, onRead }: { clock: Clock; onRead: (rssBytes: number) => void },
): Periodic {
  const round = async (): Promise<void> => {
    const rssBytes = await readRssBytes(processId);
    if (rssBytes === undefined) void gauge.stop();
    else if (!gauge.isStopped) onRead(rssBytes);
  };
  const gauge = new Periodic({ clock, everyMs, round });
  return gauge;
}

/** Undefined if the system does not report it, and for a process that has ended. */
async function readRssBytes(processId: number): Promise<number | undefined> {
  try {
    const kib = /^VmRSS:\s*(\d+) kB$/m.exec(await readFile(`/proc/${processId}/status`, "utf8"))?.[1];
    return kib === undefined ? undefined : Number(kib) * bytesPerKib;
  } catch {
    return undefined;
  }
}
