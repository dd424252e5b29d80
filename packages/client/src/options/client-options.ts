/** The options of a client, declared once: their types, variables in the environment and checks derive from here. */
import {
  declareOptions,
  defaultPayloadLimitBytes,
  environmentOptions,
  invalidOption,
  knownOptions,
  type OptionsResolved,
  option,
  resolveOptions,
} from "@callgrid/core";
import type { ClientOptionsGiven } from "./client-options-given.ts";
import type { GridLog } from "./log.ts";

const anHourMs = 3_600_000;
const aDayMs = 86_400_000;
const longestRedisStringBytes = 512 * 1024 * 1024;

/** The declared options of {@link connect}. */
export const clientOptions = declareOptions({
  grid: option.string({
    default: "default",
    pattern: /^[A-Za-z0-9_][\w.-]{0,63}$/,
    expects: "a name of up to 64 letters, digits and . _ -",
    description: "The grid's name; grids of different names on one Redis never meet.",
  }),
  connectTimeoutMs: option.number({
    unit: "ms",
    default: 10_000,
    min: 1,
    max: anHourMs,
    description: "How long to try to connect before giving up.",
  }),
  leaseMs: option.number({
    unit: "ms",
    default: 30_000,
    min: 100,
    max: aDayMs,
    env: "CALLGRID_CLIENT_LEASE_MS",
    flag: "--client-lease-ms",
    description: "How long a silent client still counts as waiting; at least three times checkEveryMs.",
  }),
  checkEveryMs: option.number({
    unit: "ms",
    default: 2_000,
    min: 10,
    max: anHourMs,
    description: "How often the client checks its pending requests, in case a message was lost.",
  }),
  payloadLimitBytes: option.number({
    unit: "bytes",
    default: defaultPayloadLimitBytes,
    min: 1,
    max: longestRedisStringBytes,
    description: "The largest request that is accepted, as encoded text.",
  }),
  queueLimit: option.number({
    unit: "count",
    default: 1_000_000,
    min: 0,
    max: 1_000_000_000,
    description: "The number of waiting requests in a pool at which new ones fail with POOL_FULL; 0: no limit.",
  }),
  window: option.number({
    unit: "count",
    default: 4_000,
    min: 1,
    max: 1_000_000,
    description: "How many requests of one enqueueAll or stream are open at once.",
  }),
  noWorkersWarningMs: option.number({
    unit: "ms",
    default: 5_000,
    min: 1,
    max: aDayMs,
    description: "After how long to warn that a pool has no workers.",
  }),
});

/** All options of a client, checked and complete. */
export type ClientSettings = OptionsResolved<typeof clientOptions>;

/**
 * How to connect. Every option but `log` can come from the environment too, as `CALLGRID_` and its name:
 * `CALLGRID_GRID`, `CALLGRID_CHECK_EVERY_MS` (`500`, `2s`); only `leaseMs` is `CALLGRID_CLIENT_LEASE_MS` there.
 *
 * @public
 */
export interface ConnectOptions extends ClientOptionsGiven {
  /** Where warnings go; default: pino on standard error at level `warn`, or at `CALLGRID_LOG_LEVEL`. */
  readonly log?: GridLog | undefined;
}

/**
 * Options given, else of the environment, else defaults. Throws `INVALID_OPTION` under the name of the option or
 * variable.
 */
export function resolveClientOptions(
  given: ConnectOptions | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ClientSettings {
  const known = knownOptions([...Object.keys(clientOptions), "log"], given, "connect");
  const named = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
  const settings = resolveOptions(
    clientOptions,
    { ...environmentOptions(clientOptions, environment), ...named },
    "connect",
    ["log"],
  );
  const { leaseMs, checkEveryMs } = settings;
  // A waiting client reports itself every other round at worst; below this its lease would lapse while it waits.
  if (leaseMs >= 3 * checkEveryMs) return settings;
  throw invalidOption("connect.leaseMs", `must be at least three times checkEveryMs (${checkEveryMs}), got ${leaseMs}`);
}
