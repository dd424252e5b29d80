/** What went wrong, for people: the tree of a failed request with its deepest cause, and one message for everything else. */
import { type ErrorTree, isGridError, messageOf, renderErrorTree, stackOf } from "@callgrid/core";
import type { Colors } from "./colors.ts";
import { isRequestError } from "./exit-codes.ts";

const bytesPerMb = 1_048_576;

/** An error as the command line shows it. */
export function failureText(error: unknown, colors: Colors): string {
  if (isRequestError(error)) return treeText(error.tree, colors);
  if (isGridError(error, "CANCELLED")) return `interrupted by ${messageOf(error.cause)}`;
  if (isGridError(error)) return `${colors.red(`${error.code}:`)} ${error.message}`;
  // A mistake of callgrid itself: the person who mends it needs its place.
  return stackOf(error);
}

/** An error as fields of JSON. */
export function failureFields(error: unknown): Readonly<Record<string, unknown>> {
  if (isRequestError(error)) return { ...error.tree };
  if (isGridError(error)) return { msg: error.message, code: error.code, details: error.details };
  return { msg: messageOf(error) };
}

function treeText(tree: ErrorTree, colors: Colors): string {
  const deepest = deepestCause(tree);
  const [first = "", ...rest] = renderErrorTree(tree).split("\n");
  const code = deepest.code === "FUNCTION_FAILED" ? "" : ` (${deepest.code})`;
  return [
    placeText(tree) + colors.red(first) + code,
    ...rest,
    ...lossLines(deepest),
    ...stackLines(deepest).map((line) => colors.dim(line)),
  ].join("\n");
}

/** Of a batch: which slice it failed of, or which slices if they failed together. */
function placeText({ details }: ErrorTree): string {
  if (typeof details?.["slice"] === "number") return `slice ${details["slice"]}: `;
  const { from, to } = (details?.["slices"] ?? {}) as { readonly from?: unknown; readonly to?: unknown };
  return typeof from === "number" && typeof to === "number" ? `slices ${from} to ${to - 1}: ` : "";
}

/** Along the first failed request of each level: the others mostly failed of the same. */
function deepestCause(tree: ErrorTree): ErrorTree {
  let deepest = tree;
  for (let next = firstPart(deepest); next !== undefined; next = firstPart(deepest)) deepest = next;
  return deepest;
}

function firstPart({ info }: ErrorTree): ErrorTree | undefined {
  return Object.values(info ?? {})[0];
}

/** Where the deepest failed request threw, and where its causes were thrown; the messages are in the tree. */
function stackLines({ stack, causes = [] }: ErrorTree): string[] {
  const further = causes.filter((cause) => cause.stack !== undefined);
  return [...frames(stack), ...further.flatMap((cause) => [`    caused by: ${cause.msg}`, ...frames(cause.stack)])];
}

function frames(stack = ""): string[] {
  return stack
    .split("\n")
    .filter((line) => /^\s*at /.test(line))
    .map((frame) => `    ${frame.trim()}`);
}

/** How the workers of a lost request died, see the reports of `WorkerPool.reportDeath`. Those that died alike are shown once. */
function lossLines({ code, details }: ErrorTree): string[] {
  const reports: unknown = details?.["reports"];
  if (code !== "WORKER_LOST" || !Array.isArray(reports)) return [];
  const alike = new Map<string, ShownLoss[]>();
  for (const loss of reports as Loss[]) {
    const shown: ShownLoss = { ...loss, end: endText(loss), said: saidLines(loss) };
    const key = [shown.end, ...shown.said].join("\n");
    alike.set(key, [...(alike.get(key) ?? []), shown]);
  }
  return [...alike.values()].flatMap(groupLines);
}

type Loss = Readonly<Record<string, unknown>>;

interface ShownLoss {
  readonly worker?: unknown;
  readonly rssBytes?: unknown;
  readonly end: string;
  readonly said: readonly string[];
}

function groupLines([first, ...others]: readonly ShownLoss[]): string[] {
  if (first === undefined) return [];
  const { worker, rssBytes, end, said } = first;
  const memory = typeof rssBytes === "number" ? `, at ${Math.round(rssBytes / bytesPerMb)} MB` : "";
  const names = others.map((loss) => String(loss.worker)).join(", ");
  return [
    `    worker ${String(worker)} died${end}${memory}${said.length > 0 ? ", and said last:" : ""}`,
    ...said.map((line) => `      ${line}`),
    ...(names === "" ? [] : [`    and so did ${names}`]),
  ];
}

function endText({ exitCode, signal, reason }: Loss): string {
  if (typeof signal === "string") return ` by ${signal}`;
  return typeof exitCode === "number" ? ` with exit code ${exitCode}` : `: ${String(reason)}`;
}

/** What the worker's log reports of its normal life is left out. */
function saidLines({ stderr }: Loss): string[] {
  return Array.isArray(stderr) ? stderr.map(String).filter((line) => !/^\{"level":(?:[123]0),/.test(line)) : [];
}
