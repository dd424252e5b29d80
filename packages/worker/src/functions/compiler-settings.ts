/**
 * The tsconfig.json of a module: the nearest above it that includes it, as editors take it. Node reads none, and tsx takes the one of the
 * working folder unless it is given another.
 */
import { getTsconfig, type TsConfigResult } from "get-tsconfig";

const olderThanFields = /^es(3|5|6|201\d|202[01])$/;

/** The path of the tsconfig.json that includes a module; undefined for a module that no file includes, or whose file cannot be read. */
export function settingsFileOf(path: string): string | undefined {
  return settingsOf(path)?.path;
}

/** The tsconfig.json by which a compiler assigns the fields of classes, as JavaScript before ES2022 does it; undefined where it defines them. */
export function assigningSettings(path: string): string | undefined {
  const settings = settingsOf(path);
  const { useDefineForClassFields, target = "esnext" } = settings?.config.compilerOptions ?? {};
  return (useDefineForClassFields ?? !olderThanFields.test(target)) ? undefined : settings?.path;
}

function settingsOf(path: string): TsConfigResult | undefined {
  try {
    return getTsconfig(path, "tsconfig.json", new Map(), true) ?? undefined;
  } catch {
    // one that extends a package that is not installed in production, for example
    return undefined;
  }
}
