/** How a line of a log is shown. */
import { visibleJson, visibleText } from "../terminal/visible-text.ts";

/** Shows a line of a log with its end. */
export type ShowLine = (line: string) => string;

/** A line as it is, but for what could steer a terminal. */
export function visibleLogLine(line: string): string {
  const shown = visibleText(line);
  return `${shown !== line && readFields(line) !== undefined ? visibleJson(line) : shown}\n`;
}

/** The fields of a log line; undefined for other text. */
export function readFields(line: string): object | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as object;
  } catch {
    return undefined;
  }
}
