/**
 * Finds properties that an array, a typed array or another built-in object has besides what its kind carries.
 * Listing the keys of a long array costs ten times what writing it down does. `inspect` shows properties without the members, in
 * constant time, so what it shows of a long one is compared with what it shows of a bare twin.
 */
import { inspect, types } from "node:util";

/** Up to so many members their keys are listed. */
const fewMembers = 100;
const propertiesAlone = { maxArrayLength: 0, depth: 0, showHidden: true, customInspect: false } as const;

/** Whether an array has properties besides its members; `bare` is as long, and has none. */
export function hasExtraProperties(array: readonly unknown[], bare: readonly unknown[]): boolean {
  // the length is a key as well
  if (bare.length <= fewMembers || types.isProxy(array)) return Reflect.ownKeys(array).length !== bare.length + 1;
  return inspect(array, propertiesAlone) !== inspect(bare, propertiesAlone);
}

/** As {@link hasExtraProperties}; `bare` is another view of the same bytes. */
export function hasExtraPropertiesOnBytes(array: NodeJS.TypedArray, bare: NodeJS.TypedArray): boolean {
  if (bare.length <= fewMembers) return Reflect.ownKeys(array).length !== bare.length;
  return inspect(array, propertiesAlone) !== inspect(bare, propertiesAlone);
}
