/** What it costs to join and to leave a pool, to lead it, and to report its state and that of its functions. */
import type { SurveyRequest } from "@callgrid/statekeeper";
import { type Cost, nothing } from "./cost.ts";
import { Counts } from "./counts.ts";
import { enterMatch, enterRecords, enterSharedQueues } from "./queue-cost.ts";

const membersByTheWay = 8;
const membersInspected = 1_000;

const join: Cost = ({ tally, args }) => {
  const [{ functions, knows = new Map() }] = args as [
    { functions: ReadonlyMap<string, string>; knows?: ReadonlyMap<string, unknown> },
  ];
  tally.touch("members", 2);
  tally.touch("functions", 2 + functions.size + knows.size);
  tally.touch("versions", 2 * functions.size);
  tally.touch("holders", 2 * functions.size);
  tally.keyless();
  tally.touch("leases");
  tally.touch("lost", 2);
  tally.touch("stats");
  tally.touch("epoch");
  tally.touch("costs");
  tally.touch("mismatches");
  return nothing;
};

const leave: Cost = ({ records, tally, args }) => {
  const [process] = args as [string];
  const held = records.running.get(process)?.size ?? 0;
  tally.touch("running");
  if (held > 0) enterRecords(tally);
  tally.touch("queue:");
  tally.touch("members", 2);
  tally.touch("leases");
  tally.touch("inbox");
  tally.touch("volunteers");
  const functions = records.members.get(process)?.functions.size ?? 0;
  tally.touch("hosts");
  tally.touch("holders", 2 * functions);
  tally.touch("functions", functions);
  tally.touch("versions", functions);
  const before = new Counts(records);
  const volunteers = records.volunteers.size;
  return () => {
    if (before.since("reclaimed") > 0) {
      tally.touch("queue-of-pool");
      enterMatch({ records, tally, before, volunteers, sample: membersByTheWay });
    }
    before.enterCounters(tally, 0);
  };
};

const renew: Cost = ({ records, tally, args }) => {
  const [process, , { memoryMb } = {}] = args as [string, number, { memoryMb?: number }?];
  tally.touch("leases");
  if (!records.isKnown(process)) return nothing;
  tally.keyless();
  tally.touch("leases");
  if (memoryMb === undefined) return nothing;
  tally.touch("members");
  tally.touch("memory");
  return nothing;
};

const functions: Cost = ({ tally }) => {
  tally.touch("epoch");
  tally.touch("functions");
  tally.touch("costs");
  tally.touch("mismatches");
  return nothing;
};

const inspectRequest: Cost = ({ records, tally, args }) => {
  const [id] = args as [string];
  tally.touch("requests");
  if (records.requests.has(id)) {
    tally.touch("claims");
    tally.touch("notes", 2);
    tally.keyless();
  } else {
    tally.touch("value", 2);
  }
  return nothing;
};

const inspect: Cost = ({ records, tally }) => {
  const { hosts } = records;
  const members = Math.min(membersInspected, records.members.size);
  tally.touch("waiting");
  tally.touch("members", 2);
  tally.touch("hosts", 3);
  tally.touch("head");
  tally.touch("epoch");
  tally.touch("functions");
  tally.touch("costs");
  tally.touch("mismatches");
  tally.touch("stats");
  tally.keyless();
  tally.touch("capacity");
  tally.touch("expected");
  tally.touch("leases", 1 + hosts.size + members);
  tally.touch("queue:", members);
  tally.touch("running", members);
  tally.touch("volunteers", members);
  return nothing;
};

const survey: Cost = ({ records, tally, args }) => {
  const [{ requests, members }] = args as [SurveyRequest];
  const { hosts } = records;
  const sampled = Math.min(members, records.members.size);
  tally.touch("waiting");
  for (const queue of enterSharedQueues(records, tally))
    tally.touch(queue === records.queue ? "queue-of-pool" : "caller", records.waiting <= requests ? 2 : 3);
  const filled = [...records.ownQueues.values()].filter(({ length }) => length > 0).slice(0, sampled);
  const ownQueued = filled.reduce((sum, { length }) => sum + length, 0);
  tally.touch("members", 2);
  tally.touch("queue:", sampled + (records.waiting < requests ? filled.length : 0));
  tally.touch("volunteers");
  tally.touch("hosts", 2);
  tally.touch("leases", hosts.size);
  tally.touch("expected");
  if (hosts.size + records.expected.size > 0) tally.keyless();
  const ids = Math.min(requests, records.waiting + ownQueued);
  if (ids > 0) enterRecords(tally);
  tally.touch("costs", Math.min(ids, records.functions.table().functions.size));
  return nothing;
};

const announceWork: Cost = ({ tally }) => {
  tally.keyless();
  tally.touch("expected", 2);
  return nothing;
};

const noteCapacity: Cost = ({ records, tally, args }) => {
  const [process] = args as [string];
  tally.touch("head");
  if (records.head() !== process) return nothing;
  tally.keyless();
  tally.touch("capacity");
  return nothing;
};

const reportHost: Cost = ({ tally }) => {
  tally.keyless();
  tally.touch("leases");
  tally.touch("hosts");
  tally.touch("capacity");
  return nothing;
};

const abdicate: Cost = ({ tally }) => {
  tally.touch("head", 2);
  return nothing;
};

const forget: Cost = ({ tally }) => {
  tally.touch("mismatches");
  tally.touch("functions", 2);
  return nothing;
};

const inspectResult: Cost = ({ tally }) => {
  tally.touch("value", 2);
  return nothing;
};

/** It goes through all keys of a database, so a grid that works does not ask. */
const measureResults: Cost = ({ records, tally }) => {
  tally.touch("value", [...records.results.entries(records.now())].length);
  return nothing;
};

const noteCode: Cost = ({ tally, args }) => {
  const [notes] = args as [ReadonlyMap<string, unknown>];
  tally.touch("code", notes.size);
  return nothing;
};

const readCode: Cost = ({ tally, args }) => {
  const [versions] = args as [readonly string[]];
  tally.touch("code", versions.length);
  return nothing;
};

const noteMismatch: Cost = ({ tally }) => {
  tally.keyless();
  tally.touch("mismatches");
  tally.touch("functions", 2);
  return nothing;
};

const mismatches: Cost = ({ tally }) => {
  tally.keyless();
  tally.touch("mismatches");
  return nothing;
};

const capacity: Cost = ({ tally }) => {
  tally.touch("capacity");
  return nothing;
};

/** By operation. */
export const memberCosts = {
  ...{ join, leave, reportDeath: leave, renew, abdicate, announceWork, noteCapacity, reportHost, capacity, survey },
  ...{ functions, forget, inspectRequest, inspectResult, measureResults, noteCode, readCode, inspect },
  ...{ noteMismatch, mismatches },
} satisfies Readonly<Record<string, Cost>>;
