/**
 * Stacks as the author of a function wants to read them: his own frames, without those of the grid that called him and that
 * he called.
 */
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { coreFolder } from "@callgrid/core";

/** How frames of the grid's own code name their file; in each of these folders is nothing else. */
const ownPlaces = [dirname(dirname(fileURLToPath(import.meta.url))), coreFolder].flatMap((folder) => [
  `${folder}/`,
  `${pathToFileURL(folder).href}/`,
]);

const frame = /^ +at /;
/** Of Node or the language itself: it belongs to its caller. */
const nativeFrame = /(?:\(|at (?:async )?)node:|\((?:<anonymous>|native)\)$/;

/** The stack without the grid's own frames; undefined where it has no others. Every line that is not a frame stays. */
export function userFrames(stack: string): string | undefined {
  const kept: string[] = [];
  let isInUserCode = false;
  let isCalledByUser = false;
  for (const line of stack.split("\n").reverse()) {
    if (frame.test(line)) {
      if (!nativeFrame.test(line)) isCalledByUser = !ownPlaces.some((place) => line.includes(place));
      if (!isCalledByUser) continue;
      isInUserCode = true;
    }
    kept.push(line);
  }
  return isInUserCode ? kept.reverse().join("\n") : undefined;
}
