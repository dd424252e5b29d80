/**
 * The function table of a pool. Of each function it knows the versions in the order they were first seen, and how many members
 * hold each. The current version is the one seen last that a live member still holds, so an old worker that restarts does not turn
 * a rolling deployment back. (scripts/lib/functions.lua)
 */

import { othersIn, othersPart, ownPart, ownStamp, readCode, versionIn } from "../../contract/code/stamp.ts";
import type { FunctionTable, Mismatch, NotedMismatch, RegisteredFunction } from "../../contract/contract.ts";

const mostVersions = 16;
/** Verdicts that are remembered at most: functions that call others by chance make ever new sets. */
const mostVerdicts = 10_000;

/** What one evaluation of a function takes by itself, in µs. */
export interface FunctionCost {
  /** The measured mean. */
  readonly selfMicros: number;
  /** The cautious estimate of the next one. */
  readonly expectedMicros: number;
}

interface Standing {
  readonly version: string;
  readonly generation: number;
  /** `version#generation`: what results are stamped with. */
  readonly stamp: string;
}

export class PoolFunctions {
  epoch = 0;
  readonly #standings = new Map<string, Standing>();
  readonly #versions = new Map<string, string[]>();
  readonly #holders = new Map<string, Map<string, number>>();
  readonly #costs = new Map<string, FunctionCost>();
  readonly #mismatches = new Map<string, { readonly mismatch: Mismatch; readonly notedAt: number }>();
  /** Whether code is current, by the part of stamps that names it; only since the last change. */
  readonly #verdicts = new Map<string, boolean>();

  get isEmpty(): boolean {
    return this.#standings.size === 0;
  }

  stampOf(name: string): string | undefined {
    return this.#standings.get(name)?.stamp;
  }

