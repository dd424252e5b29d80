/** How far a share is: lines that change where a person looks at a terminal, elsewhere a line every few seconds. On stderr. */
import type { ShareProgress, ShareStanding } from "@callgrid/sweep";
import { durationText } from "../terminal/durations.ts";
import { type CliIo, writeLine } from "../terminal/io.ts";
import { TerminalLines } from "../terminal/terminal-lines.ts";
import { visibleLine } from "../terminal/visible-text.ts";

const terminalEveryMs = 200;
const lineEveryMs = 5_000;
const hundred = 100;

/** Shows it until the returned function is called. */
export function showShare({ stderr }: CliIo, progress: Pick<ShareProgress, "standing">): () => void {
  if (stderr.isTTY !== true) {
    const timer = setInterval(() => void writeLine(stderr, shareText(progress.standing)), lineEveryMs);
    return () => clearInterval(timer);
  }
  const lines = new TerminalLines(stderr);
  const show = (): void => lines.show(shareLines(progress.standing).map(visibleLine));
  const timer = setInterval(show, terminalEveryMs);
  return () => {
    clearInterval(timer);
    lines.stop();
  };
}

/** The share, and a line a worker. */
function shareLines(standing: ShareStanding): string[] {
  const workers = standing.workers.map(
    ({ worker, done, jobsPerSecond, lastJob }) =>
      `  ${worker}: ${done} jobs, ${rateText(jobsPerSecond)}, last was job ${lastJob}`,
  );
  return [shareText(standing), ...workers];
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
