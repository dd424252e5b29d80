/**
 * Random operations on a pool, as plain data: fast-check makes, shrinks and prints them, and both statekeepers run the same ones.
 * Leases last forever or have lapsed at once, in an order that is part of the operation: so real time plays no part.
 */
import type {
  CacheMode,
  Capacity,
  Claim,
  ClaimReach,
  Completion,
  ExpectedWork,
  HostState,
  PoolKeeper,
  Preference,
} from "@callgrid/statekeeper";
import fc from "fast-check";
import { idOf, longLeaseMs } from "./stage.ts";

/** One operation; see the head of this file. */
export interface Operation {
  readonly kind: string;
  readonly data: unknown;
}

/** What an operation finds before it: the same on both statekeepers, or an earlier comparison would have failed. */
export interface Situation {
  /** How many operations went before. */
  readonly step: number;
  readonly epoch: number;
  /** The ids that each worker has claimed. */
  readonly running: Readonly<Record<string, readonly string[]>>;
}

interface Kind {
  readonly weight: number;
  readonly data: fc.Arbitrary<unknown>;
  /** Replies in the form that is the same on both statekeepers. */
  readonly run: (pool: PoolKeeper, data: never, situation: Situation) => Promise<unknown>;
}

function kind<Data>(
  weight: number,
  data: fc.Arbitrary<Data>,
  run: (pool: PoolKeeper, data: Data, situation: Situation) => Promise<unknown>,
): Kind {
  return { weight, data, run };
}

const requestNames = ["a", "b", "c", "d", "e", "f", "g", "h"] as const;
const functionNames = ["add", "box", "cut", "dig"] as const;
/** By name, so that a printed operation stays short. */
const outcomes = {
  plain: "=1",
  rich: '~{"json":2}',
  error: '!{"msg":"no/t","code":"FUNCTION_FAILED","req":"[]"}',
  large: `=${"9".repeat(70_000)}`,
} as const;

const worker = fc.constantFrom("w1", "w2", "w3");
const client = fc.constantFrom("c1", "c2");
const process = fc.oneof(worker, client);
const host = fc.constantFrom("h1", "h2");
const processOrHost = fc.oneof(process, host);
const name = fc.constantFrom(...requestNames);
const names = fc.array(name, { minLength: 1, maxLength: 2 });
const functionName = fc.constantFrom(...functionNames);
const version = fc.constantFrom("v1", "v1", "v1", "v2");
/** Of other functions that took part in an outcome. */
const others = fc.constantFrom("", "", ",box@v1", ",box@v2", ",box@v1,cut@v1", ",unknown@v1");
const outcome = fc.constantFrom("plain", "rich", "error", "large");
const maxAttempts = fc.integer({ min: 1, max: 3 });
const priority = fc.constantFrom(0, 0, 0, 1, -2);
const submission = fc.record({
  name,
  mode: fc.constantFrom<CacheMode[]>("use", "use", "use", "refresh", "bypass"),
  timeoutMs: fc.constantFrom(0, 0, longLeaseMs, 2 * longLeaseMs),
  isHeld: fc.constantFrom(false, false, false, false, false, true),
  isRich: fc.constantFrom(false, false, true),
  trace: fc.constantFrom(undefined, undefined, traceOf("1"), traceOf("2")),
});
const submissions = fc.array(submission, { minLength: 1, maxLength: 4 });
const selfMicros = fc.constantFrom(0, 10.4, 500);
const report = fc.record({
  functionName,
  evaluations: fc.nat(3),
  failures: fc.nat(1),
  selfMicros,
  expectedMicros: selfMicros,
});

