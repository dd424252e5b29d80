/**
 * Input that peers have written and this process cannot read: it is skipped, counted in the pool's statistics, and logged once for each
 * kind. A peer may be newer, or faulty, or no callgrid at all; none of them may end a process.
 */
import type { ConnectionLog } from "./connection-log.ts";

/** The kinds of what cannot be read. */
export type UnreadableKind =
  | "inbox message of unknown kind"
  | "malformed inbox message"
  | "misplaced inbox message"
  | "malformed claim"
  | "malformed member"
  | "malformed host"
  | "malformed capacity"
  | "malformed announcement"
  | "malformed code note"
  | "malformed function"
  | "malformed mismatch";

/** A burst is reported by one call, in ms. */
const reportAfterMs = 1_000;

export interface UnreadableInputParts {
  readonly pool: string;
  readonly log: ConnectionLog;
  /** Adds to the pool's statistics. */
  readonly report: (count: number) => void;
}

export class UnreadableInput {
  readonly #parts: UnreadableInputParts;
  readonly #logged = new Set<UnreadableKind>();
  #count = 0;

  constructor(parts: UnreadableInputParts) {
    this.#parts = parts;
  }

  note(kind: UnreadableKind, details: Readonly<Record<string, string>> = {}): void {
    this.#count += 1;
    if (this.#count === 1) setTimeout(() => this.#report(), reportAfterMs).unref();
    if (this.#logged.has(kind)) return;
    this.#logged.add(kind);
    const { pool, log } = this.#parts;
    log.warn({ pool, ...details }, `${kind} skipped: another version of callgrid wrote it, or another program`);
  }

  #report(): void {
    const count = this.#count;
    this.#count = 0;
    this.#parts.report(count);
  }
}
