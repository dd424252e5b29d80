/** `callgrid sweep init`: writes a sweep that runs as it is. */
import { existsSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { join } from "node:path";
import { writeNewFiles } from "../files/new-files.ts";
import { templateFile } from "../files/template-file.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import type { SweepCall } from "./sweep-action.ts";

const names = ["sweep.ts", "sweep.toml", "machines.json", "columns.csv"];
/** What the template has in place of this machine. */
const templateMachine = '"this machine": { "performance": 1, "cores": 1 }';

export async function initSweep({ io, options: { folder } }: SweepCall): Promise<number> {
  const machine = `${JSON.stringify(ownName())}: { "performance": 1, "cores": ${availableParallelism()} }`;
  const textOf = (name: string) => templateFile(`sweep/${name}`).replace(templateMachine, () => machine);
  const texts = new Map(names.map((name) => [name, textOf(name)]));
  const present = names.filter((name) => existsSync(join(folder, name)));
  await writeNewFiles("sweep init", { folder, texts, present }, io.stdout);
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
