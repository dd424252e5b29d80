/** Places where functions wait until a test lets them go on, so that tests wait for events and never for time. */
export class Gate {
  #open: () => void = () => undefined;
  #tellReached: () => void = () => undefined;
  readonly #opened = new Promise<void>((resolve) => {
    this.#open = resolve;
  });
  /** Resolves when a caller has come to the gate. */
  readonly reached = new Promise<void>((resolve) => {
    this.#tellReached = resolve;
  });
  /** How many have come so far. */
  arrivals = 0;

  /** For functions: waits until the gate is open. */
  pass(): Promise<void> {
    this.arrivals += 1;
    this.#tellReached();
    return this.#opened;
  }

  open(): void {
    this.#open();
  }
}
