/** Every change of the public API is in the diff of an API report. After a change: `npm run api`. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";

interface ApiReport {
  readonly entry: string;
  readonly imported: string;
  readonly path: string;
}

interface Reports {
  readonly apiReports: readonly ApiReport[];
  apiReport(report: ApiReport): Promise<string>;
  publicDeclarations(text: string): string[];
}

const script: string = new URL("../../scripts/api-report.mjs", import.meta.url).href;
const { apiReports, apiReport, publicDeclarations }: Reports = await import(script);

test.each(apiReports)("the API report of $imported is current", async (report) => {
  const current = await apiReport(report);
  const remedy = `${basename(report.path)} is out of date: run \`npm run api\`, and read what the diff says to users`;
  expect(readFileSync(report.path, "utf8"), remedy).toBe(current);
});

test("a report has no comments, is sorted, and marks what is exported, and as what", () => {
  const bundled = `
/** A box. */
declare class Box {
  /** How large it is. */
  readonly size: number; // in bytes
}
interface Size { /** In bytes. */ bytes: number }
declare function open(size: Size): Box;
declare function open(size: string): Box;
declare const all: readonly Box[];
export { type Box, all as boxes, open };
`;
  expect(publicDeclarations(bundled)).toEqual([
    "declare class Box {\n  readonly size: number; \n}\n\nexport type { Box };",
    "interface Size {  bytes: number }",
    "declare const all: readonly Box[];\n\nexport { all as boxes };",
    "export declare function open(size: Size): Box;",
    "export declare function open(size: string): Box;",
  ]);
});
