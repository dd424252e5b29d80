/** Why a kept result is used or not, as `cache explain` prints it. */
import type { CacheExplanation, CodeOfResult, FileOfResult } from "@callgrid/client";
import { nameList } from "@callgrid/core";
import { durationText } from "../terminal/durations.ts";

/** The answer, and after it a line for each function that took part. */
export function explanationText({ use, leftMs = 0, functionName, code, files }: CacheExplanation): string {
  const left = `It is kept for another ${durationText(leftMs)}.`;
  const answers = {
    used: `A kept result would be used. ${left}`,
    none: "No result is kept: it was not evaluated yet, it failed, its function keeps no results, or the result has expired, was forgotten or evicted.",
    "code changed": `A result is kept, and would not be used: code that took part in it has changed. ${left}`,
    "file changed": `A result is kept, and would not be used by this machine: a file that was read for it has changed. ${left}`,
    forgotten: `A result is kept, and would not be used: all results of "${functionName}" were forgotten since.`,
    nondeterministic: `No result is used or kept: "${functionName}" has given different values for one request. See callgrid cache verify.`,
  };
  return [answers[use], ...code.map(lineOf), ...files.map(fileLineOf)].join("\n");
}

const fileStates = { "as read": "as it was", changed: "has changed", "not seen": "cannot be seen here" };

function fileLineOf({ path, state }: FileOfResult): string {
  return `  file ${JSON.stringify(path)}: ${fileStates[state]}`;
}

function lineOf(code: CodeOfResult): string {
  const { functionName, version, currentVersion } = code;
  if (currentVersion === undefined) return `  ${functionName}: version ${version}; this pool does not have it`;
  if (currentVersion === version) return `  ${functionName}: version ${version}, which is current`;
  return `  ${functionName}: version ${version}, and now ${currentVersion}; ${differenceText(code)}`;
}

function differenceText({ areFilesKnown, changedFiles, changedPackages }: CodeOfResult): string {
  if (!areFilesKnown) return "its files are not known";
  const differing = [...changedFiles, ...changedPackages];
  if (differing.length > 0) return `what differs: ${nameList(differing)}`;
  return "its files are equal; it was built from a text, or a worker had loaded files that had changed by then";
}
