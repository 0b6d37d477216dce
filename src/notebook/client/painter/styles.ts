/// <reference lib="dom" />
import css from "./painter.css" with { type: "text" };

let sheet: CSSStyleSheet | undefined;

/**
 * Gives a document or a shadow root the painter's styles, once. A constructed style sheet, so it
 * works under a content policy that forbids inline styles.
 */
export function adoptStyles(root: Document | ShadowRoot): void {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }
}
