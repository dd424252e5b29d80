/** A client of a simulation: makes its planned calls with the real client, and judges what comes back. */

import { GridClient, type GridLog, resolveClientOptions } from "@callgrid/client";
import { isGridError, type Outcome, RequestError } from "@callgrid/core";
import type { CallGraph } from "./call-graph.ts";
import type { PlannedCall } from "./planned-call.ts";
import type { Random } from "./random.ts";
import { isRefused, mistakeIn } from "./right-outcome.ts";
import { type SimulatedKeeper, statekeeperOf } from "./simulated-keeper.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { Trace } from "./trace.ts";

export interface ClientSettingsDrawn {
  readonly checkEveryMs: number;
  readonly leaseMs: number;
}

export interface SimulatedClientParts {
  readonly process: SimulatedProcess;
  readonly keeper: SimulatedKeeper;
  readonly graph: CallGraph;
  readonly settings: ClientSettingsDrawn;
  readonly calls: readonly PlannedCall[];
  readonly random: Random;
  readonly trace: Trace;
  readonly onViolation: (what: string) => void;
}

const silent: GridLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A call that was made, and how it may fail besides what its nodes do. */
interface MadeCall {
  readonly plan: PlannedCall;
  isAborted: boolean;
}

export class SimulatedClient {
  readonly #parts: SimulatedClientParts;
  readonly #grid: GridClient;
  readonly #unanswered: Set<PlannedCall>;
  #isClosing = false;

