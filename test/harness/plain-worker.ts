/**
 * A worker of the plainest kind, for tests of callers: it claims, evaluates and completes, one operation after the
 * other, and knows nothing of leases, re-entrant calls, slots or measuring.
 */
import { decodeRequest, encodeError, encodeValue, type OutcomeText } from "@callgrid/core";
import type { Claim, FunctionTable, InboxListener, InboxMessage, PoolKeeper } from "@callgrid/statekeeper";

type PlainFunctions = Readonly<Record<string, (...args: never[]) => unknown>>;

const oneHourMs = 3_600_000;

export class PlainWorker {
  /** The requests that were evaluated, as JSON text, in order. */
  readonly evaluated: string[] = [];
  /** The ids that it was ordered to stop for. */
  readonly cancelled: string[] = [];
  readonly #keeper: PoolKeeper;
  readonly #id: string;
  readonly #functions: PlainFunctions;
  #table: FunctionTable = { epoch: 0, functions: new Map() };
  #inbox: InboxListener | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(keeper: PoolKeeper, functions: PlainFunctions, id = "worker") {
    this.#keeper = keeper;
    this.#functions = functions;
    this.#id = id;
  }

  async start(): Promise<this> {
    this.#inbox = this.#keeper.listen(this.#id, {
      onMessages: (messages) => this.#then(() => this.#receive(messages)),
      onReconnect: () => this.#then(() => this.#join()),
    });
    await this.#then(() => this.#join());
    return this;
  }

  async stop(): Promise<void> {
    await this.#inbox?.close();
    await this.#work;
    await this.#keeper.leave(this.#id);
  }

  /** One thing after the other. */
  #then(action: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(action);
    return this.#work;
  }

  async #join(): Promise<void> {
    this.#table = await this.#keeper.join({
      id: this.#id,
      kind: "worker",
      leaseMs: oneHourMs,
      description: {},
      functions: new Map(Object.keys(this.#functions).map((name) => [name, "1"])),
    });
    await this.#claimAll();
  }

  async #receive(messages: readonly InboxMessage[]): Promise<void> {
    for (const message of messages) {
      if (message.kind === "run") await this.#evaluate([message.claim]);
      if (message.kind === "cancel") this.cancelled.push(message.id);
      if (message.kind === "functions") this.#table = await this.#keeper.functions();
    }
    await this.#claimAll();
  }

  /** Until there is nothing; then it has volunteered. */
  async #claimAll(): Promise<void> {
    for (;;) {
      const reply = await this.#keeper.claim({
        worker: this.#id,
        max: 100,
        budgetMicros: 1_000_000_000,
        epoch: this.#table.epoch,
        skips: [...this.#table.functions.keys()].filter((name) => !Object.hasOwn(this.#functions, name)),
        reach: "roots",
        volunteerFor: 1,
      });
      if (reply.kind === "stale") this.#table = await this.#keeper.functions();
      else if (reply.claims.length === 0) return;
      await this.#evaluate(reply.claims);
    }
  }

  async #evaluate(claims: readonly Claim[]): Promise<void> {
    for (const { id, payload } of claims) {
      const [name, ...args] = decodeRequest(payload);
      this.evaluated.push(payload);
      const registered = this.#table.functions.get(name);
      const stamp = `${registered?.version}#${registered?.generation}`;
      const outcome = await this.#outcomeOf(payload, name, args);
      await this.#keeper.complete(this.#id, [{ id, outcome, ttlMs: oneHourMs, stamp }], []);
    }
  }

  async #outcomeOf(payload: string, name: string, args: readonly unknown[]): Promise<OutcomeText> {
    try {
      const evaluate = this.#functions[name] as ((...args: unknown[]) => unknown) | undefined;
      if (evaluate === undefined) throw new Error(`no function ${name}`);
      return encodeValue(await evaluate(...args));
    } catch (error) {
      const msg = error instanceof Error ? error.message : String(error);
      return encodeError({ msg, code: "FUNCTION_FAILED", req: payload });
    }
  }
}
