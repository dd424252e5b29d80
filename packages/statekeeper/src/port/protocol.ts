/**
 * What travels between a thread and the owner of the statekeeper: numbered calls one way, answers under the same
 * numbers back. One message holds a list of them. Everything in the contract is plain data, so a structured clone
 * carries it as it is.
 */
import type { InboxMessage } from "../contract/contract.ts";
import type { PoolKeeper, Statekeeper } from "../contract/pool-keeper.ts";
import type { PortFault } from "./fault.ts";

/** Operations of a pool that have one answer: all but listening, which goes on. */
export type PoolOperation = Exclude<keyof PoolKeeper, "pool" | "gather" | "listen">;

/** Operations of the statekeeper itself that a thread may ask for. Closing is not one: a thread owns its port only. */
export type KeeperOperation = Exclude<keyof Statekeeper, "address" | "grid" | "pool" | "close">;

/** `unlisten` names the number of the `listen` that it ends. */
export type Operation = PoolOperation | KeeperOperation | "listen" | "unlisten";

/** One call; the pool is empty for a {@link KeeperOperation}. */
export type PortCall = readonly [number: number, pool: string, operation: Operation, args: readonly unknown[]];

/** What comes of a call: one `value` or `error`; to a `listen`, besides, whatever its inbox gets. */
export type PortAnswer =
  | readonly [number: number, kind: "value", value: unknown]
  | readonly [number: number, kind: "error", fault: PortFault]
  | readonly [number: number, kind: "messages", messages: readonly InboxMessage[]]
  | readonly [number: number, kind: "reconnected"];

/** The calls or answers in a message; anything else is skipped, since code of users can reach a thread's port too. */
export function itemsIn<Item>(message: unknown): readonly Item[] {
  return Array.isArray(message) ? message.filter((item): item is Item => Array.isArray(item)) : [];
}

const poolOperations: Readonly<Record<PoolOperation, true>> = {
  join: true,
  renew: true,
  leave: true,
  submit: true,
  claim: true,
  complete: true,
  release: true,
  mark: true,
  followWaits: true,
  withdraw: true,
  check: true,
  reconcile: true,
  sweep: true,
  look: true,
  recall: true,
  locate: true,
  reportDeath: true,
  abdicate: true,
  survey: true,
  announceWork: true,
  noteCapacity: true,
  reportHost: true,
  capacity: true,
  forget: true,
  functions: true,
  inspect: true,
  inspectRequest: true,
  inspectResult: true,
  measureResults: true,
  noteCode: true,
  readCode: true,
  noteMismatch: true,
  mismatches: true,
};

const keeperOperations: Readonly<Record<KeeperOperation, true>> = {
  otherGridsWith: true,
  poolsLike: true,
  ping: true,
};

/** Whether the contract has this operation of a pool; anything else from a port is refused, never looked up. */
export function isPoolOperation(operation: string): operation is PoolOperation {
  return Object.hasOwn(poolOperations, operation);
}

/** Whether the contract has this operation of the statekeeper itself. */
export function isKeeperOperation(operation: string): operation is KeeperOperation {
  return Object.hasOwn(keeperOperations, operation);
}
