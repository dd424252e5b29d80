/**
 * What an operation of the statekeeper costs on Redis, by what it finds in the memory statekeeper: the commands that its script makes
 * (packages/statekeeper/scripts) and the keys that these touch. `scaling.test.ts` holds it against what a redis-server counts.
 */
import {
  type ClaimRequest,
  type Completion,
  codesIn,
  type EvaluationReport,
  type PoolRecords,
  readCode,
  type SubmitBatch,
  type SweepRequest,
} from "@callgrid/statekeeper";
import { type Cost, type CostParts, nothing } from "./cost.ts";
import type { PoolOperation } from "./counted-pool.ts";
import { Counts } from "./counts.ts";
import { memberCosts } from "./member-cost.ts";
import { hasNotes, notedIn } from "./noted-requests.ts";
import { enterLongest, enterMatch, enterOwn, enterPops, enterShared, enterVolunteers, lineUp } from "./queue-cost.ts";
import type { Tally } from "./tally.ts";

const membersByTheWay = 8;
const membersInSweep = 256;
const mostVolunteersRead = 1_000;
/** Of so few outcomes the claims are read whether or not anything is noted. */
const fewOutcomes = 8;

/** Enters the script itself, with its look at the wire version, and, when the returned function is called, the commands inside. */
export function enterCost(operation: PoolOperation, parts: CostParts): () => void {
  parts.tally.keyless();
  parts.tally.touch("wire");
  return costs[operation](parts);
}

/** A process reads its inbox, with or without finding anything. */
export function enterInboxRead(tally: Tally, reads: number): void {
  tally.touch("inbox", reads);
}

const submit: Cost = ({ records, tally, args }) => {
  const [{ process, leaseMs, worker, isReentrant = false, priority = 0, queueLimit, submissions }] = args as [
    SubmitBatch,
  ];
  const own = worker !== undefined && records.members.has(worker);
  const before = new Counts(records);
  const volunteers = records.volunteers.size - (own && worker === process && records.volunteers.has(process) ? 1 : 0);
  const held = submissions.filter(({ isHeld }) => isHeld === true).length;
  const hasDeadline = submissions.some(({ timeoutMs = 0 }) => timeoutMs > 0);
  if (leaseMs > 0 || held > 0 || hasDeadline) tally.keyless();
  if (leaseMs > 0) tally.touch("leases");
  if (worker !== undefined) tally.touch("members");
  if (own && worker === process) tally.touch("volunteers");
  const enterLineUp = lineUp(records, priority, process);
  tally.touchMany("value", submissions.length);
  if (submissions.length > 0) tally.touch("requests");
  tally.touch(
    "functions",
    namesIn(submissions.map(({ id, payload }) => [nameIn(payload), keptStamp(records, id)])).size,
  );
  tally.touch("members", held);
  if (held > 0) tally.touch("running");
  if (held > 0) tally.touch("claims");
  tally.touch("volunteers");
  return () => {
    const joined = before.since("joined");
    const written = submissions.length - before.since("hits");
    const queued = written - held - (own ? 0 : joined);
    if (written > 0) tally.touch("requests");
    if (own) tally.touch("claims", joined);
    const isMatched = volunteers > 0 && queued > 0;
    const left = isMatched && !own && before.waiting === 0 ? queued - before.since("moved") : queued;
    if (left > 0) tally.touch(own ? "queue:" : isReentrant ? "queue-of-pool" : "caller");
    if (left > 0 && !own && !isReentrant) enterLineUp(tally);
    if (isMatched) {
      enterMatch({ records, tally, before, volunteers, sample: membersByTheWay, hasFirst: own });
      tally.touch("volunteers");
    } else if (queueLimit > 0 && !own) {
      tally.touch("waiting");
    }
    before.enterCounters(tally, 1);
  };
};