  constructor(parts: SimulatedClientParts) {
    const { process, keeper, settings, random } = parts;
    this.#parts = parts;
    this.#unanswered = new Set(parts.calls);
    this.#grid = new GridClient({
      statekeeper: statekeeperOf(keeper),
      settings: resolveClientOptions({ ...settings }, {}),
      log: silent,
      clock: process.clock,
      makeId: () => random.id(),
    });
  }

  /** Its process id. */
  get id(): string {
    return this.#grid.process;
  }

  get isAlive(): boolean {
    return this.#parts.process.isAlive;
  }

  /** Calls that are waited for, or still to be made; a dead client waits for nothing. */
  get unanswered(): string[] {
    return this.isAlive ? [...this.#unanswered].map((plan) => this.#describe(plan)) : [];
  }

  start(): void {
    const { process, calls } = this.#parts;
    for (const call of calls) process.clock.after(call.atMs, () => void this.#make(call));
  }

  /** Leaves cleanly, whatever is still open. */
  async close(): Promise<void> {
    if (!this.isAlive || this.#isClosing) return;
    this.#isClosing = true;
    await this.#grid.close();
    this.#parts.process.exit();
  }

  async #make(plan: PlannedCall): Promise<void> {
    const call: MadeCall = { plan, isAborted: false };
    this.#parts.trace.note(this.#parts.process.name, plan.manner, plan);
    try {
      if (plan.manner === "enqueue") await this.#enqueue(call);
      else if (plan.manner === "enqueueAll") await this.#enqueueAll(call);
      else if (plan.manner === "stream") await this.#stream(call);
      else await this.#forget(call);
    } catch (error) {
      this.#judgeEnd(call, error);
    }
    this.#unanswered.delete(plan);
    this.#parts.trace.note(this.#parts.process.name, "is done with", plan);
  }

  async #forget({ plan }: MadeCall): Promise<void> {
    const [node = 0] = plan.nodes;
    const { graph, random } = this.#parts;
    await this.#grid.forget("pool", random.chance(0.5) ? graph.node(node).functionName : this.#requestOf(node));
  }

  async #enqueue(call: MadeCall): Promise<void> {
    const [node = 0] = call.plan.nodes;
    const value = await this.#grid.enqueue(targetOf(call), this.#requestOf(node), this.#optionsOf(call));
    this.#judge(call, node, { value });
  }

  async #enqueueAll(call: MadeCall): Promise<void> {
    const { nodes, window } = call.plan;
    const requests = nodes.map((node) => this.#requestOf(node));
    const values = await this.#grid.enqueueAll(targetOf(call), requests, { ...this.#optionsOf(call), window });
    if (values.length !== nodes.length) this.#fail(call, `${values.length} values for ${nodes.length} requests`);
    for (const [index, node] of nodes.entries()) this.#judge(call, node, { value: values[index] });
  }

  async #stream(call: MadeCall): Promise<void> {
    const { nodes, window, leaveAfter } = call.plan;
    const requests = nodes.map((node) => this.#requestOf(node));
    const seen = new Set<number>();
    if (leaveAfter === 0) return;
    for await (const { index, outcome } of this.#grid.stream(targetOf(call), requests, {
      ...this.#optionsOf(call),
      window,
    })) {
      if (seen.has(index)) this.#fail(call, `two outcomes at index ${index}`);
      seen.add(index);
      this.#judge(call, nodes[index] ?? -1, outcome);
      if (seen.size === leaveAfter) return;
    }
    if (seen.size !== nodes.length) this.#fail(call, `${seen.size} outcomes for ${nodes.length} requests`);
  }

  #requestOf(node: number): [string, ...unknown[]] {
    return this.#parts.graph.requestOf(node, this.#parts.random.chance(0.5));
  }

  #optionsOf(call: MadeCall): { signal?: AbortSignal; timeoutMs?: number | undefined; cache?: PlannedCall["cache"] } {
    const { abortAfterMs, timeoutMs, cache } = call.plan;
    if (abortAfterMs === undefined) return { timeoutMs, cache };
    const controller = new AbortController();
    this.#parts.process.clock.after(abortAfterMs, () => {
      call.isAborted = true;
      controller.abort();
    });
    return { timeoutMs, cache, signal: controller.signal };
  }

  /** What a whole call ended with. */
  #judgeEnd(call: MadeCall, error: unknown): void {
    const { plan, isAborted } = call;
    if (this.#isClosing && isGridError(error, "GRID_CLOSED")) return;
    if (isRefused(error)) return;
    if (isAborted && isGridError(error, "CANCELLED") && !(error instanceof RequestError)) return;
    if (!(error instanceof RequestError) || plan.manner === "stream") {
      this.#fail(call, `it ended with ${String(error)}`);
    } else {
      const failing = plan.nodes.find((node) => "failures" in this.#parts.graph.outcomeOf(node));
      this.#judge(call, failing ?? plan.nodes[0] ?? 0, { error });
    }
  }

  #judge(call: MadeCall, node: number, outcome: Outcome): void {
    const mistake = mistakeIn(outcome, this.#parts.graph.outcomeOf(node));
    if (mistake === undefined || isTimeout(call, outcome) || isUnavailable(call, outcome)) return;
    this.#fail(call, `${this.#parts.graph.nameOf(node)} has ${mistake}`);
  }

  #fail({ plan }: MadeCall, what: string): void {
    this.#parts.onViolation(`${this.#describe(plan)}: ${what}`);
  }

  #describe({ manner, nodes }: PlannedCall): string {
    const { process, graph } = this.#parts;
    return `${process.name} ${manner}(${nodes.map((node) => graph.nameOf(node)).join(", ")})`;
  }
}

function targetOf({ plan }: MadeCall): string {
  return plan.worker === undefined ? "pool" : `pool/${plan.worker}`;
}

/** A call with a limit of time may run into it. What it calls may not: that is for those who wait to decide. */
function isTimeout({ plan }: MadeCall, outcome: Outcome): boolean {
  return plan.timeoutMs !== undefined && "error" in outcome && outcome.error.code === "TIMEOUT";
}

/** A call that is addressed to one worker fails where that is not there, or leaves. */
function isUnavailable({ plan }: MadeCall, outcome: Outcome): boolean {
  return plan.worker !== undefined && "error" in outcome && outcome.error.code === "WORKER_UNAVAILABLE";
}
