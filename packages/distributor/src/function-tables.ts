/**
 * The function tables of a pool and its parent, beside each other: what may be taken, what may be hoisted, and under which stamp
 * results are kept. A request crosses only where both pools mean the same version of its function.
 */
import type { Clock } from "@callgrid/core";
import type { FunctionTable } from "@callgrid/statekeeper";

const emptyTable: FunctionTable = { epoch: 0, functions: new Map() };

/** For so long a function that did not get on in the other pool is not tried there again. */
const avoidedMs = 10_000;

export class FunctionTables {
  child = emptyTable;
  parent = emptyTable;
  readonly #clock: Clock;
  readonly #avoidedBelow = new Map<string, number>();
  readonly #avoidedAbove = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Name to version, as the bridge announces them to the parent. */
  get childVersions(): ReadonlyMap<string, string> {
    return new Map([...this.child.functions].map(([name, { version }]) => [name, version]));
  }

  /** Functions of the parent that the child lacks at the parent's version, or that did not get on there. */
  get skips(): string[] {
    return [...this.parent.functions]
      .filter(
        ([name, { version }]) =>
          this.child.functions.get(name)?.version !== version || this.#isAvoided(this.#avoidedBelow, name),
      )
      .map(([name]) => name);
  }

  /** Whether the parent may evaluate it for the child. A pool that knows no functions takes those of any version. */
  mayHoist(name: string): boolean {
    const above = this.parent.functions.get(name)?.version;
    const below = this.child.functions.get(name)?.version;
    if (this.#isAvoided(this.#avoidedAbove, name)) return false;
    return above === undefined || below === undefined || above === below;
  }

  avoidBelow(name: string): void {
    this.#avoidedBelow.set(name, this.#clock.now() + avoidedMs);
  }

  avoidAbove(name: string): void {
    this.#avoidedAbove.set(name, this.#clock.now() + avoidedMs);
  }

  #isAvoided(avoided: Map<string, number>, name: string): boolean {
    const until = avoided.get(name);
    if (until === undefined) return false;
    if (this.#clock.now() < until) return true;
    avoided.delete(name);
    return false;
  }
}

/**
 * The stamp for a result made under `stamp` in another pool; undefined if this pool means another version of the function, so that
 * the result cannot be kept in it.
 */
export function stampIn(table: FunctionTable, functionName: string, stamp: string): string | undefined {
  const version = stamp.slice(0, stamp.lastIndexOf("#"));
  const registered = table.functions.get(functionName);
  if (registered !== undefined && registered.version !== version) return undefined;
  return `${version}#${registered?.generation ?? 0}`;
}
