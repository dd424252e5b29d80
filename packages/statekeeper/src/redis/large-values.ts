/**
 * Reads what is too large for scripts (scripts/lib/record.lua) by plain commands: payloads that stand aside, and results that an
 * inbox has references to.
 */
import type { Claim, InboxMessage } from "../contract.ts";
import { type RecordedClaim, storedPayload } from "./claim-record.ts";
import type { RecordedMessage } from "./inbox-message.ts";
import type { ScriptRunner } from "./script-runner.ts";

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
    if (!claims.some(({ isLarge }) => isLarge)) return claims;
    return presentOf(claims, (claim) => this.#whole(claim));
  }

  /**
   * The messages with whole payloads, and with outcomes in the places of references; without claims whose payload is gone. Where a
   * result is gone, the reference stays.
   */
  async intoMessages(messages: readonly RecordedMessage[]): Promise<readonly InboxMessage[]> {
    if (!messages.some((message) => message.kind === "reference" || ("claim" in message && message.claim.isLarge)))
      return messages;
    return presentOf(messages, (message) => this.#resolved(message));
  }

  async #resolved(message: RecordedMessage): Promise<InboxMessage | undefined> {
    if ("claim" in message) {
      const claim = await this.#whole(message.claim);
      return claim === undefined ? undefined : { kind: message.kind, claim };
    }
    if (message.kind !== "reference") return message;
    const result = await this.#runner.read((redis) => redis.get(`${this.#prefix}result:${message.id}`));
    if (result === null) return message;
    return { kind: "outcome", id: message.id, outcome: result.slice(result.indexOf(" ") + 1) };
  }

  async #whole(claim: RecordedClaim): Promise<Claim | undefined> {
    const { isLarge, ...rest } = claim;
    if (isLarge !== true) return claim;
    const stored = await this.#runner.read((redis) => redis.hget(`${this.#prefix}payloads`, claim.id));
    return stored === null ? undefined : { ...rest, ...storedPayload(stored, 0) };
  }
}

/** What is made of the items, a few at a time, without what came to nothing. */
async function presentOf<Item, Made>(
  items: readonly Item[],
  make: (item: Item) => Promise<Made | undefined>,
): Promise<Made[]> {
  const made: Made[] = [];
  for (let start = 0; start < items.length; start += valuesAtATime) {
    const some = await Promise.all(items.slice(start, start + valuesAtATime).map(make));
    for (const one of some) if (one !== undefined) made.push(one);
  }
  return made;
}
