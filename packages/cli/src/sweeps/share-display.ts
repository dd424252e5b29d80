/** How far a share is: lines that change where a person looks at a terminal, elsewhere a line every few seconds. On stderr. */
import type { RunningJob, ShareProgress, ShareStanding } from "@callgrid/sweep";
import { durationText } from "../terminal/durations.ts";
import { type CliIo, writeLine } from "../terminal/io.ts";
import { TerminalLines } from "../terminal/terminal-lines.ts";
import { visibleLine } from "../terminal/visible-text.ts";

const terminalEveryMs = 200;
const lineEveryMs = 5_000;
const lookEveryMs = 1_000;
/** So many of the jobs that report how far they are have a line where there is no terminal. */
const shownJobs = 2;
const hundred = 100;

/**
 * Shows it until the returned function is called.
 *
 * @param look - has the progress say what workers are at.
 */
export function showShare(
  { stderr }: CliIo,
  progress: Pick<ShareProgress, "standing">,
  look: () => Promise<void>,
): () => void {
  const lookAtWorkers = (): Promise<void> => look().catch(() => undefined);
  if (stderr.isTTY !== true) {
    const show = async (): Promise<void> => {
      await lookAtWorkers();
      for (const line of [shareText(progress.standing), ...slowJobs(progress.standing)]) await writeLine(stderr, line);
    };
    const timer = setInterval(() => void show(), lineEveryMs);
    return () => clearInterval(timer);
  }
  const lines = new TerminalLines(stderr);
  const show = (): void => lines.show(shareLines(progress.standing).map(visibleLine));
  const timers = [setInterval(() => void lookAtWorkers(), lookEveryMs), setInterval(show, terminalEveryMs)];
  return () => {
    for (const timer of timers) clearInterval(timer);
    lines.stop();
  };
}

/** The share, and a line a worker. */
function shareLines(standing: ShareStanding): string[] {
  const workers = standing.workers.map(({ worker, done, failed, jobsPerSecond, lastJob, running }) => {
    const at =
      running !== undefined ? `at ${jobText(running)}` : lastJob === undefined ? "" : `last was job ${lastJob}`;
    return `  ${worker}: ${[`${done} jobs`, rateText(jobsPerSecond), `${failed} failed`, at].join(", ")}`;
  });
  return [shareText(standing), ...workers];
}

/** The two jobs that have run longest, of those that report how far they are. */
function slowJobs({ workers }: ShareStanding): string[] {
  return workers
    .flatMap(({ worker, running }) => (running === undefined ? [] : [{ worker, running }]))
    .toSorted((one, other) => other.running.forMs - one.running.forMs)
    .slice(0, shownJobs)
    .map(({ worker, running }) => `${worker} at ${jobText(running)}`);
}

/** `job 17: 40 of 100 after 3.2 s, 4.8 s left`. */
function jobText({ job, done, total, forMs }: RunningJob): string {
  const left = done > 0 && done < total ? `, ${durationText((forMs * (total - done)) / done)} left` : "";
  return `job ${job}: ${done} of ${total} after ${durationText(forMs)}${left}`;
}

/** `24 %, 1200 of 5000 jobs, 400/s, 9.5 s left, 2 failed`. */
function shareText({ total, done, failed, jobsPerSecond, leftMs }: ShareStanding): string {
  const percent = total === 0 ? hundred : Math.floor((hundred * done) / total);
  const left = leftMs === undefined ? [] : [`${durationText(leftMs)} left`];
  return [`${percent} %`, `${done} of ${total} jobs`, rateText(jobsPerSecond), ...left, `${failed} failed`].join(", ");
}

function rateText(perSecond: number): string {
  return perSecond >= 10 ? `${Math.round(perSecond)}/s` : `${Math.round(perSecond * hundred) / hundred}/s`;
}
