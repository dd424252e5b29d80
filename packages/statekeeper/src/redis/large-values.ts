/**
 * Reads what is too large for scripts (scripts/lib/record.lua) by plain commands: payloads that are stored apart, and results that an
 * inbox has references to.
 */
import { isOutcomeText } from "@callgrid/core";
import type { Claim, InboxMessage } from "../contract/contract.ts";
import type { ScriptRunner } from "./scripts/script-runner.ts";
import { type RecordedClaim, storedPayload } from "./wire/claim-record.ts";
import type { RecordedMessage } from "./wire/inbox-message.ts";

/** So many Redis has to hold in replies at most. */
const valuesAtATime = 16;

export class LargeValues {
  readonly #runner: ScriptRunner;
  readonly #prefix: string;

  constructor(runner: ScriptRunner, prefix: string) {
    this.#runner = runner;
    this.#prefix = prefix;
  }

  /** The claims with whole payloads; without those whose payload is gone, which are done or withdrawn. */
  async intoClaims(claims: readonly RecordedClaim[]): Promise<readonly Claim[]> {
    if (!claims.some(isLargeClaim)) return claims;
    const whole: Claim[] = [];
    for (const some of inParts(claims, isLargeClaim)) {
      const read = await Promise.all(some.map((claim) => this.#whole(claim)));
      whole.push(...read.filter((claim) => claim !== undefined));
    }
    return whole;
  }

  /**
   * The messages, some at a time, with whole payloads, and with outcomes in the places of references. A claim whose payload is gone, or
   * that cannot be read, becomes a `cancel`, and a result that is gone or cannot be read stays a reference.
   */
  *intoMessages(
    messages: readonly RecordedMessage[],
  ): Generator<readonly InboxMessage[] | Promise<readonly InboxMessage[]>> {
    for (const some of inParts(messages, isLargeMessage))
      yield some.some(isLargeMessage) ? Promise.all(some.map((message) => this.#resolved(message))) : some;
  }

  async #resolved(message: RecordedMessage): Promise<InboxMessage> {
    try {
      if (message.kind === "reference") return await this.#outcome(message);
      if (!("claim" in message)) return message;
      const claim = await this.#whole(message.claim);
      if (claim !== undefined) return { kind: message.kind, claim };
    } catch (error) {
      this.#runner.tellUnread(error);
    }
    return "claim" in message ? { kind: "cancel", id: message.claim.id } : message;
  }

  async #outcome(reference: InboxMessage & { readonly kind: "reference" }): Promise<InboxMessage> {
    const { id } = reference;
    const result = await this.#runner.read("get", (redis) => redis.get(`${this.#prefix}value:${id}`));
    const stampEnd = result?.indexOf(" ") ?? -1;
    const outcome = result?.slice(stampEnd + 1) ?? "";
    if (result === null || stampEnd === -1 || !isOutcomeText(outcome)) return reference;
    return { kind: "outcome", id, outcome, stamp: result.slice(0, stampEnd) };
  }

  async #whole(claim: RecordedClaim): Promise<Claim | undefined> {
    const { isLarge, ...rest } = claim;
    if (isLarge !== true) return claim;
    const stored = await this.#runner.read("hget", (redis) => redis.hget(`${this.#prefix}payloads`, claim.id));
    return stored === null ? undefined : { ...rest, ...storedPayload(stored, 0) };
  }
}

function isLargeClaim({ isLarge }: RecordedClaim): boolean {
  return isLarge === true;
}

function isLargeMessage(message: RecordedMessage): boolean {
  return message.kind === "reference" || ("claim" in message && isLargeClaim(message.claim));
}

/** The items in order, cut so that in no part there are more large ones than are read at a time. */
function* inParts<Item>(items: readonly Item[], isLarge: (item: Item) => boolean): Generator<readonly Item[]> {
  let [start, large] = [0, 0];
  for (const [at, item] of items.entries()) {
    if (!isLarge(item)) continue;
    if (large === valuesAtATime) {
      yield items.slice(start, at);
      [start, large] = [at, 0];
    }
    large += 1;
  }
  yield start === 0 ? items : items.slice(start);
}
