/** What `callgrid sweep` does, by name: the help has these without what the actions need. */
export const sweepActionNames = ["init", "measure", "plan", "run", "merge", "rebalance"] as const;