const kinds: Readonly<Record<string, Kind>> = {
  join: kind(
    4,
    fc.record({
      id: worker,
      kind: fc.constantFrom("worker", "worker", "distributor"),
      functions: fc.record(
        { add: version, box: version, cut: version, dig: version },
        { requiredKeys: ["add"], noNullPrototype: true },
      ),
      knows: fc.array(fc.tuple(functionName, fc.record({ version, generation: fc.nat(2) })), { maxLength: 2 }),
    }),
    (pool, { functions, knows, ...member }, { step }) =>
      pool.join({
        ...member,
        leaseMs: longLeaseMs,
        description: { step },
        functions: new Map(Object.entries(functions)),
        knows: new Map(knows),
      }),
  ),
  submitByClient: kind(
    8,
    fc.record({ process: client, priority, queueLimit: fc.constantFrom(0, 0, 3), submissions }),
    (pool, data) => pool.submit({ ...data, leaseMs: longLeaseMs, submissions: data.submissions.map(submissionOf) }),
  ),
  submitByWorker: kind(
    6,
    fc.record({ worker, isReentrant: fc.boolean(), queueLimit: fc.constantFrom(0, 0, 3), submissions }),
    (pool, data) =>
      pool.submit({ ...data, process: data.worker, leaseMs: 0, submissions: data.submissions.map(submissionOf) }),
  ),
  submitReentrant: kind(3, fc.record({ process, priority, submissions }), (pool, data) =>
    pool.submit({
      ...data,
      leaseMs: 0,
      queueLimit: 0,
      isReentrant: true,
      submissions: data.submissions.map(submissionOf),
    }),
  ),
  submitToWorker: kind(2, fc.record({ process, worker, submissions }), (pool, data) =>
    pool.submit({ ...data, leaseMs: 0, queueLimit: 0, submissions: data.submissions.map(submissionOf) }),
  ),
  address: kind(3, fc.record({ process, worker, submissions }), (pool, data) =>
    pool.submit({ ...data, leaseMs: 0, queueLimit: 0, submissions: data.submissions.map(addressedOf) }),
  ),
  claim: kind(
    12,
    fc.record({
      worker,
      max: fc.constantFrom(1, 2, 3, 0),
      budgetMicros: fc.constantFrom(0, 15, 1_000_000),
      spareMicros: fc.constantFrom(0, 0, 15, 60),
      isStale: fc.integer({ min: 0, max: 9 }).map((drawn) => drawn === 9),
      skips: fc.constantFrom([], [], [], ["add"], ["box", "dig"]),
      reach: fc.constantFrom<ClaimReach[]>(
        ...(["roots", "roots", "roots", "roots", "own-queue", "children", "children"] as const),
        ...(["next", "ahead", "last", "half", "shown"] as const),
      ),
      volunteerFor: fc.constantFrom(0, 1, 2, 3),
      score: fc.constantFrom(1, 1, 2.5, 0),
      recent: fc.constantFrom(...functionNames, undefined),
    }),
    async (pool, { isStale, recent, ...given }, { epoch }) => {
      const request = { ...given, ...(recent === undefined ? {} : { recent }) };
      const reply = await pool.claim({ ...request, epoch: isStale ? epoch - 1 : epoch });
      return { ...reply, claims: reply.claims.map(withoutTime) };
    },
  ),
  complete: kind(
    3,
    fc.record({
      worker,
      names,
      outcome,
      isKept: fc.boolean(),
      version,
      others,
      reports: fc.array(report, { maxLength: 2 }),
    }),
    (pool, { names, reports, ...data }) =>
      pool.complete(
        data.worker,
        names.map((name) => completionOf(idOf(name), data)),
        reports,
      ),
  ),
  completeClaimed: kind(6, fc.record({ worker, outcome, version, others }), (pool, data, { running }) => {
    const ids = (running[data.worker] ?? []).slice(0, 1);
    return pool.complete(
      data.worker,
      ids.map((id) => completionOf(id, { ...data, isKept: true })),
      [],
    );
  }),
  submitGuests: kind(6, fc.record({ process: worker, priority, submissions }), (pool, { submissions, ...data }) =>
    pool.submit({ ...data, leaseMs: 0, queueLimit: 0, isGuest: true, submissions: submissions.map(submissionOf) }),
  ),
  look: kind(3, fc.record({ worker }), (pool, { worker }) => pool.look(worker)),
  recall: kind(
    3,
    fc.record({ process: worker, limit: fc.constantFrom(0, 1, 2, 10), skips: fc.constantFrom([], [], ["add", "box"]) }),
    (pool, request) => pool.recall(request),
  ),
  locate: kind(1, fc.record({ names }), (pool, { names }) => pool.locate(names.map(idOf))),
  release: kind(2, fc.record({ worker, names }), (pool, { worker, names }) => pool.release(worker, names.map(idOf))),
  mark: kind(
    3,
    fc.record({
      worker,
      suspended: fc.array(fc.record({ name, waitsFor: fc.array(name, { maxLength: 3 }) }), { maxLength: 3 }),
      resumed: fc.array(name, { maxLength: 2 }),
      progress: fc.array(fc.record({ name, done: fc.nat(5), total: fc.nat(9) }), { maxLength: 2 }),
    }),
    (pool, data) => {
      const suspended = data.suspended.map(({ name, waitsFor }) => ({ id: idOf(name), waitsFor: waitsFor.map(idOf) }));
      const progress = data.progress.map(({ name, done, total }) => ({ id: idOf(name), done, total }));
      return pool.mark(data.worker, suspended, data.resumed.map(idOf), progress);
    },
  ),
  followWaits: kind(1, fc.record({ names, limit: fc.nat(6) }), (pool, { names, limit }) =>
    pool.followWaits(names.map(idOf), limit),
  ),
  withdraw: kind(2, fc.record({ process, names }), (pool, { process, names }) =>
    pool.withdraw(process, names.map(idOf)),
  ),
  check: kind(2, fc.record({ process, leaseMs: fc.constantFrom(0, longLeaseMs), names }), (pool, data) =>
    pool.check(data.process, data.leaseMs, data.names.map(idOf)),
  ),
  reconcile: kind(
    2,
    fc.record({ worker, names: fc.array(name, { maxLength: 4 }) }),
    async (pool, { worker, names }) => {
      const { claims, abandoned } = await pool.reconcile(worker, names.map(idOf));
      return { claims: claims.map(withoutTime), abandoned };
    },
  ),
  renew: kind(
    1,
    fc.record({ process, memoryMb: fc.option(fc.nat(99), { nil: undefined }) }),
    (pool, { process, memoryMb }) => pool.renew(process, longLeaseMs, { memoryMb }),
  ),
  // Further back each time, so that the order in which processes are swept does not hang on real time.
  lapse: kind(3, fc.record({ process: processOrHost }), (pool, { process }, { step }) =>
    pool.renew(process, -longLeaseMs * (1 + step)),
  ),
  sweep: kind(
    4,
    fc.record({
      process,
      headLeaseMs: fc.constantFrom(0, longLeaseMs),
      maxAttempts,
      prefer: fc.constantFrom<Preference[][]>([], ["recent", "score"], ["idle"]),
      sweeperLeaseMs: fc.constantFrom(0, 0, longLeaseMs),
    }),
    (pool, data) => pool.sweep({ ...data, limit: 100 }),
  ),
  leave: kind(1, fc.record({ process: processOrHost }), (pool, { process }) => pool.leave(process)),
  reportDeath: kind(2, fc.record({ worker, maxAttempts }), (pool, { worker, maxAttempts }, { step }) =>
    pool.reportDeath(worker, { exitCode: step, lastLine: "over & out / é" }, maxAttempts),
  ),
  abdicate: kind(1, fc.record({ process }), (pool, { process }) => pool.abdicate(process)),
  survey: kind(2, fc.constant({}), async (pool) => {
    const survey = await pool.survey({ requests: 100, members: 100 });
    return { ...survey, hosts: survey.hosts.map(withoutLease), expected: survey.expected.map(withoutTimes) };
  }),
  announceWork: kind(
    1,
    fc.record({ id: fc.constantFrom("spike", "batch"), workMs: fc.constantFrom(0, 2.5, 1_000), isOver: fc.boolean() }),
    (pool, { id, workMs, isOver }) =>
      pool.announceWork({ id, workMs, startsInMs: 0, withinMs: workMs * 2, ttlMs: isOver ? 0 : longLeaseMs }),
  ),
  noteCapacity: kind(1, fc.record({ process, desiredWorkers: fc.nat(9) }), (pool, { process, desiredWorkers }) =>
    pool.noteCapacity(process, { desiredWorkers, shares: { h1: desiredWorkers } }),
  ),
  reportHost: kind(2, fc.record({ id: host, score: fc.nat(3) }), async (pool, report) => {
    const limits = { minWorkers: 0, maxWorkers: 4, description: { host: "here" } };
    return withoutAge(await pool.reportHost({ ...report, ...limits, leaseMs: longLeaseMs }));
  }),
  forgetResult: kind(1, fc.record({ name }), (pool, { name }) => pool.forget({ id: idOf(name) })),
  forgetFunction: kind(1, fc.record({ functionName }), (pool, data) => pool.forget(data)),
  inspectRequest: kind(1, fc.record({ name }), async (pool, { name }) => {
    const state = await pool.inspectRequest(idOf(name));
    if (state === undefined) return undefined;
    const { ownerLeaseLeftMs, claimedForMs, timeoutMs, resultLeftMs, ...rest } = state;
    const isClaimed = claimedForMs !== undefined;
    const isKept = isAlive(resultLeftMs);
    return { ...rest, isOwnerAlive: isAlive(ownerLeaseLeftMs), isClaimed, isKept, hasTimeout: timeoutMs > 0 };
  }),
  inspectResult: kind(1, fc.record({ name }), async (pool, { name }) => {
    const kept = await pool.inspectResult(idOf(name));
    return kept && { stamp: kept.stamp, isKept: isAlive(kept.leftMs) };
  }),
  inspect: kind(1, fc.constant({}), async (pool) => {
    const state = await pool.inspect();
    const members = state.members.map((member) => ({ ...member, leaseLeftMs: isAlive(member.leaseLeftMs) }));
    const hosts = state.hosts.map((host) => ({ ...host, leaseLeftMs: isAlive(host.leaseLeftMs) }));
    const expected = state.expected.map(withoutTimes);
    return { ...state, members, hosts, expected, capacity: withoutAge(state.capacity) };
  }),
};

