/**
 * Files in stamps: `~file:path@digest`, for each file that was read for an outcome. The path is encoded, so that it has none of the marks of a
 * stamp. A function table has no such name: pools take files for current, and processes that receive a kept result look at those they can see.
 */
import { type Code, othersIn, readCode } from "./stamp.ts";

const start = "~file:";

/** A file with a digest of its content. */
export interface FileContent {
  readonly path: string;
  readonly digest: string;
}

export function fileCode({ path, digest }: FileContent): Code {
  return `${start}${encodeURIComponent(path)}@${digest}`;
}

export function isFileCode(code: Code): boolean {
  return code.startsWith(start);
}

/** Whether files were read for an outcome with this stamp. */
export function namesFiles(stamp: string): boolean {
  return stamp.includes(`,${start}`);
}

/** Without what has no path: another program may have written the stamp. */
export function filesIn(stamp: string): FileContent[] {
  const codes = othersIn(stamp).filter(isFileCode).map(readCode);
  return codes.flatMap(({ functionName, version }) => {
    const path = pathOf(functionName.slice(start.length));
    return path === undefined ? [] : [{ path, digest: version }];
  });
}

function pathOf(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
