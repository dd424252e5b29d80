/** Lines of a log for a person at a terminal; loaded only where there is one. */
import { prettyFactory } from "pino-pretty";
import { visibleText } from "../terminal/visible-text.ts";
import { readFields, type ShowLine, visibleLogLine } from "./shown-line.ts";

/** Makes lines for people of pino's JSON; see `visibleText` for what others wrote into it. */
export function prettyLine(colorize: boolean): ShowLine {
  const options = { colorize, ignore: "pid,hostname,name", translateTime: "SYS:HH:MM:ss.l", singleLine: true };
  const prettify = prettyFactory(options);
  return (line) => {
    const fields = readFields(line);
    return fields === undefined ? visibleLogLine(line) : prettify(visibleFields(fields));
  };
}

function visibleFields<Value>(value: Value): Value;
function visibleFields(value: unknown): unknown {
  if (typeof value === "string") return visibleText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((part: unknown) => visibleFields(part));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [visibleText(key), visibleFields(part)]));
}
