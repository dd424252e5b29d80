/** `callgrid sweep pack`: one executable with Node, callgrid, the sweep and its files, for machines where nothing can be installed. */
import { existsSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { GridError, invalidOption, ownManifest } from "@callgrid/core";
import { digestText, splitJobs } from "@callgrid/sweep";
import { untilInterrupted } from "../command-line/interrupts.ts";
import { bundleSweep } from "../packing/sweep-bundle.ts";
import { writeExecutable } from "../packing/sweep-executable.ts";
import { counted } from "../terminal/durations.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { writeLine } from "../terminal/io.ts";
import type { SweepCall } from "./sweep-action.ts";
import { columnsFile, configFile, machinesFile, moduleIn, rebalanceFile, withSweepThread } from "./sweep-folder.ts";

const bytesPerMegabyte = 1_000_000;

/** Lists the jobs first, so that mistakes are reported here and not on the machines. */
export function packSweep(call: SweepCall): Promise<number> {
  const { io, embedded, options } = call;
  const { library } = embedded;
  if (library === undefined) throw new GridError("INVALID_OPTION", "a packed sweep cannot be packed again");
  return untilInterrupted(io, async (first) => {
    const files = packedFilesOf(options.folder, options.asset ?? []);
    const { pool, machines, rebalanced } = await withSweepThread(call, first, async (sweep) => sweep);
    const { digest } = splitJobs(pool, machines, rebalanced?.finished);
    const code = await bundleSweep({ module: moduleIn(options.folder), library });
    const output = options.output ?? "sweep";
    const manifest = fileURLToPath(new URL("../package.json", library));
    const parts = { code, files: new Map([...files, [ownManifest, manifest]]), node: options.node, signal: first };
    await writeExecutable(output, parts);
    const size = Math.round(statSync(output).size / bytesPerMegabyte);
    await writeLine(io.stderr, `digest ${digestText(digest)}: ${counted(pool.jobs.length, "job")}`);
    await writeLine(io.stderr, `${output}, ${size} MB, with ${[...files.keys()].join(", ")}`);
    return exitCodes.fine;
  });
}

/** By their place in the folder of the sweep, where jobs and the packed sweep look for them. */
function packedFilesOf(folder: string, assets: readonly string[]): Map<string, string> {
  const described = [configFile, machinesFile, columnsFile, rebalanceFile].map((name) => join(folder, name));
  const packed = [...described.filter((path) => existsSync(path)), ...assets];
  return new Map(packed.map((path) => [placeOf(folder, path), resolve(path)]));
}

function placeOf(folder: string, path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw invalidOption("--asset", `${path} is not a file`);
  const place = relative(folder, path).split(sep).join("/");
  if (!place.startsWith("..")) return place;
  throw invalidOption("--asset", `${path} is outside of the folder of the sweep, ${resolve(folder)}`);
}
