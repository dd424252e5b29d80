/** Long text in a message, cut to a readable length. */

/** The text, or if it is longer than `most` characters its beginning and an ellipsis. */
export function shortText(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
