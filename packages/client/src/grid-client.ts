/**
 * A grid over a statekeeper, be it on Redis or in memory: checks what is handed in, finds the pool, and starts the wait
 * that fits the call.
 */
import {
  assertList,
  type Checked,
  type CheckedAll,
  type Clock,
  type Defined,
  encodeRequest,
  GridError,
  isDefined,
  parsePool,
  parseTarget,
  type Request,
  randomId,
  requestId,
  systemClock,
  type ValueOf,
  type ValuesOf,
  within,
} from "@callgrid/core";
import type { PoolKeeper, PoolState, Statekeeper } from "@callgrid/statekeeper";
import type { Tracing } from "@callgrid/tracing";
import { type GridCache, PoolsCache } from "./cache/grid-cache.ts";
import { announce, type ExpectedCapacity, type WorkForecast } from "./expected-work.ts";
import type { Grid, Outcomes, Requests } from "./grid.ts";
import { type ClientSettings, resolveClientOptions } from "./options/client-options.ts";
import {
  checkEnqueueOptions,
  checkStreamOptions,
  checkWindowOptions,
  type EnqueueOptions,
  type StreamOptions,
  type WindowOptions,
} from "./options/enqueue-options.ts";
import { type GridLog, makeDefaultLog } from "./options/log.ts";
import { Call } from "./requests/call.ts";
import { gridClosed, OpenWaits } from "./requests/open-waits.ts";
import { PoolClient } from "./requests/pool-client.ts";
import { SingleWait } from "./requests/single-wait.ts";
import { OrderedValues } from "./streams/ordered-values.ts";
import { OutcomeStream } from "./streams/outcome-stream.ts";

/** How a {@link GridClient} is set up. */
export interface GridClientParts {
  readonly statekeeper: Statekeeper;
  /** Default: all defaults, whatever the environment says. */
  readonly settings?: ClientSettings;
  readonly log?: GridLog;
  readonly clock?: Clock;
  /** Default: without tracing. */
  readonly tracing?: Tracing | undefined;
  /** Makes the ids that are not those of requests; default: random ones. A simulation that can be replayed makes its own. */
  readonly makeId?: () => string;
  /** The one pool that can have workers; default: any pool can. Without it, a request to another pool would wait forever. */
  readonly onlyPool?: string;
  /** Closes what was opened for this client; default: nothing was. */
  readonly onClose?: () => Promise<void>;
}

const processIdCharacters = 12;
// A Redis that does not answer must not keep a program from ending; leases clean up after it.
const closeGraceMs = 1_000;

/** A {@link Grid} over a statekeeper that the caller has opened; {@link connect} is the usual way to get one. */
export class GridClient implements Grid {
  /** This client's process id: names its inbox. */
  readonly process: string;
  readonly cache: GridCache;
  readonly #statekeeper: Statekeeper;
  readonly #settings: ClientSettings;
  readonly #log: GridLog;
  readonly #clock: Clock;
  readonly #tracing: Tracing | undefined;
  readonly #makeId: () => string;
  readonly #onlyPool: string | undefined;
  readonly #onClose: () => Promise<void>;
  readonly #pools = new Map<string, PoolClient>();
  readonly #plainCalls = new Map<string, Call>();
  readonly #waits = new OpenWaits();
  #closing: Promise<void> | undefined;

  constructor(parts: GridClientParts) {
    this.#statekeeper = parts.statekeeper;
    this.#settings = parts.settings ?? resolveClientOptions({}, {});
    this.#log = parts.log ?? makeDefaultLog();
    this.#clock = parts.clock ?? systemClock;
    this.#tracing = parts.tracing;
    this.#makeId = parts.makeId ?? randomId;
    this.process = `c${this.#makeId()}`.slice(0, processIdCharacters);
    this.#onlyPool = parts.onlyPool;
    this.#onClose = parts.onClose ?? (async () => undefined);
    this.cache = new PoolsCache({
      payloadLimitBytes: this.#settings.payloadLimitBytes,
      keeperOf: (poolId) => {
        this.#refuseIfClosed();
        return this.#keeper(poolId);
      },
    });
  }

