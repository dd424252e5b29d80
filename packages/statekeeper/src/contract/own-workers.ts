/** Which members are workers of the pool itself. A bridge joins the parent pool as a worker, but starts none of its requests itself. */
import type { Member } from "./contract.ts";

/** Whether a member evaluates requests in this pool. */
export function isOwnWorker({ kind, description }: Pick<Member, "kind" | "description">): boolean {
  return kind === "worker" && !isBridge({ description });
}

/** Whether a member carries requests to a pool below. */
export function isBridge({ description }: Pick<Member, "description">): boolean {
  return description["bridgesTo"] !== undefined;
}
