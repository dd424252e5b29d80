/**
 * The grid of one run: the shared pool, and around it clients, workers and distributors, each in a process of its own with a
 * saboteur. What they run is the real code; what is simulated is the world around it.
 */
import { VirtualClock } from "@callgrid/core";
import { startDistributor } from "@callgrid/distributor";
import { type Member, MemoryStatekeeper, type PoolKeeper } from "@callgrid/statekeeper";
import { HoldBoard, HoldWatch, startWorker } from "@callgrid/worker";
import { pino } from "pino";
import { type CallGraph, drawGraph, type FunctionName, functionNames } from "./call-graph.ts";
import { type CodeVersion, codeVersions } from "./code-marks.ts";
import { drawFaultPlan, type FaultKind, type FaultPlan, type ProcessFaults } from "./fault-plan.ts";
import { forbiddenFunction, graphFunctions } from "./graph-functions.ts";
import { drawGridManner, type GridManner } from "./grid-manner.ts";
import { Network } from "./network.ts";
import { drawCalls } from "./planned-call.ts";
import { Random } from "./random.ts";
import { Saboteur } from "./saboteur.ts";
import { SimulatedClient } from "./simulated-client.ts";
import { SimulatedKeeper, statekeeperOf } from "./simulated-keeper.ts";
import { type Host, NodePlace, type NodePlaceParts, type StartedNode } from "./simulated-node.ts";
import { SimulatedProcess } from "./simulated-process.ts";
import { Trace } from "./trace.ts";
import { type BrokenPart, WatchedPool } from "./watched-pool.ts";
import { mistakeInWorker } from "./worker-invariants.ts";

export interface SimulatedGridOptions {
  readonly seed: number;
  readonly sharing: "auto" | "eager";
  readonly faultKinds: ReadonlySet<FaultKind>;
  readonly broken: BrokenPart | undefined;
  readonly traceLines: number;
}

const longestSkewMs = 3_600_000;
const longestRunMs = 3_600_000;
const silent = pino({ level: "silent" });

export class SimulatedGrid {
  readonly world = new VirtualClock();
  readonly trace: Trace;
  readonly plan: FaultPlan;
  readonly manner: GridManner;
  readonly graph: CallGraph;
  readonly watched: WatchedPool;
  readonly clients: SimulatedClient[] = [];
  readonly nodes: NodePlace[] = [];
  readonly #options: SimulatedGridOptions;
  readonly #random: Random;
  readonly #network: Network;
  readonly #statekeeper: MemoryStatekeeper;
  readonly #saboteurs: Saboteur[] = [];
  readonly #supervisorKeeper: SimulatedKeeper;
  /** Requests that no worker may evaluate, and who waits for them. */
  readonly #backlog: Array<{ readonly process: string; readonly isClient: boolean; readonly ids: readonly string[] }> =
    [];
  readonly #stopRandom: Random;
  #isMended = false;
  #processes = 0;
  #violation: string | undefined;

