/** The pages of options and of commands, made from the declarations that also make checks, help texts and variables. */
import type { DeclaredOption, OptionDeclarations } from "@callgrid/core";
import { runOptions } from "../../packages/batch/src/runs/run-spec.ts";
import { runnerOptions } from "../../packages/batch/src/runs/runner-options.ts";
import { batchOptions } from "../../packages/batch/src/spec/batch-spec.ts";
import { localGridOptions } from "../../packages/callgrid/src/local-grid-options.ts";
import { type CommandEntry, commands } from "../../packages/cli/src/command-table.ts";
import { durationText } from "../../packages/cli/src/terminal/durations.ts";
import { clientOptions } from "../../packages/client/src/options/client-options.ts";
import { streamOptions } from "../../packages/client/src/options/enqueue-options.ts";
import { cacheOptions, functionOptions } from "../../packages/core/src/functions/function-options.ts";
import { distributorOptions } from "../../packages/distributor/src/shared/distributor-options.ts";
import { workerOptions } from "../../packages/worker/src/worker-options.ts";

const tables: ReadonlyArray<readonly [title: string, preface: string, options: OptionDeclarations]> = [
  [
    "define(name, options, function)",
    "Also `cache`, [`needs`](../guides/trees.md#functions-with-needs), and the [schemas](../guides/schemas.md) `input` and `output`.",
    functionOptions,
  ],
  ["define: cache", "One day by default; `cache: false` keeps nothing.", cacheOptions],
  [
    "enqueue, enqueueAll, stream",
    "Also `signal`, an AbortSignal. `window` is not for `enqueue`, and `order` is for `stream` only.",
    streamOptions,
  ],
  ["connect(url, options)", "Also `log`, a logger of pino's. Each option has a variable.", clientOptions],
  [
    "localGrid(options)",
    "Also `functions`, the modules by path or what `define` returned, and `log`.",
    localGridOptions,
  ],
  [
    "grid.batch(options)",
    "Also `data`, `process`, `reduce` and others: see [batches](../guides/batches.md).",
    batchOptions,
  ],
  [
    "grid.submitRun(options)",
    "Also `pool`, `data`, `process`, `reduce` and `error`: see [runs](../guides/runs.md).",
    runOptions,
  ],
  [
    "startWorker(options)",
    "Also `pool`, `url` and `functions`. Each option is a flag and a variable of `callgrid worker`.",
    workerOptions,
  ],
  [
    "startDistributor(options)",
    "Also `pool` and `url`. Each option is a flag and a variable of `callgrid distributor`.",
    distributorOptions,
  ],
  ["callgrid runner", "Each option is a flag and a variable.", runnerOptions],
];

/** docs/reference/options.md. */
export function optionsPage(): string {
  const sections = tables.map(
    ([title, preface, options]) => `## ${title}\n\n${preface}\n\n${optionTable(options, ({ name }) => name)}`,
  );
  return `# Options of programs\n\n${generated}\n\n${sections.join("\n")}`;
}

/** docs/reference/commands.md. */
export async function commandsPage(): Promise<string> {
  const sections = await Promise.all([...commands].map(commandSection));
  return `# Commands\n\n${generated} ${values}\n\n${sections.join("\n")}`;
}

const generated =
  "A test makes this page from the declarations of the options: `npx vitest run test/docs/option-pages.test.ts -u`.";
const values =
  "Every flag has a variable, such as `CALLGRID_LEASE_MS` for `--lease-ms`; a flag takes precedence. Durations may have a unit " +
  "(`500ms`, `5s`, `2m`), and so may sizes (`64mb`). Lists are separated by commas, and their flags may be repeated.";

async function commandSection([name, { summary, operands, load }]: readonly [string, CommandEntry]): Promise<string> {
  const { options, examples } = await load();
  const takes = operands.map(([form, description]) => `- \`${form}\`: ${description}`);
  const usage = ["callgrid", name, ...operands.map(([form]) => form)].join(" ");
  return [
    `## ${usage.replaceAll("<", "\\<")}\n\n${summary}\n`,
    ...(takes.length > 0 ? [`${takes.join("\n")}\n`] : []),
    ...(Object.keys(options).length > 0 ? [optionTable(options, ({ flag }) => flag)] : []),
    `\`\`\`sh\n${examples.join("\n")}\n\`\`\`\n`,
  ].join("\n");
}

function optionTable(options: OptionDeclarations, nameOf: (option: DeclaredOption) => string): string {
  const rows = Object.values(options).map((option) => {
    const cells = [`\`${nameOf(option)}\``, defaultOf(option), rangeOf(option), option.description];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  });
  return `| option | default | values | |\n|---|---|---|---|\n${rows.join("")}`;
}

function defaultOf(option: DeclaredOption): string {
  if (option.presence === "required") return "required";
  if (option.default === undefined) return "";
  if (option.kind === "number") return amountOf(option, option.default);
  return Array.isArray(option.default) ? option.default.join(",") || "none" : String(option.default);
}

function rangeOf(option: DeclaredOption): string {
  switch (option.kind) {
    case "number":
      return `${amountOf(option, option.min)} … ${amountOf(option, option.max)}`;
    case "choice":
      return option.choices.map((choice) => `\`${choice}\``).join(", ");
    case "boolean":
      return "yes or no";
    default:
      return option.expects ?? (option.kind === "list" ? "a list" : "text");
  }
}

function amountOf({ unit }: DeclaredOption & { readonly kind: "number" }, amount: number): string {
  if (unit === "ms") return durationText(amount);
  const shown = amount === Number.MAX_SAFE_INTEGER ? "2⁵³ - 1" : amount.toLocaleString("en");
  return unit === "bytes" ? `${shown} bytes` : shown;
}