const claim: Cost = ({ records, tally, args }) => {
  const [{ worker, max, epoch, reach, volunteerFor, ...budget }] = args as [ClaimRequest];
  tally.touch("volunteers");
  if (records.volunteers.size > 0) tally.touch("volunteers");
  if (records.volunteers.has(worker)) tally.touch("volunteers");
  if (max === 0) return nothing;
  tally.touch("members");
  if (!records.members.has(worker)) return nothing;
  tally.touch("epoch");
  if (epoch !== records.functions.epoch) return nothing;
  const before = new Counts(records);
  const ownBefore = records.ownQueues.get(worker)?.length ?? 0;
  return () => {
    const claimed = before.since("claimed");
    const hoisted = before.since("hoisted");
    const isOutside = reach !== "own-queue";
    const fromOwn = ownBefore - (records.ownQueues.get(worker)?.length ?? 0);
    const isOwn = claimed > 0 && fromOwn > 0 && records.waiting >= before.waiting && hoisted === 0;
    enterPops(tally, "queue:", { met: fromOwn, claimed: isOwn ? claimed : 0, isBudgeted: true });
    if (!isOwn && isOutside) {
      enterShared({ records, tally, before, claimed: claimed - hoisted });
      if (claimed - hoisted === 0) enterLongest({ records, tally, sample: membersByTheWay, hoisted, isBudgeted: true });
    }
    if (claimed > 0) enterOwn(tally, claimed);
    else if (volunteerFor > 0) tally.touch("volunteers");
    if (claimed > 0) tally.touch("costs");
    // who waits for what is on its own queue is the worker itself
    if (claimed > 0 && !isOwn) tally.touch("leases");
    if (claimed > 0 && mayWiden(records, budget)) {
      tally.touch("queue:");
      tally.touch("members");
    }
    before.enterCounters(tally, 0);
  };
};

const complete: Cost = ({ records, tally, args }) => {
  const [worker, completions, reports] = args as [string, readonly Completion[], readonly EvaluationReport[]];
  tally.touch("costs", reports.filter(({ selfMicros }) => selfMicros > 0).length);
  const running = records.running.get(worker);
  const isAllOwn = completions.every(({ id }) => running?.has(id) === true);
  const isAsked = isAllOwn && completions.length > fewOutcomes;
  const areClaimsRead = !isAsked || hasNotes(records);
  const before = new Counts(records);
  const waiters = new Set<string>();
  const made: Array<readonly [string, string]> = [];
  let noted = 0;
  let open = 0;
  // until when results are kept
  if (completions.some(({ ttlMs }) => ttlMs > 0)) tally.keyless();
  for (const { id, ttlMs, stamp } of completions) {
    const record = records.requests.get(id);
    if (ttlMs > 0) tally.touch("value");
    if (record === undefined) continue;
    open += 1;
    made.push([nameIn(record.payload), stamp]);
    for (const waiter of record.waiters) waiters.add(waiter);
    if (record.owner !== undefined && record.owner !== worker) {
      waiters.add(record.owner);
      tally.touch("running");
    }
    if (record.suspended !== undefined) noted += 1;
  }
  tally.touch("functions", namesIn(made).size);
  const notified = waiters.has(worker) ? waiters.size - 1 : waiters.size;
  return () => {
    if (completions.length > 0) {
      tally.touch("requests");
      if (isAsked) tally.touch("notes");
      if (areClaimsRead) tally.touch("claims");
      tally.touch("leases", notified);
      tally.touch("inbox", notified);
      if (open > 0) tally.touch("requests");
      if (open > 0) tally.touch("claims");
      if (noted > 0) tally.touch("notes");
      tally.touch("running");
    }
    before.enterCounters(tally, 0);
  };
};

