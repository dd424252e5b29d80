/**
 * Everything that waits in one client, so that closing ends it; and by signal, so that a signal which thousands of
 * calls share carries one listener and not thousands.
 */
import { GridError, messageOf, RebuiltMap } from "@callgrid/core";

/** Something that waits, and can be ended from outside. */
export interface OpenWait {
  readonly signal: AbortSignal | undefined;
  /** Stops waiting, withdraws what is open, and fails with the error. */
  end(error: GridError): void;
}

export class OpenWaits {
  readonly #waits = new RebuiltMap<OpenWait, true>();
  readonly #bySignal = new Map<AbortSignal, SignalWaits>();
  #isClosed = false;

  /** The wait is ended by closing and by its signal, until removed; at once where that has happened already. */
  add(wait: OpenWait): void {
    if (this.#isClosed) {
      wait.end(gridClosed());
      return;
    }
    this.#waits.set(wait, true);
    if (wait.signal === undefined) return;
    if (wait.signal.aborted) wait.end(cancelled(wait.signal));
    else this.#waitsOf(wait.signal).members.set(wait, true);
  }

  remove(wait: OpenWait): void {
    this.#waits.delete(wait);
    if (wait.signal === undefined) return;
    const waits = this.#bySignal.get(wait.signal);
    if (waits === undefined) return;
    waits.members.delete(wait);
    if (waits.members.size > 0) return;
    waits.stop();
    this.#bySignal.delete(wait.signal);
  }

  /** Ends everything, and what is added later. */
  close(): void {
    this.#isClosed = true;
    for (const wait of [...this.#waits.keys()]) wait.end(closedWhileWaiting());
  }

  #waitsOf(signal: AbortSignal): SignalWaits {
    let waits = this.#bySignal.get(signal);
    if (waits === undefined) {
      waits = new SignalWaits(signal);
      this.#bySignal.set(signal, waits);
    }
    return waits;
  }
}

class SignalWaits {
  readonly members = new RebuiltMap<OpenWait, true>();
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort);
  }

  stop(): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => {
    for (const wait of [...this.members.keys()]) wait.end(cancelled(this.#signal));
  };
}

/** The error of a call whose signal was aborted. */
export function cancelled(signal: AbortSignal): GridError {
  const reason: unknown = signal.reason;
  return new GridError("CANCELLED", `cancelled by its signal: ${messageOf(reason)}`, { cause: reason });
}

function closedWhileWaiting(): GridError {
  return new GridError(
    "GRID_CLOSED",
    "the grid was closed while this was waiting for its outcome: is an await missing?",
  );
}

/** The error of what is asked of a grid that is closed. */
export function gridClosed(): GridError {
  return new GridError("GRID_CLOSED", "the grid is closed");
}