  /** Whether a result with this stamp is to be used: its generation counts as well. A pool without functions cannot distinguish versions. */
  isUsable(name: string, stamp: string): boolean {
    const current = this.stampOf(name);
    return current === undefined || (ownPart(stamp) === current && this.#areCurrent(othersPart(stamp)));
  }

  /** Whether one version of each function took part, and the table has no other version of any. */
  isMadeByCurrentCode(name: string, stamp: string): boolean {
    const version = versionIn(stamp);
    if (version === "") return true;
    const others = othersPart(stamp);
    return !others.includes(`,${name}@`) && this.#isCurrent(name, version) && this.#areCurrent(others);
  }

  /** What one evaluation takes by itself, if a worker has measured it. */
  costOf(name: string): FunctionCost | undefined {
    return this.#costs.get(name);
  }

  setCost(name: string, { selfMicros, expectedMicros }: FunctionCost): void {
    this.#costs.set(name, { selfMicros: Math.round(selfMicros), expectedMicros: Math.round(expectedMicros) });
  }

  /**
   * Takes in what a member knows of a function that is not known here; `own` is the version that the member has, and if it is
   * another one it is the older. Returns whether the function's state changed.
   */
  recall(name: string, { version, generation }: RegisteredFunction, own?: string): boolean {
    if (this.#standings.has(name)) return false;
    this.#versions.set(name, own === undefined || own === version ? [version] : [own, version]);
    this.#stand(name, version, generation);
    return true;
  }

  /** Takes the version of a function that no member has from the parent pool. Returns whether its state changed. */
  replaceUnheld(name: string, version: string): boolean {
    const standing = this.#standings.get(name);
    if (standing === undefined || standing.version === version || this.#isHeld(name, standing.version)) return false;
    this.#see(name, version);
    this.#stand(name, version, standing.generation);
    return true;
  }

  /** Returns whether the function's state changed; so does {@link removeHolder}. */
  addHolder(name: string, version: string): boolean {
    const holders = this.#holders.get(name) ?? new Map<string, number>();
    this.#holders.set(name, holders);
    holders.set(version, (holders.get(version) ?? 0) + 1);
    this.#see(name, version);
    return this.#settle(name);
  }

  removeHolder(name: string, version: string): boolean {
    const holders = this.#holders.get(name);
    const left = (holders?.get(version) ?? 0) - 1;
    if (left > 0) holders?.set(version, left);
    else holders?.delete(version);
    return this.#settle(name);
  }

  /** Makes all results of the function stale. Returns whether there is such a function. */
  raiseGeneration(name: string): boolean {
    const standing = this.#standings.get(name);
    if (standing === undefined) return false;
    this.#stand(name, standing.version, standing.generation + 1);
    return true;
  }

  /** Notes it, and makes all results of the function stale, if that is its version. Returns whether it is. */
  noteMismatch(name: string, mismatch: Mismatch, now: number): boolean {
    if (this.#standings.get(name)?.version !== mismatch.version) return false;
    this.#mismatches.set(name, { mismatch, notedAt: now });
    return this.raiseGeneration(name);
  }

  forgetMismatch(name: string): void {
    this.#mismatches.delete(name);
  }

  /** Sorted by name. */
  mismatches(now: number): NotedMismatch[] {
    return [...this.#mismatches]
      .map(([functionName, { mismatch, notedAt }]) => ({ functionName, ageMs: now - notedAt, ...mismatch }))
      .sort((one, other) => (one.functionName < other.functionName ? -1 : 1));
  }

  table(): FunctionTable {
    const functions = new Map<string, RegisteredFunction>();
    for (const [name, { version, generation }] of this.#standings) {
      functions.set(name, {
        ...{ version, generation },
        ...this.#costs.get(name),
        ...(this.#isHeld(name, version) ? {} : { isUnheld: true as const }),
        ...(this.#mismatches.get(name)?.mismatch.version === version ? { isNondeterministic: true as const } : {}),
      });
    }
    return { epoch: this.epoch, functions };
  }

  /** All of it as plain data, for {@link PoolDump}. */
  dump(): {
    stamps: [string, string][];
    versions: [string, string[]][];
    holders: [string, number][];
    costs: [string, FunctionCost][];
    mismatches: [string, Mismatch][];
  } {
    const holders = [...this.#holders].flatMap(([name, byVersion]) =>
      [...byVersion].map(([version, count]): [string, number] => [`${name} ${version}`, count]),
    );
    return {
      stamps: [...this.#standings].map(([name, { stamp }]) => [name, stamp]),
      versions: [...this.#versions].map(([name, versions]) => [name, [...versions]]),
      holders,
      costs: [...this.#costs],
      mismatches: [...this.#mismatches].map(([name, { mismatch }]) => [name, mismatch]),
    };
  }

  /** A function that no member holds any more keeps its version: its requests wait for a member that holds it. */
  #settle(name: string): boolean {
    const holders = this.#holders.get(name);
    const wanted = this.#versions.get(name)?.findLast((version) => holders?.has(version));
    const current = this.#standings.get(name);
    if (wanted === undefined || wanted === current?.version) return false;
    this.#stand(name, wanted, current?.generation ?? 0);
    return true;
  }

  #isHeld(name: string, version: string): boolean {
    return this.#holders.get(name)?.has(version) === true;
  }

  #isCurrent(name: string, version: string): boolean {
    const standing = this.#standings.get(name);
    return standing === undefined || standing.version === version;
  }

  #areCurrent(others: string): boolean {
    if (others === "") return true;
    const known = this.#verdicts.get(others);
    if (known !== undefined) return known;
    const codes = othersIn(others).map(readCode);
    const isMixed = new Set(codes.map(({ functionName }) => functionName)).size < codes.length;
    const areCurrent = !isMixed && codes.every(({ functionName, version }) => this.#isCurrent(functionName, version));
    if (this.#verdicts.size >= mostVerdicts) this.#verdicts.clear();
    this.#verdicts.set(others, areCurrent);
    return areCurrent;
  }

  #see(name: string, version: string): void {
    const versions = this.#versions.get(name) ?? [];
    if (!versions.includes(version)) this.#versions.set(name, [...versions, version].slice(-mostVersions));
  }

  #stand(name: string, version: string, generation: number): void {
    this.#standings.set(name, { version, generation, stamp: ownStamp(version, generation) });
    this.#verdicts.clear();
  }
}
