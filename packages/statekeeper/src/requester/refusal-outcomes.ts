/** The outcomes of refused submissions: errors that say what is wrong and what to do about it. */
import {
  didYouMean,
  encodeError,
  functionNameOf,
  type GridError,
  isGridError,
  nearestNames,
  type OutcomeText,
  shortText,
} from "@callgrid/core";

const mostNamesShown = 20;

/** `UNKNOWN_FUNCTION`: the pool has functions, and not this one. `known` is empty where they could not be read. */
export function unknownFunctionOutcome(pool: string, payload: string, known: readonly string[]): OutcomeText {
  const functionName = functionNameOf(payload);
  const nearest = nearestNames(functionName, known);
  const hint = known.length === 0 ? ` in pool "${pool}"` : `${didYouMean(nearest) || "."} ${inventory(pool, known)}`;
  return encodeError({
    msg: `unknown function "${functionName}"${hint}`,
    code: "UNKNOWN_FUNCTION",
    req: payload,
    details: { functionName, pool, nearest },
  });
}

/** `WORKER_UNAVAILABLE`: the pool has no such worker. `workers` is empty where they could not be read. */
export function unknownWorkerOutcome(
  { pool, worker, workers }: { readonly pool: string; readonly worker: string; readonly workers: readonly string[] },
  payload: string,
): OutcomeText {
  const names = [...workers].sort().slice(0, mostNamesShown);
  const more = workers.length > names.length ? `, and ${workers.length - names.length} more` : "";
  const rest = names.length === 0 ? "It has no workers now." : `Its workers: ${names.join(", ")}${more}`;
  return encodeError({
    msg: `pool "${pool}" has no worker "${worker}"${didYouMean(nearestNames(worker, workers)) || "."} ${rest}`,
    code: "WORKER_UNAVAILABLE",
    req: payload,
    details: { worker, workers: names },
  });
}

/** `POOL_FULL`: as many wait in the pool, or for the worker that is addressed, as the submitting process lets wait. */
export function poolFullOutcome(
  { pool, worker }: { readonly pool: string; readonly worker: string | undefined },
  payload: string,
  queueLimit: number,
): OutcomeText {
  const [full, more] =
    worker === undefined
      ? [`the queue of pool "${pool}"`, "start more workers"]
      : [`worker "${worker}" of pool "${pool}"`, "address other workers, or none"];
  return encodeError({
    msg:
      `${full} holds ${queueLimit} requests, which is the limit: submit again later, ${more}, ` +
      "stream() the requests with a smaller window, or raise queueLimit",
    code: "POOL_FULL",
    req: payload,
    details: { pool, queueLimit, ...(worker === undefined ? {} : { worker }) },
  });
}

/** Whether the statekeeper is there, and will not take a request: trying again would not help. */
export function isFinalRefusal(error: unknown): error is GridError {
  return isGridError(error, "STATEKEEPER_REFUSED") || isGridError(error, "INCOMPATIBLE_VERSION");
}

/** The outcome of a request after {@link isFinalRefusal}. */
export function refusedOutcome(payload: string, { message, code, details }: GridError): OutcomeText {
  return encodeError({ msg: message, code, req: payload, ...(Object.keys(details).length > 0 && { details }) });
}

const shownCharacters = 200;

/** `INVALID_REQUEST`: the id is that of another request, under which a value would be kept. */
export function forgedOutcome(payload: string): OutcomeText {
  return encodeError({
    msg:
      "the id of this request is that of another one: the program that asked for it writes requests in another form, which another version of " +
      "callgrid may have, or wrote it into Redis by hand",
    code: "INVALID_REQUEST",
    req: shortText(payload, shownCharacters),
  });
}

function inventory(pool: string, known: readonly string[]): string {
  const shown = [...known].sort().slice(0, mostNamesShown).join(", ");
  const more = known.length > mostNamesShown ? `, and ${known.length - mostNamesShown} more` : "";
  return `The pool "${pool}" knows: ${shown}${more}`;
}
