/// <reference lib="dom" />
import css from "./objects.css" with { type: "text" };
import { StyleSheet } from "./style_sheet.ts";

const sheet = new StyleSheet(css);

/** Gives an element the styles of plots and tables of objects. */
export function styleObjects(element: HTMLElement): void {
  sheet.follow(element);
}
