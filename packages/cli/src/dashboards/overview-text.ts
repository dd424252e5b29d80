/** The pools of a grid as `callgrid top` shows them: pure text, made of what the dashboard's overview says. */
import {
  busyShare,
  countText,
  type Overview,
  type PoolFigures,
  rateText,
  shareText,
  timeText,
} from "@callgrid/dashboard";
import { type TableStyle, tableText } from "../terminal/table.ts";
import { visibleLine } from "../terminal/visible-text.ts";

const mostEvents = 8;
const heads = ["pool", "workers", "busy", "queued", "backlog", "held", "asked", "evaluated", "hits", "errors"];

/** A line on the grid, a table of pools, why nothing moves, and the latest events. */
export function overviewText({ atMs, pools, events, problem }: Overview, grid: string, style: TableStyle): string {
  const { colors } = style;
  const figures = Object.values(pools);
  const latest = Object.entries(events).sort(([one], [other]) => Number(other) - Number(one));
  return [
    `${colors.bold(`grid "${grid}"`)} at ${timeOfDay(atMs)}`,
    ...(problem === undefined ? [] : [colors.yellow(`! the pools cannot be listed: ${problem}`)]),
    figures.length === 0 ? "no worker has joined a pool yet" : tableText({ heads, rows: figures.map(rowOf) }, style),
    ...figures.flatMap((pool) => reasonsOf(pool).map((reason) => colors.yellow(`! ${pool.pool}: ${reason}`))),
    ...latest
      .slice(0, mostEvents)
      .map(([, event]) => `${timeOfDay(event.atMs)} ${event.pool}: ${visibleLine(event.text)}`),
  ].join("\n");
}

function rowOf(figures: PoolFigures): string[] {
  const { pool, workers, desiredWorkers, queued, ownQueued, backlogMs, running, rates } = figures;
  return [
    pool,
    desiredWorkers === undefined ? countText(workers) : `${countText(workers)} of ${countText(desiredWorkers)}`,
    shareText(busyShare(figures)),
    countText(queued + ownQueued),
    timeText(backlogMs),
    countText(running),
    rateText(rates?.submitted),
    rateText(rates?.evaluated),
    shareText(rates?.hitRatio),
    rateText(rates?.failed),
  ];
}

function reasonsOf({ reasons, problem }: PoolFigures): readonly string[] {
  return problem === undefined ? reasons : [`cannot be read: ${problem}`, ...reasons];
}

function timeOfDay(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}
