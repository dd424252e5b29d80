/** What `run` and `enqueue` have in common: requests go to a grid, and their outcomes are printed in order. */
import type { Grid, WindowOptions } from "@callgrid/client";
import { unlessAborted, untilInterrupted } from "../command-line/interrupts.ts";
import { openTextInput } from "../files/text-input.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import type { CliIo } from "../terminal/io.ts";
import { OutcomePrinter } from "../terminal/outcome-printer.ts";
import { ProgressBar } from "../terminal/progress-bar.ts";
import { requestLines } from "./request-lines.ts";
import { type NamedRequest, parseRequest } from "./request-text.ts";

/** Requests, and how to have them evaluated. */
export interface Evaluations {
  readonly pool: string;
  /** Requests as JSON; one that is `-` stands for those that stdin brings, one a line. */
  readonly texts: readonly string[];
  readonly json: boolean;
  readonly options: WindowOptions & { readonly window: number };
  /** Opens the grid; closed at the end. */
  readonly open: () => Promise<Grid>;
}

const fromStdin = "-";

/**
 * Evaluates requests and prints their values. A request among the arguments that is malformed keeps all of them from being
 * sent; one on stdin ends the reading, and those before it are finished.
 *
 * @returns the exit code.
 */
export async function evaluateRequests(io: CliIo, evaluations: Evaluations): Promise<number> {
  const { texts, json, open } = evaluations;
  const sources = await Promise.all(
    texts.map((text, place) => sourceOf(io, text, texts.length === 1 ? "the request" : `request ${place + 1}`)),
  );
  const isOneOfMany = texts.length > 1 || texts.includes(fromStdin);
  return untilInterrupted(io, async (first) => {
    const grid = await unlessAborted(first, open());
    const printer = new OutcomePrinter(io, { json, isOneOfMany });
    try {
      await printAll(io, grid, { ...evaluations, sources, signal: first, printer });
    } finally {
      await grid.close();
    }
    return printer.failures === 0 ? exitCodes.fine : exitCodes.failed;
  });
}

type Source = AsyncIterable<NamedRequest> | readonly NamedRequest[];

async function sourceOf(io: CliIo, text: string, where: string): Promise<Source> {
  if (text !== fromStdin) return [parseRequest(text, where)];
  const { chunks, name } = await openTextInput(io, text);
  return requestLines(chunks, name);
}

interface Printing extends Evaluations {
  readonly sources: readonly Source[];
  readonly signal: AbortSignal;
  readonly printer: OutcomePrinter;
}

async function printAll(io: CliIo, grid: Grid, { pool, sources, options, signal, printer }: Printing): Promise<void> {
  const progress = new ProgressBar(io);
  let failure: { readonly error: unknown } | undefined;
  const noteFailure = (error: unknown): void => {
    failure = { error };
  };
  const requests = untilFailure(inTurn(sources, progress), noteFailure);
  const outcomes = grid.stream(pool, requests, { ...options, order: "requests", signal });
  try {
    for await (const item of outcomes) {
      progress.finish();
      await printer.print(item);
    }
  } finally {
    progress.stop();
  }
  if (failure !== undefined) throw failure.error;
}

/** A source that fails only ends, so that the requests before still get their outcomes. */
async function* untilFailure(
  requests: AsyncIterable<NamedRequest>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<NamedRequest, undefined> {
  try {
    yield* requests;
  } catch (error) {
    onFailure(error);
  }
}

async function* inTurn(sources: readonly Source[], progress: ProgressBar): AsyncGenerator<NamedRequest, undefined> {
  for (const source of sources) {
    for await (const request of source) {
      progress.expect();
      yield request;
    }
  }
  progress.expectNoMore();
}