/** Two workers that have all functions: without them little of what follows finds anything to do. */
export const opening: readonly Operation[] = ["w1", "w2"].map((id) => ({
  kind: "join",
  data: { id, kind: "worker", functions: { add: "v1", box: "v1", cut: "v1", dig: "v1" } },
}));

/** An operation of any kind. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  ...Object.entries(kinds).map(([kind, { weight, data }]) => ({
    weight,
    arbitrary: data.map((made) => ({ kind, data: made })),
  })),
);

/** Runs an operation. */
export async function run(pool: PoolKeeper, { kind, data }: Operation, situation: Situation): Promise<unknown> {
  return kinds[kind]?.run(pool, data as never, situation);
}

/** Of one name, so that it is large in whatever form it is written. */
const largeArguments: Readonly<Record<string, readonly string[]>> = { h: ["x".repeat(70_000)] };

/** Equal names make equal requests, though not always equal payloads: a request may be written in two ways. */
function submissionOf<S extends { name: (typeof requestNames)[number]; isRich: boolean; trace: string | undefined }>({
  name,
  isRich,
  trace,
  ...given
}: S) {
  const rest = { ...given, ...(trace === undefined ? {} : { trace }) };
  const functionName = functionNames[requestNames.indexOf(name) % functionNames.length];
  const request = JSON.stringify([functionName, name, ...(largeArguments[name] ?? [])]);
  return { ...rest, id: idOf(name), payload: isRich ? `{"json":${request}}` : request };
}

