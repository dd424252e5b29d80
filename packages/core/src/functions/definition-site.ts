/**
 * Where in the user's modules a function is defined. Versions of functions are made of these modules, and two definitions from one place are
 * distinguished from one module that was loaded twice. Reading the stack is all that happens here.
 */

/** The part of a call site that V8 hands to `Error.prepareStackTrace` which is used here. */
interface CallSite {
  getFileName(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

/** How deep calls within a module's top level are looked into: a factory of factories is a few. */
const framesRead = 50;

/** Module loaders of Node and of bundlers: what follows them on the stack is another module, which imports this one. */
const loaderFrame = /^node:internal\/(modules|process)\//;

/**
 * The places on the stack from the caller of `above` outwards, as `file:line:column`, up to the module whose top level runs: for a factory
 * that defines, its own place and that of its caller.
 */
export function definitionSites(above: (...args: never[]) => unknown): readonly string[] {
  const sites: string[] = [];
  for (const site of callSites(above)) {
    const file = site.getFileName();
    if (file === undefined || file === null) continue;
    if (loaderFrame.test(file)) break;
    if (!file.startsWith("node:")) sites.push(`${file}:${site.getLineNumber() ?? 0}:${site.getColumnNumber() ?? 0}`);
  }
  return sites;
}

function callSites(above: (...args: never[]) => unknown): readonly CallSite[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = framesRead;
    Error.prepareStackTrace = (_, sites) => sites;
    Error.captureStackTrace(holder, above);
    return Array.isArray(holder.stack) ? (holder.stack as readonly CallSite[]) : [];
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The file of a place, as the loader names it: a path or a URL. */
export function fileOfSite(site: string): string {
  return site.replace(/:\d+:\d+$/, "");
}
