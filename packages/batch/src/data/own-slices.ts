/** Data that is cut by a function of the caller's own: `slice(data)` gives the first element, and what is left. */
import { invalidOption } from "@callgrid/core";

/** Cuts one element off: `[element, rest]`, or undefined when nothing is left. Runs at the caller's. */
export type SliceFunction = (data: never) => readonly [element: unknown, rest: unknown] | undefined;

/**
 * The elements that a slice function cuts off, one after the other.
 *
 * @throws GridError `INVALID_OPTION` for an answer that is neither a pair nor undefined.
 */
export function* ownSlices(data: unknown, slice: SliceFunction): Generator<unknown, undefined> {
  for (let rest = data; ; ) {
    const cut: unknown = slice(rest as never);
    if (cut === undefined) return undefined;
    if (!Array.isArray(cut) || cut.length !== 2) {
      throw invalidOption("batch.slice", "must return [element, rest], or undefined at the end");
    }
    yield cut[0];
    rest = cut[1];
  }
}
