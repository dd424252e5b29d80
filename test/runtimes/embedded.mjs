/** The embedded grid with two threads. */
import { localGrid } from "callgrid";

const grid = await localGrid({ functions: "functions.mjs", workers: 2 });
console.log(await grid.enqueue("pool", ["fib", 70]));
await grid.close();
