/** Something that the viewer should know, with what to do about it. */
import { visibleText } from "../model/units.ts";

export function Notice({ kind, text }: { readonly kind: "bad" | "warn"; readonly text: string }) {
  return (
    <p class={`notice ${kind}`} role={kind === "bad" ? "alert" : "status"}>
      {visibleText(text)}
    </p>
  );
}
