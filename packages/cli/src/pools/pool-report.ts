/** A pool as `status` shows it to people: pure text, made of what the statekeeper says. */
import { type Capacity, isBridge, isOwnWorker, type MemberState, type PoolState } from "@callgrid/statekeeper";
import { counted, durationText } from "../terminal/durations.ts";
import { type TableContent, type TableStyle, tableText } from "../terminal/table.ts";
import { driftReasons } from "./drift-reasons.ts";
import type { PoolSigns } from "./pool-look.ts";
import { stallReasons } from "./stall-reasons.ts";

/** What {@link poolReport} shows. */
export interface ReportedPool extends PoolSigns {
  /** Where the statekeeper is, without a password. */
  readonly address: string;
}

const shownProgress = 2;
const evaluationsOf = "evaluated:";

/** The report: a line on the whole, members, functions, counters, and why nothing moves. */
export function poolReport(reported: ReportedPool, style: TableStyle): string {
  const { state, grid, address } = reported;
  const { colors } = style;
  const running = state.members.reduce((sum, member) => sum + member.running, 0);
  const parts = [
    `${colors.bold(`pool "${state.pool}"`)} of grid "${grid}" at ${address}`,
    `${counted(state.queued, "request")} queued, ${running} running, ${counted(state.clients, "client")}, ${headText(state)}`,
  ];
  if (state.capacity !== undefined) parts.push(capacityText(state, state.capacity));
  if (state.expected.length > 0) parts.push("", tableText(expectedTable(state.expected), style));
  if (state.members.length > 0) parts.push("", tableText(memberTable(state.members), style));
  if (state.hosts.length > 0) parts.push("", tableText(hostTable(state), style));
  if (state.functions.functions.size > 0) parts.push("", tableText(functionTable(state), style));
  const progress = progressTexts(state);
  if (progress.length > 0) parts.push("", ...progress);
  const counters = countersText(state);
  if (counters !== "") parts.push("", counters);
  const drifts = driftReasons(state, reported.notes).map(({ message, remedy }) => `${message}; ${remedy}`);
  const reasons = [...stallReasons(reported), ...drifts].map((reason) => colors.yellow(`! ${reason}`));
  if (reasons.length > 0) parts.push("", ...reasons);
  return parts.join("\n");
}

function headText({ head }: PoolState): string {
  return head === undefined ? "no distributor" : `headed by ${head}`;
}

function capacityText({ members }: PoolState, { desiredWorkers, ageMs }: Capacity): string {
  const workers = members.filter(isOwnWorker).length;
  return `${counted(workers, "worker")}, ${desiredWorkers} desired ${durationText(ageMs)} ago`;
}

function expectedTable(expected: PoolState["expected"]): TableContent {
  return {
    heads: ["announced", "work", "starts in", "within", "ends in"],
    rows: expected.map(({ id, workMs, startsInMs, withinMs, endsInMs }) => [
      id,
      durationText(workMs),
      startsInMs === 0 ? "under way" : durationText(startsInMs),
      withinMs === 0 ? "as queued work" : durationText(withinMs),
      durationText(endsInMs),
    ]),
  };
}

function hostTable({ hosts, capacity }: PoolState): TableContent {
  const shares = new Map(Object.entries(capacity?.shares ?? {}));
  return {
    heads: ["host", "lease", "score", "workers", "share", "machine", "process"],
    rows: hosts.map(({ id, leaseLeftMs, score, minWorkers, maxWorkers, description }) => [
      id,
      leaseText(leaseLeftMs),
      String(score),
      `${minWorkers} to ${maxWorkers}`,
      String(shares.get(id) ?? "none yet"),
      String(description["host"] ?? "?"),
      String(description["processId"] ?? "?"),
    ]),
  };
}

function leaseText(leaseLeftMs: number): string {
  return leaseLeftMs > 0 ? durationText(leaseLeftMs) : `lapsed ${durationText(-leaseLeftMs)} ago`;
}

function memberTable(members: readonly MemberState[]): TableContent {
  return {
    heads: ["member", "kind", "lease", "queue", "running", "volunteer", "memory", "host", "process"],
    rows: members.map(({ id, kind, leaseLeftMs, queued, running, isVolunteer, memoryMb, description }) => [
      id,
      isBridge({ description }) ? "bridge" : kind,
      leaseText(leaseLeftMs),
      String(queued),
      String(running),
      isVolunteer ? "yes" : "no",
      memoryText(memoryMb, description["memoryMb"]),
      String(description["host"] ?? "?"),
      String(description["processId"] ?? "?"),
    ]),
  };
}

/** How much a member takes, and what its share is. */
function memoryText(usedMb: number | undefined, shareMb: unknown): string {
  const share = typeof shareMb === "number" ? shareMb : undefined;
  if (usedMb === undefined && share === undefined) return "";
  return share === undefined ? `${usedMb} MB` : `${usedMb ?? "?"} of ${share} MB`;
}

function functionTable({ functions, counters }: PoolState): TableContent {
  const known = [...functions.functions].sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    heads: ["function", "version", "self time", "evaluations"],
    rows: known.map(([name, { version, selfMicros }]) => [
      name,
      version,
      selfMicros === undefined ? "not measured" : durationText(selfMicros / 1_000),
      String(counters[evaluationsOf + name] ?? 0),
    ]),
  };
}

/** How far the requests are that began first, of those whose functions report it. */
function progressTexts({ pool, progress = [] }: PoolState): string[] {
  return progress.slice(0, shownProgress).map(({ id, worker, done, total, slice }) => {
    const what = slice === undefined ? `request ${id}` : `slice ${slice.index} of chunk ${id}`;
    const since = slice === undefined ? "" : ` after ${durationText(slice.forMs)}`;
    return `${what}: ${done} of ${total}${since} at ${pool}/${worker}`;
  });
}

function countersText({ counters }: PoolState): string {
  // those of functions have a colon
  const shown = Object.entries(counters).filter(([name]) => !name.includes(":"));
  return shown.map(([name, count]) => `${name} ${count}`).join(", ");
}
