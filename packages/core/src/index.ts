/** Package core: what a request is, how it is named and written down, and how it can fail. Pure: no I/O. */

export { Actor } from "./actors/actor.ts";
export type { Logger, LogLine } from "./actors/logger.ts";
export {
  Periodic,
  type PeriodicOptions,
} from "./actors/periodic.ts";
export { RebuiltMap } from "./collections/rebuilt-map.ts";
export { RecentMap } from "./collections/recent-map.ts";
export { Config, type ConfigData, type ConfigList } from "./config/config.ts";
export { errorTreeDepthLimit, limitTree } from "./errors/error-tree-limit.ts";
export { shortStack, shownRequest } from "./errors/error-tree-texts.ts";
export {
  type ErrorCause,
  type ErrorCode,
  type ErrorTree,
  errorCodes,
  GridError,
  isGridError,
  RequestError,
  renderErrorTree,
  requestFailed,
  requestTreeOf,
} from "./errors/errors.ts";
export { handlePromises } from "./errors/handled-promises.ts";
export {
  type InvalidOptionExtra,
  invalidOption,
} from "./errors/invalid-option.ts";
export {
  logRedaction,
  withoutSecrets,
} from "./errors/log-redaction.ts";
export { messageOf, readProperty, stackOf } from "./errors/thrown.ts";
export { callDefinition } from "./functions/call-definition.ts";
export {
  type AnyFunction,
  allDefinitions,
  type Checked,
  type CheckedAll,
  type Defined,
  type Definition,
  type DefinitionOrigin,
  define,
  type FunctionOptions,
  type FunctionSchemas,
  isDefined,
  type Request,
  type ValueOf,
  type ValuesOf,
} from "./functions/define.ts";
export { fileOfSite } from "./functions/definition-site.ts";
export { type Capabilities, type Needs, unmetNeeds } from "./functions/needs.ts";
export type { StandardSchema } from "./functions/standard-schema.ts";
export {
  mostNamesShown,
  nameList,
} from "./options/name-list.ts";
export {
  didYouMean,
  nearestNames,
} from "./options/nearest.ts";
export {
  type BooleanOption,
  type ChoiceOption,
  type Choices,
  type Declared,
  type DeclaredOption,
  declareOptions,
  environmentOptions,
  knownOptions,
  type ListForm,
  type ListOption,
  type NumberOption,
  type NumberRange,
  type NumberUnit,
  type OptionDeclaration,
  type OptionDeclarations,
  type OptionsGiven,
  type OptionsResolved,
  type OptionValue,
  option,
  type Presence,
  parseOptionText,
  resolveOptions,
  type StringForm,
  type StringOption,
} from "./options/options.ts";
export { entryFile, ownManifest, type PackedFiles, packedFiles } from "./own-files.ts";
export { coreFolder } from "./own-folder.ts";
export { Random } from "./random/random.ts";
export {
  decodeErrorTree,
  decodeOutcome,
  encodeError,
  isErrorText,
  isOutcomeText,
  type Outcome,
  type OutcomeText,
} from "./requests/outcome.ts";
export {
  assertList,
  decodeRequest,
  defaultPayloadLimitBytes,
  type EncodedRequest,
  encodeRequest,
  functionNameIn,
  functionNameOf,
  idOfRequest,
  isPayloadOf,
  type RequestReading,
  readRequest,
} from "./requests/request.ts";
export { type JobValue, type Settings, takeSettings, withSettings } from "./requests/settings.ts";
export {
  parsePool,
  parseTarget,
  type Target,
} from "./requests/target.ts";
export {
  addressedId,
  isAddressedId,
  isIdOf,
  isOwnId,
  ownId,
  randomId,
  requestId,
} from "./text/id.ts";
export { isPattern, patternHint } from "./text/pattern-hint.ts";
export { shortText } from "./text/short-text.ts";
export { abortable } from "./time/abortable.ts";
export {
  type CancelTimer,
  type Clock,
  checkedDelay,
  sleep,
  systemClock,
} from "./time/clock.ts";
export { VirtualClock } from "./time/virtual-clock.ts";
export { within } from "./time/within.ts";
export {
  type CanonicalForm,
  canonicalForm,
  canonicalize,
  canonicalTextOf,
} from "./values/canonical.ts";
export {
  decodeValue,
  encodeValue,
} from "./values/codec.ts";
export {
  byteLines,
  decodeText,
  decodeWholeText,
  refuseOtherEncoding,
  type TextChunks,
  type TextLine,
  type TextPlace,
  textBytes,
  textLines,
} from "./values/text-lines.ts";
export {
  type ValueFields,
  valueFields,
  valueOfFields,
} from "./values/value-fields.ts";
