/** Prints outcomes: values on stdout, one a line, and errors on stderr; or both as JSON on stdout. */
import type { StreamItem } from "@callgrid/client";
import { type RequestError, valueFields } from "@callgrid/core";
import { colorsOf } from "./colors.ts";
import { failureFields, failureText } from "./failure-text.ts";
import { type CliIo, writeJson, writeLine } from "./io.ts";
import { valueText } from "./value-text.ts";

/** How outcomes are printed. */
export interface PrintedAs {
  readonly json: boolean;
  /** Of several requests, an error says which failed, and an empty line holds its place among the values. */
  readonly isOneOfMany: boolean;
}

export class OutcomePrinter {
  readonly #io: CliIo;
  readonly #printedAs: PrintedAs;
  #failures = 0;

  constructor(io: CliIo, printedAs: PrintedAs) {
    this.#io = io;
    this.#printedAs = printedAs;
  }

  /** How many of the outcomes were errors. */
  get failures(): number {
    return this.#failures;
  }

  async print({ index, outcome }: Pick<StreamItem, "index" | "outcome">): Promise<void> {
    if ("error" in outcome) await this.#printError(index, outcome.error);
    else if (this.#printedAs.json) await this.#printJson({ index, ...valueFields(outcome.value) });
    else await writeLine(this.#io.stdout, valueText(outcome.value));
  }

  async #printError(index: number, error: RequestError): Promise<void> {
    this.#failures += 1;
    const { json, isOneOfMany } = this.#printedAs;
    if (json) return this.#printJson({ index, error: failureFields(error) });
    const { stderr, stdout, env } = this.#io;
    const text = failureText(error, colorsOf(stderr, env));
    await writeLine(stderr, isOneOfMany ? `request ${index + 1}: ${text}` : text);
    if (isOneOfMany) await writeLine(stdout, "");
  }

  async #printJson(fields: Readonly<Record<string, unknown>>): Promise<void> {
    await writeJson(this.#io.stdout, fields);
  }
}
