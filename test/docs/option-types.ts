/**
 * The types of given options, made from the tables that declare them. Each property has its description, unit, range and default as
 * TSDoc, which editors show on hover and the API reference prints.
 */
import type { DeclaredOption, OptionDeclarations } from "@callgrid/core";
import { runOptions } from "../../packages/batch/src/runs/run-spec.ts";
import { batchOptions } from "../../packages/batch/src/spec/batch-spec.ts";
import { localGridOptions } from "../../packages/callgrid/src/local-grid-options.ts";
import { durationText } from "../../packages/cli/src/terminal/durations.ts";
import { clientOptions } from "../../packages/client/src/options/client-options.ts";
import { enqueueOptions, streamOptions, windowOptions } from "../../packages/client/src/options/enqueue-options.ts";
import { cacheOptions, functionOptions } from "../../packages/core/src/functions/function-options.ts";
import { distributorOptions } from "../../packages/distributor/src/shared/distributor-options.ts";
import { reentrantStreamOptions } from "../../packages/worker/src/evaluation/request-context.ts";
import { workerOptions } from "../../packages/worker/src/worker-options.ts";

/** An interface of a generated file, and the table that it is made from. */
interface OptionType {
  readonly name: string;
  readonly options: OptionDeclarations;
}

/** The generated files below packages/, each with its interfaces. */
export const optionTypeFiles: ReadonlyArray<readonly [file: string, types: readonly OptionType[]]> = [
  [
    "core/src/functions/function-options-given.ts",
    [
      { name: "FunctionOptionsGiven", options: functionOptions },
      { name: "CacheOptionsGiven", options: cacheOptions },
    ],
  ],
  ["client/src/options/client-options-given.ts", [{ name: "ClientOptionsGiven", options: clientOptions }]],
  [
    "client/src/options/enqueue-options-given.ts",
    [
      { name: "EnqueueOptionsGiven", options: enqueueOptions },
      { name: "WindowOptionsGiven", options: windowOptions },
      { name: "StreamOptionsGiven", options: streamOptions },
    ],
  ],
  ["batch/src/spec/batch-options-given.ts", [{ name: "BatchOptionsGiven", options: batchOptions }]],
  ["batch/src/runs/run-options-given.ts", [{ name: "RunOptionsGiven", options: runOptions }]],
  ["callgrid/src/local-grid-options-given.ts", [{ name: "LocalGridOptionsGiven", options: localGridOptions }]],
  ["worker/src/worker-options-given.ts", [{ name: "WorkerOptionsGiven", options: workerOptions }]],
  [
    "worker/src/evaluation/stream-options-given.ts",
    [{ name: "ReentrantStreamOptions", options: reentrantStreamOptions }],
  ],
  [
    "distributor/src/shared/distributor-options-given.ts",
    [{ name: "DistributorOptionsGiven", options: distributorOptions }],
  ],
];

const lineWidth = 120;

/** The text of a generated file. */
export function optionTypeText(types: readonly OptionType[]): string {
  return `${[fileComment, ...types.map(interfaceText)].join("\n\n")}\n`;
}

const fileComment = `/**
 * Options as users give them. A test makes this file from the tables that declare the options:
 * \`npx vitest run test/docs/option-types.test.ts -u\`.
 */`;

function interfaceText({ name, options }: OptionType): string {
  const members = Object.values(options).map((option) => `${commentText(option)}\n${memberText(option)}`);
  return `/** Generated from the table of these options. */\nexport interface ${name} {\n${members.join("\n")}\n}`;
}

function commentText(option: DeclaredOption): string {
  const values = valuesText(option);
  const lines = [...wrapped(sentence(option.description)), ...(values === "" ? [] : ["", ...wrapped(values)])];
  return ["  /**", ...lines.map((line) => `   * ${line}`.trimEnd()), "   */"].join("\n");
}

function memberText(option: DeclaredOption): string {
  const isRequired = option.presence === "required";
  return `  readonly ${option.name}${isRequired ? "" : "?"}: ${typeText(option)}${isRequired ? "" : " | undefined"};`;
}

function typeText(option: DeclaredOption): string {
  if (option.kind === "choice") return option.choices.map((choice) => JSON.stringify(choice)).join(" | ");
  return option.kind === "list" ? "readonly string[]" : option.kind;
}

/** The unit, the range and the default of an option, as its hover text ends. */
export function valuesText(option: DeclaredOption): string {
  return [formText(option), defaultText(option)].filter((text) => text !== "").join(" ");
}

function formText(option: DeclaredOption): string {
  if (option.kind === "number") {
    const { unit, min, max } = option;
    const counts = { ms: "In ms", bytes: "In bytes", count: "A whole number", ratio: "A number" }[unit];
    return `${counts}, from ${amountText(option, min)} to ${amountText(option, max)}.`;
  }
  if (option.kind === "string" || option.kind === "list")
    return option.expects === undefined ? "" : `${option.kind === "list" ? "Each is" : "Must be"} ${option.expects}.`;
  return "";
}

function defaultText(option: DeclaredOption): string {
  const { presence, description } = option;
  if (presence === "required") return "Required.";
  if (option.default === undefined) return /\bdefault\b/i.test(description) ? "" : "Default: none.";
  if (option.kind === "number") return `Default: ${amountText(option, option.default)}.`;
  if (Array.isArray(option.default) && option.default.length === 0) return "Default: none.";
  return `Default: \`${JSON.stringify(option.default)}\`.`;
}

/** A number as code has it, and as people read it where that differs: `10_000 (10 s)`. */
function amountText({ unit }: DeclaredOption & { readonly kind: "number" }, amount: number): string {
  if (amount === Number.MAX_SAFE_INTEGER) return "2^53 - 1";
  const digits = amount.toLocaleString("en").replaceAll(",", "_");
  if (unit === "ms" && amount >= 1_000) return `${digits} (${durationText(amount)})`;
  if (unit === "bytes" && amount % 1_024 === 0 && amount > 0) return `${digits} (${sizeText(amount)})`;
  return digits;
}

function sizeText(bytes: number): string {
  const step = Math.floor(Math.log2(bytes) / 10);
  return `${bytes / 1_024 ** step} ${["bytes", "KiB", "MiB", "GiB", "TiB"][step]}`;
}

function sentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > lineWidth - 6) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
