/** Package core: what a request is, how it is named and written down, and how it can fail. Pure: no I/O. */

export { Config, type ConfigData, type ConfigList } from "./config/config.ts";
export { errorTreeDepthLimit, limitTree } from "./errors/error-tree-limit.ts";
export { shortStack, shownRequest } from "./errors/error-tree-texts.ts";
export * from "./errors/errors.ts";
export * from "./errors/log-redaction.ts";
export { messageOf, readProperty, stackOf } from "./errors/thrown.ts";
export * from "./functions/define.ts";
export { type Capabilities, type Needs, unmetNeeds } from "./functions/needs.ts";
export * from "./options/name-list.ts";
export * from "./options/nearest.ts";
export * from "./options/options.ts";
export * from "./own-folder.ts";
export { Random } from "./random/random.ts";
export * from "./requests/outcome.ts";
export * from "./requests/request.ts";
export { type Settings, takeSettings, withSettings } from "./requests/settings.ts";
export * from "./requests/target.ts";
export * from "./text/id.ts";
export * from "./text/short-text.ts";
export * from "./time/clock.ts";
export * from "./time/virtual-clock.ts";
export * from "./values/canonical.ts";
export * from "./values/codec.ts";
export * from "./values/rebuilt-map.ts";
export * from "./values/text-lines.ts";
export * from "./values/value-fields.ts";