const mark: Cost = ({ records, tally, args }) => {
  const [, suspended, resumed, progress = []] = args as [
    string,
    readonly { id: string }[],
    readonly string[],
    readonly { id: string }[],
  ];
  for (const { id } of [...suspended, ...progress]) notedIn(records).add(id);
  const isFresh = suspended.some(({ id }) => records.requests.get(id)?.suspended === undefined);
  tally.touch("claims", isFresh ? 2 : 1);
  tally.touch("notes", Math.min(1, suspended.length + progress.length) + Math.min(1, resumed.length));
  return nothing;
};

const sweep: Cost = ({ records, tally, args }) => {
  const [{ process, headLeaseMs, sweeperLeaseMs = 0, copyAfterMs = 0, prefer = [] }] = args as [SweepRequest];
  const head = records.head();
  tally.touch("head");
  if (head !== undefined && head !== process) return nothing;
  const sweeper = headLeaseMs === 0 && sweeperLeaseMs > 0 ? records.sweeper() : undefined;
  if (sweeper !== undefined && sweeper !== process) return nothing;
  if (headLeaseMs > 0) tally.touch("head");
  else if (sweeperLeaseMs > 0) tally.touch("sweeper");
  if (headLeaseMs > 0 && prefer.length > 0) tally.touch("preferences");
  tally.keyless();
  tally.touch("leases");
  const before = new Counts(records);
  const volunteers = records.volunteers.size;
  tally.touch("audit");
  const { auditsInTurn, auditBeganMs, limits } = records;
  if (auditsInTurn !== undefined || records.now() - auditBeganMs >= limits.auditEveryMs) enterAudit(records, tally);
  return () => {
    enterMatch({ records, tally, before, volunteers, sample: membersInSweep });
    if (copyAfterMs > 0) enterVolunteers(tally, records.volunteers.size);
    if (copyAfterMs > 0 && records.volunteers.size > 0) {
      tally.touch("epoch");
      tally.touch("claims");
    }
    // the work of dead members goes back by a few commands each, and one or two a request
    const reclaimed = before.since("reclaimed");
    if (reclaimed > 0) tally.touch("requests", 2 * reclaimed);
    if (reclaimed > 0) tally.touch("notes", reclaimed);
    before.enterCounters(tally, 0);
  };
};

/** A look at some requests: where claims and places are, and whether all are there. */
function enterAudit(records: PoolRecords, tally: Tally): void {
  tally.touch("audit");
  tally.touch("requests");
  if (records.requests.size === 0) return;
  tally.touch("claims");
  tally.touch("running", records.running.size);
  tally.touch("members", records.running.size);
  tally.touch("queue:", [...records.ownQueues.values()].filter(({ length }) => length > 0).length);
}

const look: Cost = ({ records, tally }) => {
  tally.touch("waiting");
  tally.touch("stats");
  tally.touch("volunteers", records.volunteers.size > 0 && records.volunteers.size <= mostVolunteersRead ? 2 : 1);
  tally.touch("lookers");
  return nothing;
};

const recall: Cost = ({ records, tally }) => {
  const before = new Counts(records);
  tally.touch("priorities");
  tally.touch("caller", records.callers.priorities.size);
  return () => {
    const recalled = before.since("recalled");
    if (recalled > 0) {
      tally.touch("requests", 1 + recalled);
      tally.touch("claims", recalled);
      tally.touch("caller", recalled);
      tally.touch("leases");
    }
    before.enterCounters(tally, 0);
  };
};

const locate: Cost = ({ records, tally, args }) => {
  const [ids] = args as [readonly string[]];
  if (ids.length > 0) tally.touch("claims");
  tally.touch("requests", ids.filter((id) => records.requests.get(id)?.owner === undefined).length);
  return nothing;
};

const release: Cost = ({ records, tally, args }) => {
  const [, ids] = args as [string, readonly string[]];
  const before = new Counts(records);
  const volunteers = records.volunteers.size;
  return () => {
    if (ids.length > 0) {
      tally.touch("claims", 2);
      tally.touch("requests", 2);
      tally.touch("running");
      tally.touch("queue-of-pool");
      tally.touch("passed");
    }
    if (before.since("released") > 0) {
      enterMatch({ records, tally, before, volunteers, sample: membersByTheWay });
    }
    before.enterCounters(tally, 0);
  };
};

