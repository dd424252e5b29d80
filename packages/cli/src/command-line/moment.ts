/** Points in time as people type them: a time of day, or a date and time. */
import { invalidOption } from "@callgrid/core";

const timeOfDay = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;
const dateAndTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/**
 * The next time of day, in the zone of this process, or the date and time that is named; undefined without a text.
 *
 * @param where - what messages call the text, such as `--at`.
 * @throws GridError `INVALID_OPTION` for a text of another form, and for a date and time that has passed.
 */
export function nextMoment(text: string | undefined, where: string, now: Date = new Date()): Date | undefined {
  if (text === undefined) return undefined;
  const [, hours, minutes, seconds = "0"] = timeOfDay.exec(text.trim()) ?? [];
  if (hours !== undefined) {
    const moment = new Date(now);
    moment.setHours(Number(hours), Number(minutes), Number(seconds), 0);
    if (moment < now) moment.setDate(moment.getDate() + 1);
    return moment;
  }
  const moment = new Date(dateAndTime.test(text.trim()) ? text.trim() : Number.NaN);
  if (Number.isNaN(moment.getTime()))
    throw invalidOption(where, `must be a time such as 18:00 or 2027-01-04T18:00, got ${JSON.stringify(text)}`);
  if (moment < now) throw invalidOption(where, `has passed: ${text}`);
  return moment;
}
