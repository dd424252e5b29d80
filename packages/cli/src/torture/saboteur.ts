/** Carries out the planned faults, one after the other, for as long as it is let; and mends everything at the end. */
import { abortable, type Clock, sleep } from "@callgrid/core";
import type { Logger } from "pino";
import { type FaultKind, faultKinds, type PlannedFault } from "./fault-plan.ts";
import type { TcpProxy } from "./tcp-proxy.ts";
import type { TortureWorkers } from "./torture-workers.ts";

/** What a {@link Saboteur} breaks. */
export interface SaboteurParts {
  readonly workers: TortureWorkers;
  readonly clientLink: TcpProxy;
  readonly workerLink: TcpProxy;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Saboteur {
  /** How often each fault was made. */
  readonly made: Record<FaultKind, number>;
  readonly #parts: SaboteurParts;

  constructor(parts: SaboteurParts) {
    this.#parts = parts;
    this.made = Object.fromEntries(faultKinds.map((kind) => [kind, 0])) as Record<FaultKind, number>;
  }

  /** Resolves once the signal is aborted and everything is as it was. */
  async work(faults: Iterator<PlannedFault, never>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const fault = faults.next().value;
      await this.#pause(fault.afterMs, signal);
      if (!signal.aborted) await this.#make(fault, signal);
    }
  }

  async #make(fault: PlannedFault, signal: AbortSignal): Promise<void> {
    const { kind, lastsMs, delayMs, replies } = fault;
    const details = { ...(kind.startsWith("delay") && { delayMs }), ...(kind.startsWith("stall") && { replies }) };
    this.#parts.log.info({ lastsMs, ...details }, `torture: ${kind}`);
    const mend = this.#begin(fault);
    if (mend === undefined) return;
    this.made[kind] += 1;
    await this.#pause(lastsMs, signal);
    mend();
  }

  /** Returns what ends the fault; nothing if there was no target. */
  #begin({ kind, delayMs, replies }: PlannedFault): (() => void) | undefined {
    const { workers, clientLink, workerLink } = this.#parts;
    if (kind === "kill worker") return workers.killOne() ? () => undefined : undefined;
    if (kind === "stop worker") return workers.stopOne();
    const link = kind.endsWith("clients") ? clientLink : workerLink;
    if (kind.startsWith("cut")) link.cut();
    else if (kind.startsWith("silence")) link.fallSilent();
    else if (kind.startsWith("stall")) link.stall(replies);
    else if (kind.startsWith("reset")) link.reset();
    else link.delay(delayMs);
    return () => link.recover();
  }

  /** Ends early with the signal. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await abortable(signal, sleep(this.#parts.clock, ms)).catch(() => undefined);
  }
}
