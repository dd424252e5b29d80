/**
 * What a function needs of the worker that evaluates it, and what a worker has: the whole policy of who may be given what. Pure.
 */
import { invalidOption } from "../errors/invalid-option.ts";
import { shown } from "../options/option-value.ts";
import { knownOptions } from "../options/options.ts";

/** What a function needs of its worker; what is left out does not matter. @public */
export interface Needs {
  /** A tag that the worker must have, or several. */
  readonly tag?: string | readonly string[];
  /** Memory that the worker offers, in MB: its `memoryMb`, else its share of the machine's memory. */
  readonly memoryMb?: number;
  /** The number of processors that the worker's process may use. */
  readonly cpus?: number;
  /** The worker's `score`; 1 is usual. */
  readonly score?: number;
}

/** What a worker has. @beta */
export interface Capabilities {
  readonly tags: readonly string[];
  readonly memoryMb: number;
  readonly cpus: number;
  readonly score: number;
}

const amounts = ["memoryMb", "cpus", "score"] as const;
/** What there is to need. */
export const needNames = ["tag", ...amounts] as const;
const tagPattern = /^[\w.:/-]{1,64}$/;

function isTag(tag: unknown): tag is string {
  return typeof tag === "string" && tagPattern.test(tag);
}

/** The needs that a worker does not meet, one text each such as `tag gpu` or `memoryMb 4000 (has 2000)`; empty: it may evaluate. */
export function unmetNeeds(needs: Needs, capabilities: Capabilities): string[] {
  const missing = tagsOf(needs).filter((tag) => !capabilities.tags.includes(tag));
  const short = amounts.filter((amount) => (needs[amount] ?? 0) > capabilities[amount]);
  return [
    ...missing.map((tag) => `tag ${tag}`),
    ...short.map((amount) => `${amount} ${needs[amount]} (has ${capabilities[amount]})`),
  ];
}

/** Checks needs as they were given. Throws `INVALID_OPTION`, which names the place by `where`. */
export function checkedNeeds(given: Needs | undefined, where: string): Needs {
  const needs: Needs = knownOptions(needNames, given, where);
  const tags: unknown = tagsOf(needs);
  if (!Array.isArray(tags) || !Array.from<unknown>(tags).every(isTag))
    throw invalidOption(
      `${where}.tag`,
      "must be a tag or a list of tags; a tag is 1 to 64 letters, digits and _ . : / -",
    );
  for (const amount of amounts) {
    const value: unknown = needs[amount];
    if (value === undefined || (typeof value === "number" && Number.isFinite(value) && value > 0)) continue;
    throw invalidOption(`${where}.${amount}`, `must be a number above 0, got ${shown(value)}`);
  }
  return Object.freeze({ ...needs });
}

function tagsOf({ tag = [] }: Needs): readonly string[] {
  return typeof tag === "string" ? [tag] : tag;
}
