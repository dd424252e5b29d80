/**
 * The function tables of a pool and its parent, compared: what may be carried from one to the other, and under which stamp results
 * are kept. A request crosses only where both pools mean the same version of its function.
 */
import type { Clock } from "@callgrid/core";
import {
  type Code,
  codesIn,
  type FunctionTable,
  otherPoolsCode,
  othersIn,
  othersPart,
  ownPart,
  ownStamp,
  type RegisteredFunction,
  readCode,
  versionIn,
} from "@callgrid/statekeeper";
import type { BridgePolicy, CrossingDirection } from "../crossing/bridge-policy.ts";
import { aheadOf } from "../crossing/carry-plan.ts";

const emptyTable: FunctionTable = { epoch: 0, functions: new Map() };

/** For so long a function that did not get on in a pool is not carried there again. */
const avoidedMs = 10_000;

/** What one direction of a bridge knows of functions. */
export interface CrossingTables {
  /** Of the pool that requests are carried from. */
  readonly epoch: number;
  /** Functions whose requests stay there. */
  readonly skips: readonly string[];
  /** Functions that no member of that pool has. */
  readonly lackedHere: ReadonlySet<string>;
  /** Functions that some member of that pool has. */
  readonly heldHere: readonly string[];
  /** Functions that do not get on there. */
  readonly avoidedHere: readonly string[];
  avoidHere(name: string): void;
  avoidThere(name: string): void;
  /** How many requests should be ahead of one that is under way. */
  aheadOf(name: string): number;
}

export class FunctionTables {
  child = emptyTable;
  parent = emptyTable;
  readonly #policy: Pick<BridgePolicy, "carries">;
  readonly #avoidedBelow: AvoidedNames;
  readonly #avoidedAbove: AvoidedNames;

  constructor(clock: Clock, policy: Pick<BridgePolicy, "carries">) {
    this.#policy = policy;
    this.#avoidedBelow = new AvoidedNames(clock);
    this.#avoidedAbove = new AvoidedNames(clock);
  }

  /** Name to version of what members of the child have, as the bridge announces it to the parent. */
  get childVersions(): ReadonlyMap<string, string> {
    const held = [...this.child.functions].filter(([, { isUnheld }]) => isUnheld !== true);
    return new Map(held.map(([name, { version }]) => [name, version]));
  }

  /** For the direction from the parent to the child. */
  get down(): CrossingTables {
    const avoiding = this.#avoiding(this.#avoidedAbove, this.#avoidedBelow);
    return { epoch: this.parent.epoch, skips: this.#skips("down"), ...holdersIn(this.parent), ...avoiding };
  }

  /** For the direction from the child to the parent. */
  get up(): CrossingTables {
    const avoiding = this.#avoiding(this.#avoidedBelow, this.#avoidedAbove);
    return { epoch: this.child.epoch, skips: this.#skips("up"), ...holdersIn(this.child), ...avoiding };
  }

  #avoiding(
    here: AvoidedNames,
    there: AvoidedNames,
  ): Omit<CrossingTables, "epoch" | "skips" | "lackedHere" | "heldHere"> {
    return {
      avoidedHere: here.names,
      avoidHere: (name) => here.add(name),
      avoidThere: (name) => there.add(name),
      aheadOf: (name) => aheadOf((this.child.functions.get(name) ?? this.parent.functions.get(name))?.selfMicros),
    };
  }

  #skips(direction: CrossingDirection): string[] {
    const isUp = direction === "up";
    const [from, to] = isUp ? [this.child, this.parent] : [this.parent, this.child];
    const avoided = isUp ? this.#avoidedAbove : this.#avoidedBelow;
    const names: string[] = [];
    for (const [name, { version }] of from.functions) {
      const there = to.functions.get(name);
      // the parent takes functions that it does not know; a child that lacks a function could do nothing with its requests
      const isKnown = there === undefined ? isUp : there.version === version && (isUp || there.isUnheld !== true);
      if (!isKnown || avoided.has(name) || !this.#policy.carries(name, direction)) names.push(name);
    }
    return names;
  }
}

function holdersIn({ functions }: FunctionTable): Pick<CrossingTables, "lackedHere" | "heldHere"> {
  const names = [...functions.keys()];
  const isLacked = (name: string): boolean => functions.get(name)?.isUnheld === true;
  return { lackedHere: new Set(names.filter(isLacked)), heldHere: names.filter((name) => !isLacked(name)) };
}

/**
 * What a child pool should know: what it knew before, and what only its parent knows, at the parent's version. Requests of the latter are
 * queued in the child, and carried up.
 */
export function knownWith(
  parent: FunctionTable,
  child: ReadonlyMap<string, RegisteredFunction>,
): ReadonlyMap<string, RegisteredFunction> {
  const known = new Map(child);
  for (const [name, { version }] of parent.functions) {
    const own = child.get(name);
    if (own === undefined || own.isUnheld === true) known.set(name, { version, generation: own?.generation ?? 0 });
  }
  return known;
}

/** Names of functions, each for a while. */
class AvoidedNames {
  readonly #clock: Clock;
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get names(): string[] {
    return [...this.#untilMs.keys()].filter((name) => this.has(name));
  }

  add(name: string): void {
    this.#untilMs.set(name, this.#clock.now() + avoidedMs);
  }

  has(name: string): boolean {
    const untilMs = this.#untilMs.get(name);
    if (untilMs === undefined) return false;
    if (this.#clock.now() < untilMs) return true;
    this.#untilMs.delete(name);
    return false;
  }
}

/** The stamp for a result made under `stamp` in another pool: each pool has its own generations. */
export function stampIn(table: FunctionTable, functionName: string, stamp: string): string {
  const { generation = 0 } = table.functions.get(functionName) ?? {};
  return `${ownStamp(versionIn(stamp), generation)}${othersPart(stamp)}`;
}

/** What differs between pools on an outcome: code that is current in the one that it comes from, and another version of it in the other. */
export function differences(
  { functionName, stamp }: { readonly functionName: string; readonly stamp: string },
  from: FunctionTable,
  to: FunctionTable,
): readonly Code[] {
  return codesIn(functionName, stamp).filter((code) => {
    const { functionName: name, version } = readCode(code);
    const [here, there] = [from, to].map(({ functions }) => functions.get(name)?.version);
    return here === version && there !== undefined && there !== version;
  });
}

/** The stamp with which an outcome is taken in spite of these: one code stands for all of them, and keeps what it took part in from being kept. */
export function stampWithout(stamp: string, differing: readonly Code[]): string {
  const others = othersIn(stamp).filter((code) => !differing.includes(code));
  return [ownPart(stamp), ...others.filter((code) => code !== otherPoolsCode), otherPoolsCode].join(",");
}
