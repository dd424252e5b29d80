/** How settings of a request are written in its text. */

/** The only key of the argument that holds them. */
export const settingsKey = "callgrid.settings";

const settingsStart = `,{"${settingsKey}":`;

/** A payload as people read it: settings are the same for all requests of a run, and would hide what differs. */
export function withoutSettingsText(payload: string): string {
  if (!payload.startsWith("[")) return payload;
  // inside of a text its quotes would be escaped
  const start = payload.lastIndexOf(settingsStart);
  return start === -1 ? payload : `${payload.slice(0, start)}]`;
}
