/** What the commands with several actions do, by name: the help has these without what the actions need. */
export const cacheActionNames = ["explain", "stats", "verify", "forget"] as const;
export const runActionNames = ["list", "show", "logs", "cancel", "retry", "resume", "submit"] as const;
export const scheduleActionNames = ["list", "show", "pause", "resume", "remove"] as const;
export const sweepActionNames = ["init", "measure", "plan", "run", "merge", "rebalance", "pack"] as const;
