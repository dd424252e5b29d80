/** A caller of the pool that its first argument names, on the Redis of `CALLGRID_URL`. */
import { connect } from "callgrid/client";

const grid = await connect();
console.log(await grid.enqueue(process.argv[2], ["fib", 70], { timeoutMs: 120_000 }));
await grid.close();
