/// <reference lib="dom" />
import controls from "./controls.css" with { type: "text" };
import frame from "./frame.css" with { type: "text" };
import panels from "./panels.css" with { type: "text" };
import room from "./room.css" with { type: "text" };
import surface from "./surface.css" with { type: "text" };

let sheet: CSSStyleSheet | undefined;

/** Gives an element its styles wherever it is put, also inside a shadow root. */
export function styleWherever(element: HTMLElement, signal: AbortSignal): void {
  adoptStyles(document);
  // Told when the element is laid out for the first time, and so is in its place.
  const observer = new ResizeObserver(() => {
    const root = element.getRootNode();
    if (root instanceof ShadowRoot) adoptStyles(root);
  });
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect(), { once: true });
}

/**
 * Gives a document or a shadow root the painter's styles, once. A constructed style sheet, so it
 * works under a content policy that forbids inline styles.
 */
function adoptStyles(root: Document | ShadowRoot): void {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync([frame, controls, surface, panels, room].join("\n"));
  }
  if (!root.adoptedStyleSheets.includes(sheet)) {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }
}
