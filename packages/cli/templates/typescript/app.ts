// Asks for one value: of two worker threads in this process or, with --url, of the workers of a pool on Redis.
import { parseArgs } from "node:util";
import { connect, localGrid } from "callgrid";
import { fib } from "./functions.ts";

const { url } = parseArgs({ options: { url: { type: "string" } } }).values;
const grid = url === undefined ? await localGrid({ functions: "functions.ts", workers: 2 }) : await connect(url);
try {
  console.log("fib(70) =", await grid.enqueue("pool", [fib, 70]));
} finally {
  await grid.close();
}
