/** What the module that {@link readWork} writes next to a user's work imports. */
export { refuseChanged } from "@callgrid/batch";
export { define } from "@callgrid/core";
