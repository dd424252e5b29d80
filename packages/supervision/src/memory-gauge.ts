/**
 * Watches from outside how much memory a process takes. A process that is about to die of it is too busy to say so itself.
 * Only Linux tells; elsewhere what the process says of itself once a second has to do.
 */
import { readFile } from "node:fs/promises";
import type { CancelTimer, Clock } from "@callgrid/core";

const everyMs = 250;
const bytesPerKib = 1_024;

export class MemoryGauge {
  readonly #processId: number;
  readonly #clock: Clock;
  readonly #onRead: (rssBytes: number) => void;
  #cancel: CancelTimer = () => undefined;
  #isStopped = false;

  constructor(processId: number, { clock, onRead }: { clock: Clock; onRead: (rssBytes: number) => void }) {
    this.#processId = processId;
    this.#clock = clock;
    this.#onRead = onRead;
  }

  start(): void {
    this.#cancel = this.#clock.background(everyMs, () => void this.#read());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  async #read(): Promise<void> {
    const rssBytes = await readRssBytes(this.#processId);
    if (this.#isStopped || rssBytes === undefined) return;
    this.#onRead(rssBytes);
    this.start();
  }
}

/** Undefined where the system does not tell, and for a process that has ended. */
async function readRssBytes(processId: number): Promise<number | undefined> {
  try {
    const kib = /^VmRSS:\s*(\d+) kB$/m.exec(await readFile(`/proc/${processId}/status`, "utf8"))?.[1];
    return kib === undefined ? undefined : Number(kib) * bytesPerKib;
  } catch {
    return undefined;
  }
}
