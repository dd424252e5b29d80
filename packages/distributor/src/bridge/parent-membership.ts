/**
 * A bridge as a member of the parent pool: joins with its pool's functions, joins again when these change or the parent has
 * forgotten it, and reports their durations to the parent, which sizes claims by them.
 */
import { hostname } from "node:os";
import {
  doubtful,
  type EvaluationReport,
  type FunctionTable,
  type ObservedPool,
  type RegisteredFunction,
  type WorkerPool,
} from "@callgrid/statekeeper";
import { type FunctionTables, knownWith } from "./function-tables.ts";

/** What a {@link ParentMembership} works with. */
export interface ParentMembershipParts {
  readonly child: ObservedPool;
  readonly parent: WorkerPool & ObservedPool;
  readonly member: string;
  readonly leaseMs: number;
  readonly tables: FunctionTables;
  /** Has the distributor join its own pool again, with these functions as known. */
  readonly joinChild: (knows: ReadonlyMap<string, RegisteredFunction>) => Promise<FunctionTable>;
  /** What the parent knew of this member is gone. */
  readonly onJoined: () => void;
}

/** A measure that differs by less is not reported again. */
const reportingRatio = 1.25;

export class ParentMembership {
  readonly #parts: ParentMembershipParts;
  #announced = "";
  /** What the pool was last seen to know, with what its parent does. */
  #known: ReadonlyMap<string, RegisteredFunction> = new Map();
  #joining: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: ParentMembershipParts) {
    this.#parts = parts;
  }

  join(): Promise<void> {
    this.#joining ??= this.#join().finally(() => {
      this.#joining = undefined;
    });
    return this.#joining;
  }

  /** Resolves once the lease is prolonged, or the member has joined again. */
  async renew(): Promise<void> {
    const { parent, member, leaseMs } = this.#parts;
    if (!(await parent.renew(member, leaseMs))) await this.join();
  }

  async readParentTable(): Promise<void> {
    this.#parts.tables.parent = await this.#parts.parent.functions();
  }

  /** Reads both tables: one of them has changed. */
  async readTables(): Promise<void> {
    await this.readParentTable();
    await this.announce();
  }

  /** Reads its pool's functions, reports their changes to the parent, and reports to the pool what only the parent knows. */
  async announce(): Promise<void> {
    const { child, parent, member, tables } = this.#parts;
    tables.child = await child.functions();
    await this.#informChild();
    if (textOf(tables.childVersions) !== this.#announced) await this.join();
    const reports = newMeasures(tables.child, tables.parent);
    if (reports.length === 0 || this.#isStopped) return;
    await parent.complete(member, [], reports);
    await this.readParentTable();
  }

  /** Its own pool has lost its memory. */
  async joinChildAgain(): Promise<void> {
    if (this.#isStopped) return;
    const { tables, joinChild } = this.#parts;
    tables.child = doubtful(tables.child);
    tables.child = await joinChild(this.#known);
  }

  async leave(): Promise<void> {
    this.#isStopped = true;
    await this.#joining?.catch(() => undefined);
    await this.#parts.parent.leave(this.#parts.member);
  }

  async #informChild(): Promise<void> {
    const { tables } = this.#parts;
    this.#known = knownWith(tables.parent, new Map([...this.#known, ...tables.child.functions]));
    const isNews = [...this.#known].some(
      ([name, { version }]) => tables.child.functions.get(name)?.version !== version,
    );
    if (isNews) await this.joinChildAgain();
  }

  async #join(): Promise<void> {
    if (this.#isStopped) return;
    const { child, parent, member, leaseMs, tables, onJoined } = this.#parts;
    const functions = tables.childVersions;
    const description = { host: hostname(), processId: process.pid, bridgesTo: child.pool };
    tables.parent = doubtful(tables.parent);
    tables.parent = await parent.join({ id: member, kind: "worker", leaseMs, description, functions });
    this.#announced = textOf(functions);
    onJoined();
  }
}

function textOf(versions: ReadonlyMap<string, string>): string {
  return JSON.stringify([...versions].sort());
}

/** They say how long a function takes, and count no evaluation: those are counted where they were made. */
function newMeasures(child: FunctionTable, parent: FunctionTable): EvaluationReport[] {
  const reports: EvaluationReport[] = [];
  for (const [functionName, { selfMicros = 0, expectedMicros = 0 }] of child.functions) {
    const known = parent.functions.get(functionName);
    const isNews = differs(selfMicros, known?.selfMicros) || differs(expectedMicros, known?.expectedMicros);
    if (selfMicros >= 1 && isNews)
      reports.push({ functionName, evaluations: 0, failures: 0, selfMicros, expectedMicros });
  }
  return reports;
}

function differs(micros: number, knownMicros = 0): boolean {
  return Math.max(micros, knownMicros) / Math.max(1, Math.min(micros, knownMicros)) > reportingRatio;
}
