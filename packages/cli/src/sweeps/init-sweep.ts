/** `callgrid sweep init`: writes a sweep that runs as it is. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { join } from "node:path";
import { GridError, messageOf } from "@callgrid/core";
import { exitCodes } from "../terminal/exit-codes.ts";
import { writeLine } from "../terminal/io.ts";
import type { SweepCall } from "./sweep-action.ts";
import { sweepTemplates } from "./templates.ts";

export async function initSweep({ io, options: { folder } }: SweepCall): Promise<number> {
  const templates = sweepTemplates({ name: ownName(), cores: availableParallelism() });
  const present = [...templates.keys()].map((name) => join(folder, name)).find((path) => existsSync(path));
  if (present !== undefined) throw refusal(`${present} is there already; nothing was written`);
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of templates) writeFileSync(join(folder, name), text, { flag: "wx" });
  } catch (cause) {
    throw refusal(`${folder} cannot be written: ${messageOf(cause)}`, cause);
  }
  for (const name of templates.keys()) await writeLine(io.stdout, join(folder, name));
  return exitCodes.fine;
}

/** As the name of a machine may be. */
function ownName(): string {
  return (
    hostname()
      .replace(/[^\w.-]/g, "-")
      .replace(/^[.-]+/, "")
      .slice(0, 64) || "here"
  );
}

function refusal(problem: string, cause?: unknown): GridError {
  return new GridError("INVALID_OPTION", `sweep init: ${problem}`, { cause });
}