/** For one worker alone. */
function addressedOf(given: Parameters<typeof submissionOf>[0]) {
  return { ...submissionOf(given), id: idOf(`@${given.name}`), isHeld: false };
}

/** The context of a trace with this digit in it. */
function traceOf(digit: string): string {
  return `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;
}

function completionOf(
  id: string,
  made: { outcome: keyof typeof outcomes; isKept: boolean; version: string; others: string },
): Completion {
  const { version, others } = made;
  const stamp = `${version}#0${others}`;
  return { id, outcome: outcomes[made.outcome], ttlMs: made.isKept ? longLeaseMs : 0, stamp };
}

function withoutAge(capacity: Capacity | undefined): unknown {
  if (capacity === undefined) return undefined;
  const { ageMs, ...noted } = capacity;
  return noted;
}

function withoutTimes({ startsInMs, endsInMs, ...work }: ExpectedWork): unknown {
  return work;
}

function withoutLease({ leaseLeftMs, ...host }: HostState): unknown {
  return host;
}

function withoutTime({ timeoutMs, ...claim }: Claim): unknown {
  return { ...claim, hasTimeout: timeoutMs > 0 };
}

function isAlive(leaseLeftMs: number | undefined): boolean | undefined {
  return leaseLeftMs === undefined ? undefined : leaseLeftMs > 0;
}
