/** The sum of the digits of a file of thirty million, on as many threads as there are CPUs, compared with a plain loop. */
import { localGrid } from "callgrid";
import { digitFile, plainDigitSum } from "./digit-file.ts";

const digits = 30_000_000;
const pieceBytes = 30_000;

const path = digitFile({ digits, seed: 20_231 });
const grid = await localGrid({ functions: new URL("./functions.ts", import.meta.url) });
try {
  const sum = await grid.enqueue(grid.pool, ["digitSumOfFile", path, digits, pieceBytes]);
  console.log(`${digits} digits in ${path}`);
  console.log(`sum on ${grid.workers} workers: ${sum}`);
  console.log(`sum by a plain loop: ${plainDigitSum(path)}`);
} finally {
  await grid.close();
}
