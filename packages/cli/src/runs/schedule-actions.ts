/** What `callgrid runs schedules` does: each action's outcome as data and as text. */

import type { scheduleActionNames } from "../command-line/action-names.ts";
import { visibleJson } from "../terminal/visible-text.ts";
import { type Action, said } from "./run-actions.ts";
import { scheduleTable } from "./run-tables.ts";

/** The actions on schedules. All but `list` need an id. */
export const scheduleActions: Readonly<Record<string, Action>> = {
  list: async ({ queue, io }) => {
    const schedules = await queue.schedules.list();
    return { fields: schedules, text: scheduleTable(io, schedules) };
  },
  show: async ({ queue, id }) => {
    const schedule = await queue.schedules.show(id);
    const runs = await queue.history(id);
    // what they run is the schedule's own
    const shown = { ...schedule, runs: runs.map(({ spec: _, ...run }) => run) };
    return { fields: shown, text: visibleJson(JSON.stringify(shown, null, 2)) };
  },
  pause: async ({ queue, id }) => {
    await queue.schedules.pause(id);
    return said(id, "begins no more runs; callgrid runs schedules resume continues it", "schedule");
  },
  resume: async ({ queue, id }) => {
    await queue.schedules.resume(id);
    const { nextMs } = await queue.schedules.show(id);
    const next = nextMs === undefined ? "" : `; its next run begins at ${new Date(nextMs).toISOString()}`;
    return { fields: { id, nextMs }, text: `schedule ${id} begins runs again${next}` };
  },
  remove: async ({ queue, id }) => {
    await queue.schedules.remove(id);
    return said(id, "is removed; a run of it that is under way goes on", "schedule");
  },
} satisfies Record<(typeof scheduleActionNames)[number], Action>;
