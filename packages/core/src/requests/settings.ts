/**
 * Settings travel as the last argument of a request, which workers take off. So they are part of the request, of its id, and of what its
 * result is kept under.
 */
import type { ConfigData } from "../config/config.ts";
import { settingsKey } from "../text/settings-text.ts";

/** The settings of a request: the configuration and the seed that its function, and all that it calls, sees in its context. */
export interface Settings {
  readonly config: ConfigData;
  readonly seed: number;
  /** The number of the job that the request is, if it is one: its value comes as a {@link JobValue}, and its log lines have the number. */
  readonly job?: number;
}

/** The value of a request that is a job. */
export interface JobValue {
  readonly value: unknown;
  /** When its function was called, in ms since 1970, by the worker's clock. */
  readonly startedMs: number;
  readonly tookMs: number;
  /** `pool/worker`. */
  readonly worker: string;
}

/** The request with settings. */
export function withSettings<const R extends readonly [unknown, ...unknown[]]>(
  request: R,
  settings: Settings,
): readonly [R[0], ...unknown[]] {
  return [...request, { [settingsKey]: settings }] as unknown as readonly [R[0], ...unknown[]];
}

/** Takes the settings off the arguments of a request; undefined where it has none. */
export function takeSettings(args: unknown[]): Settings | undefined {
  const last: unknown = args.at(-1);
  if (typeof last !== "object" || last === null || !Object.hasOwn(last, settingsKey)) return undefined;
  args.pop();
  return (last as { readonly [settingsKey]: Settings })[settingsKey];
}
