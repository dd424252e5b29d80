/** What each action of `callgrid sweep` gets. */
import type { Embedded } from "../command-line/command.ts";
import type { CliIo } from "../terminal/io.ts";
import type { SweepOptions } from "./sweep-options.ts";

export interface SweepCall {
  readonly io: CliIo;
  readonly embedded: Embedded;
  readonly options: SweepOptions;
  /** What follows the action. */
  readonly operands: readonly string[];
}

/** Resolves to the exit code. */
export type SweepAction = (call: SweepCall) => Promise<number>;