  constructor(options: SimulatedGridOptions) {
    this.#options = options;
    this.#random = new Random(String(options.seed));
    this.trace = new Trace(options.traceLines, () => this.world.now());
    this.plan = drawFaultPlan(this.#random.branch("faults"), options.faultKinds);
    this.manner = drawGridManner(this.#random.branch("grid"));
    this.graph = drawGraph(this.#random.branch("graph"));
    this.#stopRandom = this.#random.branch("midway");
    this.#network = new Network(this.plan.network, this.#random.branch("network"));
    this.#statekeeper = new MemoryStatekeeper({
      clock: this.world,
      grid: "simulation",
      limits: this.manner.limits,
    });
    this.watched = new WatchedPool({
      statekeeper: this.#statekeeper,
      graph: this.graph,
      trace: this.trace,
      broken: options.broken,
      drawStop: () => this.#drawStop(),
      onOperation: () => this.checkWorkers(),
      onViolation: this.fail,
    });
    this.#supervisorKeeper = this.#makeKeeper(this.#makeProcess("supervisor"));
  }

  /** What went wrong first, if anything did. */
  get violation(): string | undefined {
    return this.#violation;
  }

  readonly fail = (what: string): void => {
    if (this.#violation !== undefined) return;
    this.#violation = what;
    this.trace.note("simulation", "finds:", what);
    this.trace.stop();
  };

  /** Ids of the processes that live. */
  get living(): ReadonlySet<string> {
    const nodes = this.nodes.flatMap(({ host }) => (host === undefined ? [] : [host.id]));
    return new Set([...nodes, ...this.clients.filter(({ isAlive }) => isAlive).map(({ id }) => id)]);
  }

  /** Since when some node that can sweep runs undisturbed. */
  get calmSinceMs(): number {
    const calm = this.nodes.flatMap(({ host }) => host?.saboteur.calmSinceMs ?? []);
    return Math.min(...calm);
  }

  /** When the last fault that anybody still feels is over. */
  get disturbedUntilMs(): number {
    return Math.max(0, ...this.#saboteurs.flatMap(({ calmSinceMs }) => calmSinceMs ?? []));
  }

  start(): void {
    for (let i = 0; i < this.manner.distributors; i += 1) this.#addDistributor();
    for (const lacking of this.manner.lacking) this.#addWorker(lacking);
    for (let i = 0; i < this.manner.clients; i += 1) this.#addClient();
    for (const emptying of this.plan.emptyings) this.world.after(emptying.atMs, () => this.#empty(emptying.downMs));
    for (const loss of this.plan.losses) this.world.after(loss.atMs, () => void this.#addDoomed(loss));
    for (const load of this.plan.backlog) this.world.after(load.atMs, () => void this.#submitForbidden(load));
    this.#startClients();
  }

  /** Callers withdraw requests that no worker may evaluate. */
  async clearBacklog(): Promise<void> {
    for (const { process, isClient, ids } of this.#backlog.splice(0)) {
      await this.#onPool(process, "withdraw", (pool) => pool.withdraw(process, ids));
      if (!isClient) await this.#onPool(process, "leave", (pool) => pool.leave(process));
    }
  }

  /** Holds the invariants against every worker. */
  checkWorkers(): void {
    for (const place of this.nodes) {
      const state = place.inspect();
      const mistake = state === undefined ? undefined : mistakeInWorker(state);
      if (mistake !== undefined) this.fail(`inside ${place.host?.id}: ${this.graph.readable(mistake)}`);
    }
  }

  /** After how many writes the next operation stops, if it does. */
  #drawStop(): number | undefined {
    const { share, mostWrites } = this.plan.midway;
    const isStopped = share > 0 && !this.#isMended && this.#stopRandom.chance(share);
    return isStopped ? this.#stopRandom.integer(1, mostWrites) : undefined;
  }

  /** The faults are over: from now on everything works, though what has happened takes its time to mend. */
  mend(): void {
    this.trace.note("simulation", "faults are over");
    this.#isMended = true;
    this.#network.mend();
    for (const saboteur of this.#saboteurs) saboteur.end();
  }

  #empty(downMs: number): void {
    if (this.#hasSpecialists && this.#hasNewcomers) return;
    this.trace.note("statekeeper", `restarts empty, and is away for ${downMs.toFixed(0)} ms`);
    for (const saboteur of this.#saboteurs) if (saboteur.calmSinceMs !== undefined) saboteur.loseServer(downMs);
    this.#supervisorKeeper.loseServer({ downMs, stalls: 0 });
    this.#statekeeper.empty();
  }

  /** A worker takes what it gets before all others, and dies running it: from then on that is suspect. */
  async #addDoomed({ requests, livesMs }: FaultPlan["losses"][number]): Promise<void> {
    const { functions } = await this.watched.pool.functions();
    const versions = new Map([...functions].map(([name, { version }]) => [name, version]));
    this.#processes += 1;
    const id = `doomed${this.#processes}`;
    const member: Member = { id, kind: "worker", leaseMs: 60_000, description: {}, functions: versions };
    const { epoch } = await this.#onPool(id, "join", (pool) => pool.join(member));
    const skips = this.plan.backlog.length > 0 ? [forbiddenFunction] : [];
    const claim = { worker: id, epoch, skips, reach: "roots" as const, max: requests, budgetMicros: 1_000_000 };
    await this.#onPool(id, "claim", (pool) => pool.claim({ ...claim, volunteerFor: requests, score: 1_000 }));
    const { maxAttempts } = this.manner.worker;
    this.world.after(
      livesMs,
      () => void this.#onPool(id, "reportDeath", (pool) => pool.reportDeath(id, {}, maxAttempts)),
    );
  }

  async #submitForbidden({ requests, priority, isByClient }: FaultPlan["backlog"][number]): Promise<void> {
    this.#processes += 1;
    const client = isByClient ? this.clients.find(({ isAlive }) => isAlive) : undefined;
    const process = client?.id ?? `stranger${this.#processes}`;
    const submissions = Array.from({ length: requests }, (_, number) => ({
      id: this.#random.id(),
      payload: JSON.stringify([forbiddenFunction, number]),
    }));
    const where = priority === "pool" ? { isReentrant: true } : { priority };
    const batch = { process, leaseMs: client === undefined ? longestRunMs : 0, queueLimit: 0, ...where, submissions };
    await this.#onPool(process, "submit", (pool) => pool.submit(batch));
    this.#backlog.push({ process, isClient: client !== undefined, ids: submissions.map(({ id }) => id) });
  }

  #onPool<Reply>(who: string, operation: string, run: (pool: PoolKeeper) => Promise<Reply>): Promise<Reply> {
    return this.watched.run({ who, operation, about: undefined }, run);
  }

  #addWorker(lacking: ReadonlySet<FunctionName>): void {
    this.#addNode({
      makeHost: (leave) => this.#makeHost("worker", this.plan.workers, leave),
      start: (host) => this.#startWorker(host, lacking),
      reportedShare: this.manner.reportedShare,
    });
  }

  #addDistributor(): void {
    this.#addNode({
      makeHost: (leave) => this.#makeHost("distributor", this.plan.distributors, leave),
      start: (host) => this.#startDistributor(host),
      reportedShare: 0,
    });
  }

  #addNode(kind: Pick<NodePlaceParts, "makeHost" | "start" | "reportedShare">): void {
    const place = new NodePlace({
      ...kind,
      after: (ms, action) => void this.world.after(ms, action),
      random: this.#random.branch(`place ${this.nodes.length}`),
      longestReplaceMs: this.manner.longestReplaceMs,
      reportDeath: (id) => void this.#reportDeath(id),
      onViolation: this.fail,
    });
    this.nodes.push(place);
    place.start();
  }

  /** Where that fails the lease lapses. */
  async #reportDeath(id: string): Promise<void> {
    await this.#supervisorKeeper
      .reportDeath(id, { exitCode: 1 }, this.manner.worker.maxAttempts)
      .catch(() => undefined);
  }

  #makeHost(name: string, faults: ProcessFaults, leave: () => void): Host {
    const process = this.#makeProcess(name);
    const keeper = this.#makeKeeper(process);
    const saboteur = new Saboteur({
      world: this.world,
      trace: this.trace,
      random: this.#random.branch(`saboteur ${this.#processes}`),
      process,
      keeper,
      faults,
      untilMs: this.plan.untilMs,
      leave,
    });
    this.#saboteurs.push(saboteur);
    return { id: process.name, process, keeper, saboteur };
  }

  async #startWorker({ id, process, keeper }: Host, lacking: ReadonlySet<FunctionName>): Promise<StartedNode> {
    const { fleetingTtlMs } = this.manner;
    const board = new HoldBoard();
    this.#lookAtHolds(board, { id, process });
    const worker = await startWorker({
      ...this.manner.worker,
      pool: this.watched.name,
      sharing: this.#options.sharing,
      statekeeper: statekeeperOf(keeper),
      functions: graphFunctions(
        { graph: this.graph, fleetingTtlMs, lacking, versionOf: this.#drawVersions(id) },
        process,
      ),
      clock: process.clock,
      log: silent,
      holds: board.memory,
      id,
    });
    return { leave: () => worker.drain(this.manner.worker.leaseMs), inspect: () => worker.inspect() };
  }

  /** What versions the functions of a worker have that starts now. */
  #drawVersions(id: string): (name: FunctionName) => CodeVersion {
    const { versions } = this.plan;
    const usual = this.world.now() < this.manner.deployedAtMs ? "1" : "2";
    const random = this.#random.branch(`versions of ${id}`);
    const drawn = new Map(
      functionNames.map((name) => [name, codeVersions[random.integer(1, Math.max(1, versions)) - 1]]),
    );
    return (name) => (versions > 0 ? (drawn.get(name) ?? usual) : usual);
  }

  /**
   * As the worker's heartbeat thread does, over a connection of its own. Code of the simulation always yields, so two looks at once stand for
   * code that does not; they come at times that have nothing to do with the worker's.
   */
  #lookAtHolds(board: HoldBoard, { id, process }: Pick<Host, "id" | "process">): void {
    const { world, trace } = this;
    const random = this.#random.branch(`looks at ${id}`);
    const thread = new SimulatedProcess({ name: `${id}'s thread`, world, trace, skewMs: 0, random });
    process.onEnd(() => thread.exit());
    const watch = new HoldWatch({ board, keeper: this.#makeKeeper(thread), worker: id });
    const longestMs = random.logarithmic(50, 2_000);
    const look = (): void => {
      for (let looks = random.pick([1, 2]); looks > 0; looks -= 1) void watch.look();
      thread.clock.background(random.logarithmic(1, longestMs), look);
    };
    look();
  }

  async #startDistributor({ id, process, keeper }: Host): Promise<StartedNode> {
    const distributor = await startDistributor({
      ...this.manner.distributor,
      pool: this.watched.name,
      statekeeper: statekeeperOf(keeper),
      clock: process.clock,
      log: silent,
      id,
    });
    return { leave: () => distributor.stop() };
  }

  /** A pool where some functions are registered, and others not yet, refuses calls of those. */
  #startClients(): void {
    const { functions } = this.watched.pool.records;
    const isReady = !this.#hasSpecialists || functionNames.every((name) => functions.stampOf(name) !== undefined);
    if (isReady) for (const client of this.clients) client.start();
    else this.world.after(1, () => this.#startClients());
  }

  /** Whether the first one to join an emptied pool may be one who knows no other functions than its own. */
  get #hasNewcomers(): boolean {
    const { members } = this.watched.pool.records;
    const workers = members.ids().filter((id) => members.get(id)?.kind === "worker");
    const isAnyOutside = workers.length < this.manner.lacking.length;
    return isAnyOutside || (["deaths", "leaving", "midway"] as const).some((kind) => this.plan.kinds.includes(kind));
  }

  get #hasSpecialists(): boolean {
    return this.manner.lacking.some(({ size }) => size > 0);
  }

  #addClient(): void {
    const { process, keeper, saboteur } = this.#makeHost("client", this.plan.clients, () => void client.close());
    const random = this.#random.branch(`client ${this.clients.length}`);
    const client = new SimulatedClient({
      process,
      keeper,
      graph: this.graph,
      settings: this.manner.client,
      calls: drawCalls(random, this.graph, { spanMs: this.plan.untilMs, hasImpatient: this.manner.hasImpatientCalls }),
      random,
      trace: this.trace,
      onViolation: this.fail,
    });
    this.clients.push(client);
    saboteur.start();
  }

  #makeProcess(kind: string): SimulatedProcess {
    this.#processes += 1;
    const { world, trace } = this;
    const skewMs = this.#random.between(0, longestSkewMs);
    const random = this.#random.branch(`process ${this.#processes}`);
    return new SimulatedProcess({ name: `${kind}${this.#processes}`, world, trace, skewMs, random });
  }

  #makeKeeper(process: SimulatedProcess): SimulatedKeeper {
    return new SimulatedKeeper({ process, world: this.world, network: this.#network, trace: this.trace }, this.watched);
  }
}
