/**
 * The functions that one worker can evaluate, by name, and how they compare with the pool's function table.
 */
import { type Capabilities, type Definition, fileOfSite, GridError, unmetNeeds } from "@callgrid/core";
import {
  type CodeNote,
  codeOf,
  doubtful,
  type FunctionTable,
  ownStamp,
  type RegisteredFunction,
  readCode,
} from "@callgrid/statekeeper";
import { type CodeSet, CodeSets } from "../versions/code-set.ts";
import { pathOfModule } from "../versions/code-versions.ts";

/** What the grid's own functions are called. */
const gridPrefix = "callgrid.";

export class FunctionRegistry {
  readonly #definitions = new Map<string, Definition>();

  /** What versions were made of, by version. */
  readonly notes: ReadonlyMap<string, CodeNote>;

  constructor(definitions: Iterable<Definition>, notes: ReadonlyMap<string, CodeNote> = new Map()) {
    this.notes = notes;
    for (const definition of definitions) this.#add(definition);
  }

  get(name: string): Definition | undefined {
    return this.#definitions.get(name);
  }

  /** Name to version, as a member announces it. */
  get versions(): ReadonlyMap<string, string> {
    return new Map([...this.#definitions.values()].map(({ name, version }) => [name, version]));
  }

  get names(): string[] {
    return [...this.#definitions.keys()];
  }

  /** Functions that a worker with these capabilities must not evaluate, by name, and what it lacks for them. */
  unmet(capabilities: Capabilities): ReadonlyMap<string, readonly string[]> {
    const unmet = [...this.#definitions].map(([name, { needs }]) => [name, unmetNeeds(needs, capabilities)] as const);
    return new Map(unmet.filter(([, lacked]) => lacked.length > 0));
  }

  #add(definition: Definition): void {
    const known = this.#definitions.get(definition.name);
    // a process may have two copies of callgrid, each transformed in its own way (a loader of CommonJS makes one)
    if (known !== undefined && definition.name.startsWith(gridPrefix)) return;
    if (known !== undefined && !isSameFunction(known, definition) && !haveOwnVersions(known, definition)) {
      throw new GridError(
        "FUNCTION_REDEFINED",
        `"${definition.name}" is defined twice, at ${placeOf(known)} and ${placeOf(definition)}; requests name functions, so give one of them another name, or each a version`,
        { details: { functionName: definition.name } },
      );
    }
    this.#definitions.set(definition.name, definition);
  }
}

/**
 * Two functions of one text may differ in what they enclose. They are one only if their module was loaded twice, under two names, as loaders of
 * CommonJS and of ES modules do.
 */
function isSameFunction(one: Definition, other: Definition): boolean {
  if (one.evaluate === other.evaluate) return true;
  const [file, otherFile] = [one, other].map((definition) => fileOfSite(placeOf(definition)));
  if (file === undefined || otherFile === undefined || file === otherFile) return false;
  const path = pathOfModule(file);
  return path !== "" && path === pathOfModule(otherFile) && one.evaluate.toString() === other.evaluate.toString();
}

function haveOwnVersions(one: Definition, other: Definition): boolean {
  return hasOwnVersion(one) && hasOwnVersion(other) && one.version !== other.version;
}

function hasOwnVersion({ origin }: Definition): boolean {
  return origin?.isVersionGiven !== false;
}

function placeOf({ origin }: Definition): string {
  return origin?.sites[0] ?? "an unknown place";
}

/** The registry compared with the pool's table: which functions to pass over, and the stamp that results are kept under. */
export class FunctionStanding {
  readonly #registry: FunctionRegistry;
  #table: FunctionTable = { epoch: 0, functions: new Map() };
  #skips: string[] = [];
  readonly #stamps = new Map<string, string>();
  /** Of the functions of this worker, by name. */
  readonly #codes = new Map<string, CodeSet>();
  /** Of sets that were looked at since the table changed, for as long as these live. */
  #verdicts = new WeakMap<CodeSet, boolean>();
  readonly #seen = new Map<string, RegisteredFunction>();
  /** Functions that have given different values for one request. */
  #nondeterministic: ReadonlySet<string> = new Set();
  /** Functions that requests asked for, and that neither this worker nor the pool's table has. */
  readonly #unheardOf = new Set<string>();

  readonly #unmet: ReadonlyMap<string, unknown>;
  readonly sets = new CodeSets();

  /** @param unmet - by name the functions that this worker lacks something for, see {@link FunctionRegistry.unmet}. */
  constructor(registry: FunctionRegistry, unmet: ReadonlyMap<string, unknown> = new Map()) {
    this.#registry = registry;
    this.#unmet = unmet;
  }

  get epoch(): number {
    return this.#table.epoch;
  }

  /** Functions that this worker lacks at the pool's current version, or that need more than it has. */
  get skips(): readonly string[] {
    return this.#skips;
  }

  get table(): FunctionTable {
    return this.#table;
  }

  /** Every function that the pool's table has ever had, as it was there last: for a pool that lost its data. */
  get seen(): ReadonlyMap<string, RegisteredFunction> {
    return this.#seen;
  }

  /** Functions that this worker has at another version than the pool's current one, sorted. */
  get outdated(): readonly string[] {
    const named = [...this.#table.functions].filter(([name, { version }]) => {
      const own = this.#registry.get(name);
      return own !== undefined && own.version !== version;
    });
    return named.map(([name]) => name).sort();
  }

  update(table: FunctionTable): void {
    this.#table = table;
    for (const [name, registered] of table.functions) this.#seen.set(name, registered);
    this.#stamps.clear();
    this.#verdicts = new WeakMap();
    const nondeterministic = [...table.functions].filter(([, { isNondeterministic }]) => isNondeterministic === true);
    this.#nondeterministic = new Set(nondeterministic.map(([name]) => name));
    this.#listSkips();
  }

  /** Until the next {@link update}, the pool may have another table than this one. */
  doubt(): void {
    this.#table = doubtful(this.#table);
  }

  /** A claimed request asks for a function that this worker lacks; one that the pool does not know is passed over as well. */
  noteLacking(name: string): void {
    if (this.#unheardOf.has(name) || this.#table.functions.has(name)) return;
    this.#unheardOf.add(name);
    this.#listSkips();
  }

  #listSkips(): void {
    const skips: string[] = [];
    for (const [name, { version }] of this.#table.functions)
      if (this.#registry.get(name)?.version !== version || this.#unmet.has(name)) skips.push(name);
    for (const name of this.#unheardOf) if (!this.#table.functions.has(name)) skips.push(name);
    this.#skips = skips;
  }

  /** The definition to evaluate a call of `name` with, if this worker has it at the pool's current version, and what it needs. */
  current(name: string): Definition | undefined {
    if (this.#unmet.has(name)) return undefined;
    const definition = this.#registry.get(name);
    if (definition === undefined) return undefined;
    const registered = this.#table.functions.get(name);
    return registered === undefined || registered.version === definition.version ? definition : undefined;
  }

  stamp(definition: Definition): string {
    const known = this.#stamps.get(definition.name);
    if (known !== undefined) return known;
    const stamp = ownStamp(definition.version, this.#table.functions.get(definition.name)?.generation ?? 0);
    this.#stamps.set(definition.name, stamp);
    return stamp;
  }

  /** The function alone, as code that takes part in an evaluation. */
  codeOf({ name, version }: Definition): CodeSet {
    const known = this.#codes.get(name);
    if (known !== undefined) return known;
    const code = this.sets.of([codeOf(name, version)]);
    this.#codes.set(name, code);
    return code;
  }

  /** Whether results of it may be kept. */
  isKeepable(code: CodeSet | undefined): boolean {
    if (code === undefined) return true;
    const named = this.#nondeterministic;
    return code.isKeepable && (named.size === 0 || !code.codes.some((each) => named.has(readCode(each).functionName)));
  }

  /** Whether the pool's table has no other version of any of it: functions that it does not know have one version, that of this process. */
  isCurrent(code: CodeSet): boolean {
    const known = this.#verdicts.get(code);
    if (known !== undefined) return known;
    const isCurrent = code.codes.map(readCode).every(({ functionName, version }) => {
      const registered = this.#table.functions.get(functionName);
      return registered === undefined || registered.version === version;
    });
    this.#verdicts.set(code, isCurrent);
    return isCurrent;
  }
}
