/** Whether a path is a pattern of paths, such as `data/*.csv`, if there is no file of that name. */
export function isPattern(path: string): boolean {
  return /[*?[{]/.test(path);
}

/** What an error adds where a data file does not exist whose name is a pattern, as `data/*.csv` in quotes; empty for other names. */
export function patternHint(path: string): string {
  return isPattern(path)
    ? "; patterns are for the shell, which expands them where they are not quoted and a file matches"
    : "";
}
