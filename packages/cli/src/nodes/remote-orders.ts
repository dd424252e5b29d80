/**
 * What a launcher on another machine orders, read from stdin: what to start, and then when to end, as the signals that would say
 * the same. The end of stdin is an order to drain, and so is a silence that is too long: the launcher, or the link, is gone.
 */
import type { Readable } from "node:stream";
import { type CancelTimer, type Clock, GridError, textLines } from "@callgrid/core";
import { launcherSilenceMs, type WorkerSettings } from "@callgrid/supervision";
import type { EndSignal } from "../terminal/io.ts";

/** What to start. */
export interface LaunchOrder {
  readonly settings: WorkerSettings;
  /** How many worker processes. */
  readonly count: number;
}

const drainSignals = 1;
const stopSignals = 2;

export class RemoteOrders {
  /** Rejects with `INVALID_OPTION` if something else comes first, or nothing. */
  readonly start: Promise<LaunchOrder>;
  readonly #clock: Clock;
  readonly #stdin: Readable;
  readonly #listeners = new Set<(signal: EndSignal) => void>();
  #signals = 0;
  #cancelSilence: CancelTimer = () => undefined;
  #accept: (order: LaunchOrder) => void = () => undefined;
  #refuse: (error: GridError) => void = () => undefined;

  constructor(stdin: Readable, clock: Clock) {
    this.#clock = clock;
    this.start = new Promise((resolve, reject) => {
      this.#accept = resolve;
      this.#refuse = reject;
    });
    this.#stdin = stdin;
    void this.#read();
    this.#listenForSigns();
  }

  /** Calls back for each signal that an order means, those that came before included; returns what stops that. */
  onSignal(listener: (signal: EndSignal) => void): () => void {
    this.#listeners.add(listener);
    for (let sent = 0; sent < this.#signals; sent += 1) listener("SIGTERM");
    return () => this.#listeners.delete(listener);
  }

  /** Reads no more. */
  stop(): void {
    this.#cancelSilence();
    this.#listeners.clear();
    this.#stdin.destroy();
  }

  async #read(): Promise<void> {
    try {
      for await (const { text } of textLines(this.#stdin, "stdin")) this.#take(text);
    } catch {
      // The link is broken, or what comes over it is not from a launcher: both mean the same as its end.
    }
    this.#end(drainSignals);
  }

  #take(line: string): void {
    this.#listenForSigns();
    if (line === "") return;
    const order = readOrder(line);
    if (order?.kind === "start") this.#accept(order);
    else if (order?.kind === "drain") this.#end(drainSignals);
    else if (order?.kind === "stop") this.#end(stopSignals);
    else this.#refuse(notLaunched());
  }

  /** The first signal drains, the second stops at once: there are never more of either than were ordered. */
  #end(signals: number): void {
    this.#refuse(notLaunched());
    while (this.#signals < signals) {
      this.#signals += 1;
      for (const listener of this.#listeners) listener("SIGTERM");
    }
  }

  #listenForSigns(): void {
    this.#cancelSilence();
    this.#cancelSilence = this.#clock.background(launcherSilenceMs, () => this.#end(drainSignals));
  }
}

type Order = ({ readonly kind: "start" } & LaunchOrder) | { readonly kind: "drain" | "stop" };

/** Launcher and launched are one program: what is JSON here is an order, whose settings are checked with the other options. */
function readOrder(line: string): Order | undefined {
  try {
    return JSON.parse(line) as Order;
  } catch {
    return undefined;
  }
}

function notLaunched(): GridError {
  return new GridError(
    "INVALID_OPTION",
    "callgrid remote-workers is called by a launcher, which writes what to start to its stdin",
    {
      details: { path: "stdin" },
    },
  );
}
