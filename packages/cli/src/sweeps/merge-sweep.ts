/** `callgrid sweep merge`: one file of results and one log of all machines. */
import { createWriteStream, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import { unwritable } from "@callgrid/batch";
import { digestFromHex, digestText, filesIn, type MergedFolders, mergeFolders, ResultFiles } from "@callgrid/sweep";
import { openTextInput } from "../files/text-input.ts";
import { mergeLogs } from "../logs/log-merger.ts";
import { readLog } from "../logs/log-records.ts";
import { counted } from "../terminal/durations.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { type CliIo, writeLine } from "../terminal/io.ts";
import type { SweepCall } from "./sweep-action.ts";

export async function mergeSweep({ io, options, operands }: SweepCall): Promise<number> {
  const merged = await mergeFolders(operands);
  const files = filesIn(options.output ?? join(options.folder, "merged"));
  makeFolder(dirname(files.results));
  const results = await ResultFiles.begin(merged.header, files);
  try {
    await results.write(merged.finished);
  } finally {
    await results.close();
  }
  await writeLog(io, operands, files.log);
  await report(io, merged, files.results);
  return merged.missing.length + merged.contradicting.length === 0 ? exitCodes.fine : exitCodes.failed;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

async function writeLog(io: CliIo, folders: readonly string[], path: string): Promise<void> {
  const logs = await Promise.all(folders.flatMap(logsIn).map((file) => openTextInput(io, file)));
  const problems: string[] = [];
  const file = createWriteStream(path, { mode: 0o600 });
  const done = finished(file).catch((cause: unknown) => Promise.reject(unwritable(path, cause)));
  done.catch(() => undefined);
  for await (const { text } of mergeLogs(logs.map((log) => readLog(log, (problem) => problems.push(problem)))))
    file.write(`${text}\n`);
  file.end();
  await done;
  for (const problem of problems) await writeLine(io.stderr, problem);
}

/** The log of a machine, and what was rotated out of it. */
function logsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith("machine.log"))
    .map((name) => join(folder, name));
}

const mostShown = 20;

async function report({ stderr }: CliIo, merged: MergedFolders, results: string): Promise<void> {
  const { header, missing, duplicates, contradicting, otherColumns } = merged;
  const failed = merged.finished.filter(({ error }) => error !== undefined).length;
  await writeLine(stderr, `experiment ${digestText(digestFromHex(header.experiment))}`);
  await writeLine(
    stderr,
    `${merged.finished.length} of ${counted(header.places, "job")} in ${results}, ${failed} of them failed`,
  );
  for (const folder of otherColumns)
    await writeLine(stderr, `${folder} has other columns: ${results} has those of the first folder`);
  if (missing.length > 0) await writeLine(stderr, `${counted(missing.length, "job")} missing: ${some(missing)}`);
  if (duplicates.length > 0)
    await writeLine(
      stderr,
      `${counted(duplicates.length, "job")} in several folders, with equal values: ${some(duplicates)}`,
    );
  for (const { job, folders } of contradicting.slice(0, mostShown))
    await writeLine(
      stderr,
      `job ${job} has one value in ${folders[0]} and another in ${folders[1]}; the first was taken`,
    );
  if (contradicting.length > mostShown)
    await writeLine(stderr, `${contradicting.length - mostShown} more jobs have several values`);
}

function some(places: readonly number[]): string {
  const shown = places.slice(0, mostShown).join(", ");
  return places.length <= mostShown ? shown : `${shown} and ${places.length - mostShown} more`;
}
