/** Runs functions of the grid outside of a worker: they have a context, and can call nothing through the grid. */
import { stat } from "node:fs/promises";
import { encodeRequest, GridError } from "@callgrid/core";
import { Evaluation } from "../evaluation/evaluation.ts";
import { type RequestContext, type RequestHost, runInContext } from "../evaluation/request-context.ts";
import { describeRequest, type EvaluationPlace } from "./request-description.ts";

/** Where functions run that no worker runs. */
export interface LonePlace extends Omit<EvaluationPlace, "noteFile"> {
  /** What their contexts have as their signal. */
  readonly signal: AbortSignal;
}

/** Calls `run` in the context of a request of the function of this name, without arguments. */
export function runAlone<Value>(functionName: string, place: LonePlace, run: () => Value): Value {
  const { payload } = encodeRequest([functionName]);
  const call = { key: payload, functionName, payload, id: undefined, primitiveArguments: [] };
  const host = new LoneHost(place);
  const evaluation = new Evaluation(call, {
    ...{ host, mode: "bypass", definition: undefined, bornAt: 0, deadlineAt: 0, waiters: [] },
  });
  return runInContext(evaluation, run);
}

class LoneHost implements RequestHost {
  readonly #place: LonePlace;

  constructor(place: LonePlace) {
    this.#place = place;
  }

  callReentrant(): Promise<unknown[]> {
    return Promise.reject(noCalls());
  }

  streamReentrant(): never {
    throw noCalls();
  }

  describe(evaluation: Evaluation): RequestContext {
    const { signal } = this.#place;
    // nothing is kept that could depend on the file
    const noteFile = async (_: Evaluation, path: string): Promise<void> => void (await stat(path));
    return Object.defineProperty(describeRequest(evaluation, { ...this.#place, noteFile }), "signal", {
      value: signal,
    });
  }

  currentDefinition(): undefined {
    return undefined;
  }

  keptValues(): undefined {
    return undefined;
  }
}

function noCalls(): GridError {
  return new GridError(
    "NOT_IN_A_REQUEST",
    "a batch that runs serially calls nothing through the grid: have it run on workers, with mode local or distributed",
  );
}
