/** Why nothing moves in a pool, as far as its state shows it. */
import { didYouMean, nameList } from "@callgrid/core";
import type { MemberState, PoolState } from "@callgrid/statekeeper";
import { counted, durationText } from "../terminal/durations.ts";

/** What {@link stallReasons} looks at. */
export interface StallSigns {
  readonly state: PoolState;
  readonly grid: string;
  /** Names of other grids that have a pool of this name. */
  readonly otherGrids: readonly string[];
  /** Names of other pools of this grid that resemble this one. */
  readonly poolsLike: readonly string[];
}

/** One sentence for each reason, the likeliest first; none when work moves or there is no work. */
export function stallReasons(signs: StallSigns): string[] {
  const { state } = signs;
  const workers = state.members.filter(({ kind }) => kind === "worker");
  const live = workers.filter(({ leaseLeftMs }) => leaseLeftMs > 0);
  const reasons: string[] = [];
  if (workers.length === 0) reasons.push(...noWorkers(signs));
  else if (live.length === 0) reasons.push(allSilent(workers));
  else if (state.queued > 0) reasons.push(...queuedBesideWorkers(state, live));
  if (workers.length > live.length && state.head === undefined) reasons.push(noHead(workers.length - live.length));
  return reasons;
}

function noWorkers({ state: { pool }, grid, otherGrids, poolsLike }: StallSigns): string[] {
  const remedy = `start one: callgrid worker --pool ${pool} --functions <file>`;
  const reasons = [`pool "${pool}" of grid "${grid}" has no workers; ${remedy}${didYouMean(poolsLike)}`];
  if (otherGrids.length > 0) {
    const grids = `${otherGrids.length === 1 ? "grid" : "the grids"} ${nameList(otherGrids)}`;
    reasons.push(`a pool "${pool}" exists in ${grids}; is --grid right?`);
  }
  return reasons;
}

function allSilent(workers: readonly MemberState[]): string {
  const longestMs = Math.max(...workers.map(({ leaseLeftMs }) => -leaseLeftMs));
  const subject = workers.length === 1 ? "the only worker" : `all ${workers.length} workers`;
  return `the lease of ${subject} has lapsed, ${durationText(longestMs)} ago at most: dead, stopped, or cut off from Redis`;
}

function queuedBesideWorkers({ queued, functions }: PoolState, live: readonly MemberState[]): string[] {
  const idle = live.filter(({ isVolunteer }) => isVolunteer).length;
  if (functions.functions.size === 0) return ["the workers have no functions"];
  if (idle === 0) return [];
  return [
    `${counted(queued, "request")} ${queued === 1 ? "waits" : "wait"} although ` +
      `${counted(idle, "worker")} ${idle === 1 ? "is idle: it lacks" : "are idle: these lack"} the functions that are asked for ` +
      `or what these need, or ${idle === 1 ? "has" : "have"} another version of them`,
  ];
}

function noHead(lapsed: number): string {
  return (
    `no distributor heads the pool, so the work of ${counted(lapsed, "silent worker")} goes back later; ` +
    "start one: callgrid distributor --pool <pool>"
  );
}
