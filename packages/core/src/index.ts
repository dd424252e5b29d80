/** Package core: what a request is, how it is named and written down, and how it can fail. Pure: no I/O. */
export * from "./canonical.ts";
export * from "./clock.ts";
export * from "./codec.ts";
export * from "./define.ts";
export * from "./errors.ts";
export * from "./id.ts";
export * from "./log-redaction.ts";
export * from "./name-list.ts";
export * from "./nearest.ts";
export { type Capabilities, type Needs, unmetNeeds } from "./needs.ts";
export * from "./options.ts";
export * from "./outcome.ts";
export * from "./own-folder.ts";
export * from "./request.ts";
export * from "./short-text.ts";
export * from "./target.ts";
export * from "./turnover-map.ts";
export * from "./virtual-clock.ts";
