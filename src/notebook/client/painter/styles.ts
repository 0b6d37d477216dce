/// <reference lib="dom" />
import controls from "./controls.css" with { type: "text" };
import frame from "./frame.css" with { type: "text" };
import panels from "./panels.css" with { type: "text" };
import room from "./room.css" with { type: "text" };
import surface from "./surface.css" with { type: "text" };

const PAINTER = [frame, controls, surface, panels, room].join("\n");

const sheets = new Map<string, CSSStyleSheet>();

/**
 * Gives an element the painter's styles, and more if it has its own, wherever it is put, also
 * inside a shadow root.
 */
export function styleWherever(element: HTMLElement, signal: AbortSignal, more?: string): void {
  const styles = more === undefined ? [PAINTER] : [PAINTER, more];
  adoptStyles(document, styles);
  // Told when the element is laid out for the first time, and so is in its place.
  const observer = new ResizeObserver(() => {
    const root = element.getRootNode();
    if (root instanceof ShadowRoot) adoptStyles(root, styles);
  });
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect(), { once: true });
}

/**
 * Gives a document or a shadow root styles, once. Constructed style sheets, so it works under a
 * content policy that forbids inline styles.
 */
function adoptStyles(root: Document | ShadowRoot, styles: readonly string[]): void {
  for (const css of styles) {
    let sheet = sheets.get(css);
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      sheets.set(css, sheet);
    }
    if (!root.adoptedStyleSheets.includes(sheet)) {
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    }
  }
}
