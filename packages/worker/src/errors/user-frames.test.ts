import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { coreFolder } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import { userFrames } from "./user-frames.ts";

const worker = dirname(fileURLToPath(import.meta.url));
const core = coreFolder;

const started = [
  `    at evaluate (file://${worker}/invocation.js:14:43)`,
  "    at AsyncLocalStorage.run (node:async_hooks:346:14)",
  `    at runInContext (file://${worker}/request-context.js:17:20)`,
  `    at #start (${worker}/evaluator.ts:236:22)`,
];

describe("a stack", () => {
  it.each<[string, string[], string[]]>([
    [
      "ends with the function itself, not with who called it",
      ["    at Object.evaluate (/home/me/functions.ts:3:59)", ...started],
      ["    at Object.evaluate (/home/me/functions.ts:3:59)"],
    ],
    [
      "keeps what the function calls of Node and of others",
      [
        "    at Object.openSync (node:fs:573:18)",
        "    at Array.map (<anonymous>)",
        "    at solve (file:///home/me/node_modules/solver/index.js:1:2)",
        "    at /home/me/functions.ts:3:59",
        ...started,
      ],
      [
        "    at Object.openSync (node:fs:573:18)",
        "    at Array.map (<anonymous>)",
        "    at solve (file:///home/me/node_modules/solver/index.js:1:2)",
        "    at /home/me/functions.ts:3:59",
      ],
    ],
    [
      "begins at the call that was refused, not within the grid",
      [
        `    at encodeOne (file://${worker}/function-host.js:136:15)`,
        "    at Array.map (<anonymous>)",
        `    at encodeAll (file://${worker}/function-host.js:127:21)`,
        "    at new Promise (<anonymous>)",
        `    at callReentrant (file://${worker}/request-context.js:40:28)`,
        "    at Object.evaluate (/home/me/functions.ts:9:63)",
        ...started,
      ],
      ["    at Object.evaluate (/home/me/functions.ts:9:63)"],
    ],
    [
      "leaves out the reference by which one function calls another",
      [
        "    at <anonymous> (/home/me/functions.ts:3:59)",
        `    at icky (file://${core}/define.js:31:37)`,
        "    at Object.evaluate (/home/me/functions.ts:7:55)",
        ...started,
      ],
      ["    at <anonymous> (/home/me/functions.ts:3:59)", "    at Object.evaluate (/home/me/functions.ts:7:55)"],
    ],
    [
      "has the way through awaits",
      [
        "    at deepest (/home/me/functions.ts:3:59)",
        "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)",
        "    at async Object.evaluate (/home/me/functions.ts:12:71)",
      ],
      [
        "    at deepest (/home/me/functions.ts:3:59)",
        "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)",
        "    at async Object.evaluate (/home/me/functions.ts:12:71)",
      ],
    ],
  ])("%s", (_, frames, kept) => {
    const message = "Error: two\n  lines";
    expect(userFrames([message, ...frames].join("\n"))).toBe([message, ...kept].join("\n"));
  });

  it("of the grid's own frames alone has nothing for the author", () => {
    expect(userFrames(["Error: odd", ...started].join("\n"))).toBeUndefined();
    expect(userFrames("Error: odd")).toBeUndefined();
  });
});