  enqueue<const R extends Request>(
    poolId: string,
    request: R & Checked<R>,
    options?: EnqueueOptions,
  ): Promise<ValueOf<R>> {
    return new Promise<unknown>((resolve, reject) => {
      // before the options: arguments that are not in the list arrive as options
      assertList(request);
      const call =
        options === undefined ? this.#plainCall(poolId) : this.#call(poolId, checkEnqueueOptions(options, "enqueue"));
      new SingleWait(call, resolve, reject).start(request);
    }) as Promise<ValueOf<R>>;
  }

  enqueueAll<const R extends readonly Request[]>(
    poolId: string,
    requests: R & CheckedAll<R>,
    options?: WindowOptions,
  ): Promise<ValuesOf<R>>;
  enqueueAll<R extends Request>(
    poolId: string,
    requests: Requests<R & Checked<R>>,
    options?: WindowOptions,
  ): Promise<Array<ValueOf<R>>>;
  enqueueAll(poolId: string, requests: Requests<unknown>, options?: WindowOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const checked = checkWindowOptions(options, "enqueueAll");
      const size = checked.window ?? this.#settings.window;
      new OrderedValues(this.#call(poolId, checked), requests, { resolve, reject, size });
    });
  }

  stream<R extends Request>(
    poolId: string,
    requests: Requests<R & Checked<R>>,
    options?: StreamOptions,
  ): Outcomes<ValueOf<R>> {
    const checked = checkStreamOptions(options);
    const size = checked.window ?? this.#settings.window;
    const isOrdered = checked.order === "requests";
    return new OutcomeStream(this.#call(poolId, checked), requests, { size, isOrdered }) as Outcomes<ValueOf<R>>;
  }

  async forget(poolId: string, what: Request | string | Defined): Promise<void> {
    this.#refuseIfClosed();
    const keeper = this.#keeper(poolId);
    if (typeof what === "string") return keeper.forget({ functionName: what });
    if (isDefined(what)) return keeper.forget({ functionName: what.functionName });
    const { canonical } = encodeRequest(what, this.#settings.payloadLimitBytes);
    return keeper.forget({ id: requestId(canonical) });
  }

  async expectWork(poolId: string, forecast: WorkForecast): Promise<ExpectedCapacity> {
    this.#refuseIfClosed();
    return announce(this.#keeper(poolId), forecast, this.#makeId);
  }

  async status(poolId: string): Promise<PoolState> {
    this.#refuseIfClosed();
    return this.#keeper(poolId).inspect();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A call without options: one for all, since thousands of them may be made in one tick. */
  #plainCall(poolId: string): Call {
    const known = this.#plainCalls.get(poolId);
    if (known !== undefined && this.#closing === undefined) return known;
    const made = this.#call(poolId, {});
    // Worker ids come and go; only pools are kept.
    if (this.#pools.has(poolId)) this.#plainCalls.set(poolId, made);
    return made;
  }

  #call(poolId: string, options: EnqueueOptions): Call {
    this.#refuseIfClosed();
    const { pool, worker } = parseTarget(poolId);
    this.#refuseIfNotThere(pool);
    const { payloadLimitBytes } = this.#settings;
    const makeId = this.#makeId;
    return new Call({ pool: this.#poolClient(pool), worker, options, waits: this.#waits, payloadLimitBytes, makeId });
  }

  #keeper(poolId: string): PoolKeeper {
    const pool = parsePool(poolId);
    this.#refuseIfNotThere(pool);
    return this.#statekeeper.pool(pool);
  }

  #refuseIfNotThere(pool: string): void {
    if (this.#onlyPool === undefined || pool === this.#onlyPool) return;
    throw new GridError(
      "INVALID_OPTION",
      `unknown pool "${pool}": this embedded grid has one pool, "${this.#onlyPool}"`,
    );
  }

  #poolClient(name: string): PoolClient {
    const known = this.#pools.get(name);
    if (known !== undefined) return known;
    const made = new PoolClient({
      name,
      statekeeper: this.#statekeeper,
      process: this.process,
      settings: this.#settings,
      clock: this.#clock,
      log: this.#log,
      tracing: this.#tracing,
    });
    this.#pools.set(name, made);
    return made;
  }

  #refuseIfClosed(): void {
    if (this.#closing !== undefined) throw gridClosed();
  }

  async #close(): Promise<void> {
    this.#waits.close();
    const leaving = Promise.allSettled([...this.#pools.values()].map((pool) => pool.close()));
    await within(this.#clock, closeGraceMs, leaving);
    await this.#onClose();
  }
}
