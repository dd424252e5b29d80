/** What an error adds where a file does not exist whose name is a pattern, as `data/*.csv` in quotes; empty for other names. */
export function patternHint(path: string): string {
  return /[*?[{]/.test(path)
    ? "; patterns are for the shell, which expands them where they are not quoted and a file matches"
    : "";
}
