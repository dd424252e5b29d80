/** A way through the page by keys alone; links and fields work by Tab and Enter as everywhere. */
import { signal } from "@preact/signals";
import { goTo, hrefOf } from "./route.ts";

/** Key → what it does, for the help. */
export const keyHelp: ReadonlyArray<readonly [key: string, what: string]> = [
  ["p", "pools"],
  ["r", "runs and schedules"],
  ["f", "find a request"],
  ["/", "filter the table"],
  ["j, k", "next and previous link of the table"],
  ["Esc", "leave a field, close this help"],
  ["?", "this help"],
];

export const isHelpOpen = signal(false);

const actions: Readonly<Record<string, () => void>> = {
  p: () => goTo(hrefOf(["pools"])),
  r: () => goTo(hrefOf(["runs"])),
  f: () => goTo(hrefOf(["request"])),
  "/": () => document.querySelector<HTMLInputElement>("main input[type=search]")?.focus(),
  j: () => step(1),
  k: () => step(-1),
  "?": () => {
    isHelpOpen.value = !isHelpOpen.value;
  },
};

export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (key === "Escape") {
      isHelpOpen.value = false;
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      return;
    }
    const isTyping = target instanceof HTMLElement && /^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
    const action = Object.hasOwn(actions, key) ? actions[key] : undefined;
    if (isTyping || ctrlKey || metaKey || altKey || action === undefined) return;
    event.preventDefault();
    action();
  });
}

function step(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>("main tbody a")];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (by === 1 ? 0 : links.length - 1) : at + by;
  links[Math.max(0, Math.min(links.length - 1, next))]?.focus();
}
