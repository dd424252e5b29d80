/** A caller of the pool that its first argument names: prints the value of `[function, n]`, or the code and message of its error. */
import { connect } from "callgrid/client";

const [pool, functionName, n] = process.argv.slice(2);
const grid = await connect();
try {
  console.log(await grid.enqueue(pool, [functionName, Number(n)], { timeoutMs: 60_000 }));
} catch (error) {
  console.log(`${error.code}: ${error.message}`);
}
await grid.close();
