/** The options of a distributor: declared once here, for the API, the command line and the environment alike. */
import {
  type Clock,
  declareOptions,
  environmentOptions,
  knownOptions,
  type Logger,
  type OptionsResolved,
  option,
  resolveOptions,
} from "@callgrid/core";
import { type Statekeeper, usualPreferences } from "@callgrid/statekeeper";
import type { BridgePolicy } from "../crossing/bridge-policy.ts";
import type { DistributorOptionsGiven } from "./distributor-options-given.ts";

/** The declared options of {@link startDistributor}. */
export const distributorOptions = declareOptions({
  grid: option.string({
    default: "default",
    pattern: /^[A-Za-z0-9_][\w.-]{0,63}$/,
    expects: "a name of up to 64 letters, digits and . _ -",
    description: "The grid's name; grids of different names on one Redis never meet.",
  }),
  parent: option.string({
    optional: true,
    description: "The parent pool: this pool takes work from it when idle, and offers work to it when overloaded.",
  }),
  parentUrl: option.string({
    optional: true,
    description: "The URL of the parent pool's Redis; default: this pool's.",
  }),
  hoistEveryMs: option.number({
    unit: "ms",
    default: 100,
    min: 1,
    max: 60_000,
    description:
      "How often the head requeues what dead members held, gives queued work to idle ones, and bridges to the parent.",
  }),
  copyAfterMs: option.number({
    unit: "ms",
    default: 1_000,
    min: 0,
    max: 86_400_000,
    description:
      "The time since its claim after which an idle worker gets a copy of a request, at least three times the function's usual time; the first outcome wins. 0: never.",
  }),
  prefer: option.list({
    default: usualPreferences,
    pattern: /^(score|recent|idle)$/,
    expects: "score, recent or idle",
    description:
      "Which idle worker is served first: the one with the highest score, the last one to evaluate the same function (recent), or the one that has been idle longest; earlier entries count first.",
  }),
  scaleEveryMs: option.number({
    unit: "ms",
    default: 1_000,
    min: 0,
    max: 3_600_000,
    description:
      "How often the head computes the number of desired workers, for hosts and autoscalers; with hosts in the pool at least every 200 ms. 0: never.",
  }),
  minWorkers: option.number({
    unit: "count",
    default: 0,
    min: 0,
    max: 10_000,
    description: "The lower bound of the number of desired workers.",
  }),
  maxWorkers: option.number({
    unit: "count",
    default: 10_000,
    min: 1,
    max: 10_000,
    description: "The upper bound of the number of desired workers.",
  }),
  targetWaitMs: option.number({
    unit: "ms",
    default: 10_000,
    min: 10,
    max: 86_400_000,
    description: "The time within which queued requests should start: the shorter, the more workers are desired.",
  }),
  scaleDownAfterMs: option.number({
    unit: "ms",
    default: 60_000,
    min: 0,
    max: 86_400_000,
    description: "How long workers must be unneeded before the number of desired workers falls.",
  }),
  leadTimeMs: option.number({
    unit: "ms",
    default: 60_000,
    min: 0,
    max: 86_400_000,
    description:
      "How long before the start of announced work its workers are desired: the time that they take to start.",
  }),
  leaseMs: option.number({
    unit: "ms",
    default: 3_000,
    min: 100,
    max: 600_000,
    env: "CALLGRID_DISTRIBUTOR_LEASE_MS",
    description: "How long a silent head stays head; a standby takes over at most a third of that later.",
  }),
  maxAttempts: option.number({
    unit: "count",
    default: 3,
    min: 1,
    max: 100,
    description: "The number of deaths of its workers after which a request fails with WORKER_LOST.",
  }),
  sweepLimit: option.number({
    unit: "count",
    default: 1_000,
    min: 1,
    max: 100_000,
    description: "The largest number of requests that one sweep requeues and moves; the next sweep follows at once.",
  }),
  connectTimeoutMs: option.number({
    unit: "ms",
    default: 10_000,
    min: 1,
    max: 600_000,
    description: "How long to try to connect before giving up.",
  }),
});

/** All options of a distributor, checked and complete. */
export type DistributorSettings = OptionsResolved<typeof distributorOptions>;

/**
 * How to start a distributor. What is not given comes from the environment, as `CALLGRID_` and the option's name
 * (`CALLGRID_HOIST_EVERY_MS`; only `leaseMs` is `CALLGRID_DISTRIBUTOR_LEASE_MS` there), else it has its default.
 *
 * @beta
 */
export interface DistributorOptions extends DistributorOptionsGiven {
  /** The id of the pool to head. */
  readonly pool: string;
  /** Where the statekeeper is; default: `CALLGRID_URL`, else `redis://localhost:6379`. */
  readonly url?: string | undefined;
  /** A statekeeper at hand, instead of `url` and `grid`; it stays open when the distributor stops. */
  readonly statekeeper?: Statekeeper | undefined;
  /** The statekeeper of the parent pool, instead of `parentUrl`; it stays open when the distributor stops. */
  readonly parentStatekeeper?: Statekeeper | undefined;
  /**
   * What to take from the parent and what to hoist there, instead of what a bridge would decide itself; either part may be left out.
   * The functions are called often, and must be quick and not throw.
   */
  readonly bridgePolicy?: Partial<BridgePolicy> | undefined;
  /** The distributor's id within the pool; default: a random one. */
  readonly id?: string | undefined;
  /** Default: silent. */
  readonly log?: Logger | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
}

/** The options without a text form. */
const others = ["pool", "url", "statekeeper", "parentStatekeeper", "bridgePolicy", "id", "log", "clock"];

/** Options given, else of the environment, else defaults. Throws `INVALID_OPTION` under the name of the option or variable. */
export function resolveDistributorOptions(
  given: DistributorOptionsGiven,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): DistributorSettings {
  const known = knownOptions([...Object.keys(distributorOptions), ...others], given, "startDistributor");
  const named = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
  const values = { ...environmentOptions(distributorOptions, environment), ...named };
  return resolveOptions(distributorOptions, values, "startDistributor", others);
}
