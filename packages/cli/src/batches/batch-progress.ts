/** The progress of a batch: a bar where a person looks at a terminal, elsewhere a line every few seconds. On stderr. */
import type { BatchProgress } from "@callgrid/batch";
import { durationText } from "../terminal/durations.ts";
import { type CliIo, writeLine } from "../terminal/io.ts";
import { TerminalBar } from "../terminal/terminal-bar.ts";
import { visibleLine } from "../terminal/visible-text.ts";

/** Whose progress is shown. */
export interface Watched {
  progress(everyMs: number): AsyncIterable<BatchProgress>;
}

const waiting = "waiting for workers: the pool has none";
/** What is shown of a run that has not begun. */
const beginnings: ReadonlyMap<BatchProgress["state"], string> = new Map([
  ["planning", "planning"],
  ["waiting", waiting],
]);
/** So many of the slices that report how far they are have a line. */
const shownSlices = 2;
const barEveryMs = 200;
const lineEveryMs = 5_000;

/** Shows it until the run is over. */
export async function showProgress(io: CliIo, run: Watched): Promise<void> {
  if (io.stderr.isTTY === true) await showBar(io, run);
  else await showLines(io, run);
}

async function showBar({ stderr }: CliIo, run: Watched): Promise<void> {
  const bar = new TerminalBar(stderr);
  for await (const progress of run.progress(barEveryMs)) {
    const text = beginnings.get(progress.state) ?? visibleLine(progressText(progress));
    const lines = sliceTexts(progress).map((line) => visibleLine(`  ${line}`));
    bar.show({ done: progress.doneUnits, total: progress.totalUnits, text: () => text, lines });
  }
  bar.stop();
}

async function showLines({ stderr }: CliIo, run: Watched): Promise<void> {
  let hasWaited = false;
  for await (const progress of run.progress(lineEveryMs)) {
    if (progress.state === "waiting" && !hasWaited) await writeLine(stderr, waiting);
    hasWaited ||= progress.state === "waiting";
    if (progress.state !== "running" || progress.elapsedMs < lineEveryMs) continue;
    for (const text of [progressText(progress), ...sliceTexts(progress)]) await writeLine(stderr, text);
  }
}

/** Of the oldest slices: `slice 17: 40 of 100 after 3.2 s at pool/w1`. */
function sliceTexts({ slices }: Pick<BatchProgress, "slices">): string[] {
  return slices
    .slice(0, shownSlices)
    .map(
      ({ index, done, total, forMs, worker }) =>
        `slice ${index}: ${done} of ${total} after ${durationText(forMs)} at ${worker}`,
    );
}

/** `1200 of 5000 slices, 400/s, 9.5 s left, 2 failed, 100 cached; in flight: pool/w1 2, pool/w2 1`. */
export function progressText(progress: BatchProgress): string {
  const { doneUnits, totalUnits, unit, unitsPerSecond, leftMs, failedSlices, cachedSlices, inFlight } = progress;
  const total = totalUnits === undefined ? "" : ` of ${totalUnits}`;
  const workers = Object.entries(inFlight).map(([worker, count]) => `${worker} ${count}`);
  const parts = [
    `${doneUnits}${total} ${unit}s`,
    `${Math.round(unitsPerSecond)}/s`,
    ...(leftMs === undefined ? [] : [`${durationText(leftMs)} left`]),
    `${failedSlices} failed`,
    `${cachedSlices} cached`,
  ];
  return parts.join(", ") + (workers.length === 0 ? "" : `; in flight: ${workers.join(", ")}`);
}
