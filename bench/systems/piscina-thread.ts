/** What Piscina loads into its threads. */
export { evaluate as default } from "../tasks.ts";
