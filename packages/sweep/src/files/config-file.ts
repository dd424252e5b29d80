/** `sweep.toml`: the seed, and the sections that every job reads from its context. */
import { parse, TomlDate, TomlError } from "smol-toml";
import { lineAt, mistake, readText } from "./file-place.ts";

/** What the file holds. */
export interface SweepConfig {
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

/** Reads the file. */
export function readConfig(file: string): SweepConfig {
  return parseConfig(readText(file, "callgrid sweep init writes one; it may be empty"), file);
}

/**
 * The configuration of a text. Dates are texts, as jobs get plain data.
 *
 * @throws GridError `INVALID_OPTION` with file, line and key.
 */
export function parseConfig(text: string, file: string): SweepConfig {
  const config = plain(parseToml(text, file)) as Readonly<Record<string, unknown>>;
  const { seed = 0 } = config;
  if (Number.isSafeInteger(seed)) return { config, seed: seed as number };
  const offset = text.search(/^\s*seed\s*=/m);
  throw mistake(
    { file, line: offset === -1 ? undefined : lineAt(text, offset + 1), key: "seed" },
    `expected a whole number, got ${JSON.stringify(seed)}`,
  );
}

function parseToml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [first = ""] = cause.message.split("\n");
    throw mistake({ file, line: cause.line }, `not TOML: ${first.replace("Invalid TOML document: ", "")}`, cause);
  }
}

function plain(value: unknown): unknown {
  if (value instanceof TomlDate) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}
