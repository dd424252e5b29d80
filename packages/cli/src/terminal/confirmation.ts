import { createInterface } from "node:readline/promises";
import { GridError } from "@callgrid/core";
import type { CliIo } from "./io.ts";

/** What is asked before something goes, and what becomes of it without the expected answer. */
export interface Confirmation {
  readonly question: string;
  /** What has to be typed. */
  readonly expected: string;
  readonly otherwise: string;
}

/** Throws `CANCELLED` unless the user types what is expected, and `INVALID_OPTION` where there is no terminal to ask at: `--yes` is for that. */
export async function confirm(io: CliIo, { question, expected, otherwise }: Confirmation): Promise<void> {
  if ((io.stdin as { readonly isTTY?: boolean }).isTTY !== true)
    throw new GridError("INVALID_OPTION", "yes: must be given if stdin is not a terminal", {
      details: { path: "yes" },
    });
  const asking = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const answer = await asking.question(`${question} Type ${expected} to go on: `);
    if (answer.trim() !== expected) throw new GridError("CANCELLED", otherwise);
  } finally {
    asking.close();
  }
}
