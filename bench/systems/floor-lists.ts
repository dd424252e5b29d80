/** The two lists of the floor, and what they hold. */
import type { Task } from "../system.ts";

export const taskList = "tasks";
export const resultList = "results";

/** Seconds that a read blocks for; 0: until something comes. */
export const forEver = 0;

export function taskItem(index: number, task: Task): string {
  return JSON.stringify([index, task]);
}

export function readTask(item: string): [index: number, task: Task] {
  return JSON.parse(item) as [number, Task];
}

export function resultItem(index: number, value: unknown): string {
  return JSON.stringify([index, value]);
}

export function readResult(item: string): [index: number, value: unknown] {
  return JSON.parse(item) as [number, unknown];
}
