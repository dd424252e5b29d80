/** The user of one client: asks for requests, a few at a time, and records the answers in the history. */
import type { Grid } from "@callgrid/client";
import { encodeRequest, isGridError, messageOf, type Outcome, RequestError, requestId } from "@callgrid/core";
import type { History } from "./history.ts";
import type { PlannedRequest } from "./workload.ts";

/** What a {@link TortureClient} works with. */
export interface AskerParts {
  readonly grid: Grid;
  readonly pool: string;
  readonly history: History;
  /** Numbers asks; shared by all askers of a history. */
  readonly nextAsk: () => number;
}

export class TortureClient {
  readonly #parts: AskerParts;

  constructor(parts: AskerParts) {
    this.#parts = parts;
  }

  /** Asks for one request. Resolves when that is answered, or with `false` when it was called off because the grid was closed. */
  async ask({ request, expected }: PlannedRequest): Promise<boolean> {
    const { grid, pool, history, nextAsk } = this.#parts;
    const ask = nextAsk();
    const { canonical, payload } = encodeRequest(request);
    history.take({ kind: "asked", ask, id: requestId(canonical), request: payload, expected });
    try {
      const value: unknown = await grid.enqueue(pool, request);
      history.take({ kind: "answered", ask, outcome: { value } });
    } catch (error) {
      if (isGridError(error, "GRID_CLOSED")) {
        history.take({ kind: "withdrawn", ask });
        return false;
      }
      history.take({ kind: "answered", ask, outcome: failureOf(error, payload) });
    }
    return true;
  }

  /** Asks for one after the other, `atOnce` at a time, and waits for the answers; until they end, the signal is aborted, or the grid is closed. */
  async askAll(requests: Iterable<PlannedRequest>, atOnce: number, signal?: AbortSignal): Promise<void> {
    const source = requests[Symbol.iterator]();
    const askInTurn = async (): Promise<void> => {
      while (signal?.aborted !== true) {
        const next = source.next();
        if (next.done === true || !(await this.ask(next.value))) return;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, askInTurn));
  }
}

/** An error that the grid threw is the answer to the ask; the history judges whether it is right. */
function failureOf(error: unknown, req: string): Outcome {
  if (isGridError(error) && "tree" in error) return { error: error as RequestError };
  const msg = messageOf(error);
  return { error: new RequestError({ msg, code: isGridError(error) ? error.code : "FUNCTION_FAILED", req }) };
}
