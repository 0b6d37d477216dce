/// <reference lib="dom" />

/**
 * A style sheet for elements that may stand anywhere, also in a shadow root. It is constructed, so
 * it works under a content policy that forbids inline styles.
 */
export class StyleSheet {
  readonly #css: string;
  #sheet: CSSStyleSheet | undefined;

  constructor(css: string) {
    this.#css = css;
  }

  /** Adopts the sheet where the element stands, now and when it is first laid out elsewhere. */
  follow(element: HTMLElement, signal?: AbortSignal): void {
    this.#adopt(document);
    const observer = new ResizeObserver(() => {
      const root = element.getRootNode();
      if (root instanceof ShadowRoot) this.#adopt(root);
    });
    observer.observe(element);
    signal?.addEventListener("abort", () => observer.disconnect(), { once: true });
  }

  #adopt(root: Document | ShadowRoot): void {
    if (!this.#sheet) {
      this.#sheet = new CSSStyleSheet();
      this.#sheet.replaceSync(this.#css);
    }
    if (root.adoptedStyleSheets.includes(this.#sheet)) return;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, this.#sheet];
  }
}
