/** The same sum as a batch: the program names no chunks, and the plan reports how the data was cut and why. */
import { bytes, localGrid } from "callgrid";
import { digitFile, plainDigitSum } from "./digit-file.ts";

const path = digitFile({ digits: 30_000_000, seed: 20_231 });
const grid = await localGrid({ functions: new URL("./functions.ts", import.meta.url) });
try {
  const run = grid.batch({ data: bytes(path), process: "digitSumOfSlice", reduce: "sumOfSums" });
  console.log((await run.plan()).explain());
  console.log(`sum by a batch: ${await run.result()}`);
  console.log(`sum by a plain loop: ${plainDigitSum(path)}`);
} finally {
  await grid.close();
}