const withdraw: Cost = ({ records, tally, args }) => {
  const [process, ids] = args as [string, readonly string[]];
  const known = ids.filter((id) => records.requests.get(id)?.waiters.has(process) === true);
  const before = new Counts(records);
  tally.touch("requests", ids.length);
  return () => {
    const gone = before.since("withdrawn");
    tally.touch("requests", known.length);
    tally.touch("claims", known.length + gone);
    tally.touch("caller", gone);
    tally.touch("leases", Math.min(1, known.length - gone));
    before.enterCounters(tally, 0);
  };
};

const check: Cost = ({ records, tally, args }) => {
  const [, leaseMs, ids, names = []] = args as [string, number, readonly string[], readonly string[] | undefined];
  if (leaseMs > 0) tally.keyless();
  if (leaseMs > 0) tally.touch("leases");
  tally.touch("requests", ids.length);
  tally.touch("value", ids.filter((id) => !records.requests.has(id)).length);
  const kept = ids.flatMap((id, index) => {
    const stamp = records.requests.has(id) ? "" : keptStamp(records, id);
    return stamp === "" ? [] : [[names[index] ?? "", stamp] as const];
  });
  tally.touch("functions", namesIn(kept).size);
  return nothing;
};

const reconcile: Cost = ({ records, tally, args }) => {
  const [worker, held] = args as [string, readonly string[]];
  const open = held.filter((id) => records.requests.has(id));
  const waiters = new Set(open.flatMap((id) => [...(records.requests.get(id)?.waiters ?? [])]));
  const isHeld = new Set(held);
  const strange = [...(records.running.get(worker) ?? [])].filter((id) => !isHeld.has(id)).length;
  tally.touch("requests", held.length + strange);
  tally.touch("claims", open.length + strange);
  tally.touch("leases", Math.min(waiters.size, open.length));
  tally.touch("running");
  tally.keyless();
  return nothing;
};

const followWaits: Cost = ({ records, tally, args }) => {
  const [ids] = args as [readonly string[], number];
  let level = new Set(ids);
  const seen = new Set<string>();
  while (level.size > 0) {
    tally.touch("notes");
    for (const id of level) seen.add(id);
    const next = [...level].flatMap((id) => records.requests.get(id)?.suspended ?? []);
    level = new Set(next.filter((id) => !seen.has(id)));
  }
  return nothing;
};

const costs: Readonly<Record<PoolOperation, Cost>> = {
  ...memberCosts,
  ...{
    submit,
    claim,
    complete,
    mark,
    sweep,
    look,
    recall,
    locate,
    release,
    withdraw,
    check,
    reconcile,
    followWaits,
  },
};

/** Whether the claim of a request may leave room for more of them, by how much is queued and for how many. */
function mayWiden(records: PoolRecords, { budgetMicros, spareMicros = 0 }: Partial<ClaimRequest>): boolean {
  if (spareMicros === 0) return false;
  const most = (budgetMicros ?? 0) + spareMicros;
  const functions = [...records.functions.table().functions.values()];
  return functions.some(({ expectedMicros = Number.POSITIVE_INFINITY }) => expectedMicros < most);
}

/** Functions whose current versions are looked up: the own ones, and those that stamps name. */
function namesIn(stamped: ReadonlyArray<readonly [string, string]>): Set<string> {
  return new Set(
    stamped.flatMap(([name, stamp]) => [name, ...codesIn("", stamp).map((code) => readCode(code).functionName)]),
  );
}

function keptStamp(records: PoolRecords, id: string): string {
  return records.results.get(id, records.now())?.stamp ?? "";
}

function nameIn(payload: string): string {
  return payload.slice(2, payload.indexOf('"', 2));
}
