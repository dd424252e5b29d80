/** Functions as this process has defined them, whether or not one of its workers has them: by these a batch may run in the calling thread. */
import { allDefinitions, type Definition, environmentOptions, isGridError } from "@callgrid/core";
import { pino } from "pino";
import { CodeVersions } from "./versions/code-versions.ts";
import { workerOptions } from "./worker-options.ts";

let versions: CodeVersions | undefined;

/** The function that was defined last under `name`, with the version that a worker would announce; undefined where its version cannot be found. */
export async function definitionInProcess(name: string): Promise<Definition | undefined> {
  const definition = allDefinitions().findLast((known) => known.name === name);
  return definition === undefined ? undefined : versioned(definition);
}

/** Whether the function that was defined last under `name` has this version: on disk, or as a worker of this process has it by reference. */
export async function isVersionInProcess(name: string, version: string): Promise<boolean> {
  const definition = allDefinitions().findLast((known) => known.name === name);
  if (definition === undefined) return false;
  return definition.version === version || (await versioned(definition))?.version === version;
}

async function versioned(definition: Definition): Promise<Definition | undefined> {
  versions ??= new CodeVersions({
    codeVersion: environmentOptions({ codeVersion: workerOptions.codeVersion }, process.env).codeVersion,
    log: pino({ level: "silent" }),
  });
  try {
    return await versions.versioned(definition, definition.origin?.definedAt ?? Date.now());
  } catch (error) {
    if (isGridError(error)) return undefined;
    throw error;
  }
}
