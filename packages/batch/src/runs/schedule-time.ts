/**
 * When a schedule's runs begin: cron patterns in a time zone, read as BullMQ reads them. BullMQ's own parser leaves out a day whose midnight
 * the clock is set forward past, and finds no time where a clock is set back by half an hour: there, what the clock shows decides.
 */
import { GridError, messageOf } from "@callgrid/core";
import { getNextMillis, type RepeatStrategy } from "bullmq";
import { ZoneClock } from "./zone-clock.ts";

/** A pattern and the zone that its times are in. */
export interface ScheduleTime {
  readonly cron: string;
  readonly tz: string;
}

/** The zone of a schedule that names none: wherever it is submitted and carried out, its times are the same. */
export const defaultZone = "UTC";

/**
 * When a schedule's next run begins, in ms since 1970.
 *
 * @throws GridError `INVALID_OPTION` for a pattern that is invalid or never comes, and for an unknown zone.
 */
export function nextTime({ cron, tz }: ScheduleTime, nowMs: number): number {
  refuseUnknownZone(tz);
  const fields = cron.trim().split(/\s+/);
  const isPattern = /^@[a-z]+$/i.test(cron.trim()) || fields.length === 5 || fields.length === 6;
  if (!isPattern)
    throw invalid("submitRun.cron", `must have five fields, or six with seconds first, got ${JSON.stringify(cron)}`);
  // BullMQ draws the meaning of H again each time
  if (fields.some((field) => /(^|,)H/.test(field))) throw invalid("submitRun.cron", "must give fixed times, without H");
  return nextTimeInZone(cron, tz, nowMs) ?? refuseNever(cron);
}

/** The same for BullMQ, which begins the runs. */
export const repeatStrategy: RepeatStrategy = (nowMs, { pattern = "", tz = defaultZone }) =>
  nextTimeInZone(pattern, tz, nowMs);

/** What comes first: what the parser has found, or a time that it leaves out. */
function nextTimeInZone(pattern: string, tz: string, nowMs: number): number | undefined {
  const parsedMs = timeOf(pattern, tz, nowMs);
  const clock = new ZoneClock(tz);
  const shownMs = timeOf(pattern, "UTC", clock.shownAt(nowMs));
  if (shownMs === undefined) return parsedMs;
  const instantMs = clock.instantOf(shownMs, nowMs);
  if (parsedMs === undefined || parsedMs <= nowMs) return instantMs ?? clock.instantAsBefore(shownMs);
  return instantMs === undefined ? Math.min(parsedMs, clock.instantAsBefore(shownMs)) : parsedMs;
}

function timeOf(pattern: string, tz: string, nowMs: number): number | undefined {
  try {
    return getNextMillis(nowMs, { pattern, tz });
  } catch (cause) {
    throw invalid(
      "submitRun.cron",
      `must be a cron pattern, got ${JSON.stringify(pattern)}: ${messageOf(cause)}`,
      cause,
    );
  }
}

function refuseNever(cron: string): never {
  throw invalid("submitRun.cron", `must be a time that comes, got ${JSON.stringify(cron)}, which never does`);
}

/** An offset is no zone, although Node 22 and later take one: a schedule would mean something else on another Node. */
function refuseUnknownZone(tz: string): void {
  const problem = `must be a time zone such as Europe/Berlin or UTC, got ${JSON.stringify(tz)}`;
  if (/^[+-]/.test(tz)) throw invalid("submitRun.tz", problem);
  try {
    new ZoneClock(tz);
  } catch (cause) {
    throw invalid("submitRun.tz", problem, cause);
  }
}

function invalid(path: string, problem: string, cause?: unknown): GridError {
  return new GridError("INVALID_OPTION", `${path} ${problem}`, { details: { path }, cause });
}
