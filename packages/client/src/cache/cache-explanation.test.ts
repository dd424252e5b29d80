import { type FunctionTable, fileCode, type InputFileState, type KeptResultState } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { explainResult, type ResultSituation } from "./cache-explanation.ts";

const notes = new Map([
  ["p1", { files: { "price.ts": "a", "rate.ts": "b", "old/tax.ts": "c" }, packages: ["lib@1.0.0"] }],
  ["p2", { files: { "price.ts": "a", "rate.ts": "d", "new/tax.ts": "c", "more.ts": "e" }, packages: ["lib@1.0.1"] }],
]);

const registered = (version: string, generation = 0) => ({ version, generation });

function explain(
  stamp: string | undefined,
  functions: FunctionTable["functions"],
  files: ResultSituation["files"] = [],
) {
  const kept: KeptResultState | undefined = stamp === undefined ? undefined : { stamp, leftMs: 1_000 };
  return explainResult({ id: "a", functionName: "total", kept, table: { epoch: 1, functions }, notes, files });
}

const same = { areFilesKnown: false, changedFiles: [], changedPackages: [] };

it("a result of which all code is current is used, and so is that of code which the pool does not know", () => {
  const functions = new Map([["total", registered("t1", 3)]]);
  expect(explain("t1#3,price@p1", functions)).toEqual({
    ...{ id: "a", functionName: "total", use: "used", leftMs: 1_000 },
    code: [
      { functionName: "price", version: "p1", currentVersion: undefined, ...same },
      { functionName: "total", version: "t1", currentVersion: "t1", ...same },
    ],
    files: [],
  });
});

it("of code that has changed both versions are named, and what differs, but not what only lies elsewhere", () => {
  const functions = new Map([
    ["total", registered("t1")],
    ["price", registered("p2")],
    ["fee", registered("7")],
  ]);
  const { use, code } = explain("t1#0,fee@6,price@p1", functions);
  expect(use).toBe("code changed");
  expect(code).toEqual([
    { functionName: "fee", version: "6", currentVersion: "7", ...same },
    {
      ...{ functionName: "price", version: "p1", currentVersion: "p2" },
      areFilesKnown: true,
      changedFiles: ["more.ts", "rate.ts"],
      changedPackages: ["lib@1.0.0", "lib@1.0.1"],
    },
    { functionName: "total", version: "t1", currentVersion: "t1", ...same },
  ]);
});

it("code whose files are equal differs from code whose files are not known", () => {
  const functions = new Map([["total", registered("p1-other")]]);
  const kept: KeptResultState = { stamp: "p1#0", leftMs: 1_000 };
  const explained = (noted: typeof notes) =>
    explainResult({ id: "a", functionName: "total", kept, table: { epoch: 1, functions }, notes: noted, files: [] })
      .code;
  const [note] = notes.values();
  const both = note === undefined ? notes : new Map([...notes, ["p1-other", note]]);
  expect(explained(both)).toMatchObject([{ areFilesKnown: true, changedFiles: [], changedPackages: [] }]);
  expect(explained(notes)).toMatchObject([{ areFilesKnown: false, changedFiles: [], changedPackages: [] }]);
});

it("a result of a forgotten function is not used", () => {
  expect(explain("t1#0", new Map([["total", registered("t1", 1)]])).use).toBe("forgotten");
});

it("without a kept result there is no code", () => {
  expect(explain(undefined, new Map())).toMatchObject({ use: "none", leftMs: undefined, code: [] });
});

it("a result is not used where a file has changed, and is where it cannot be seen", () => {
  const functions = new Map([["total", registered("t1")]]);
  const stamp = `t1#0,${fileCode({ path: "/data/a,b c.csv", digest: "d" })}`;
  const explained = (state: InputFileState) => explain(stamp, functions, [{ path: "/data/a,b c.csv", state }]);
  expect((["as read", "not seen", "changed"] as const).map((state) => explained(state).use)).toEqual([
    ...["used", "used", "file changed"],
  ]);
  expect(explained("changed").code.map(({ functionName }) => functionName)).toEqual(["total"]);
});
