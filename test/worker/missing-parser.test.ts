/** What a worker does where the parser that versions from disk need is not installed: in a process of its own, which has not loaded it. */
import { define } from "@callgrid/core";
import { expect, it, vi } from "vitest";
import { definitionInProcess, isVersionInProcess } from "../../packages/worker/src/definition-in-process.ts";
import { CodeVersions } from "../../packages/worker/src/versions/code-versions.ts";

// an installation without optional dependencies
vi.mock("oxc-parser", () => {
  throw new Error("Cannot find native binding");
});

const log = { warn: () => undefined };

it("without the parser's binding, versions from disk are refused with what to do", async () => {
  const { definition } = define("plain", () => 1);
  await expect(
    new CodeVersions({ codeVersion: undefined, log }).versioned(definition, Date.now()),
  ).rejects.toMatchObject({
    code: "INVALID_MODULE",
    message: expect.stringMatching(/--code-version.*version/) as string,
  });
});

it("without the parser's binding, functions without a version do not run in the calling thread", async () => {
  define("unversioned", () => 1);
  expect(await definitionInProcess("unversioned")).toBeUndefined();
  expect(await isVersionInProcess("unversioned", "x")).toBe(false);
});

it("without the parser's binding, given versions are used", async () => {
  const { definition } = define("versioned", { version: "2" }, () => 1);
  expect((await definitionInProcess("versioned"))?.version).toBe("2");
  const coded = await new CodeVersions({ codeVersion: "c", log }).versioned(define("coded", () => 1).definition, 0);
  expect([definition.version, coded.version]).toEqual(["2", "c"]);
});
