/** What `callgrid runs` does, by name: the help has these without what the actions need. */
export const runActionNames = ["list", "show", "logs", "cancel", "retry", "resume", "submit"] as const;
export const scheduleActionNames = ["list", "show", "pause", "resume", "remove"] as const;
