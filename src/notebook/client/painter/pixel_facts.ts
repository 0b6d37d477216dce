import type { Fact } from "./readout.ts";

/** What is known of a pixel at once, and what takes a while. */
export interface PixelQuestion {
  readonly facts: readonly Fact[];
  readonly more?: () => readonly Fact[] | Promise<readonly Fact[]> | undefined;
}

/** How long the pointer rests before more is found out, in milliseconds. */
const REST = 60;

/**
 * Shows facts about the pixel under the pointer: what is known of it at once, the rest when the
 * pointer rests. Until then the rest is that of the pixel before, so that the line does not flicker.
 */
export class PixelFacts {
  readonly #show: (facts: readonly Fact[]) => void;
  #more: readonly Fact[] = [];
  #asked: ReturnType<typeof setTimeout> | undefined;
  #question: PixelQuestion | undefined;

  constructor(show: (facts: readonly Fact[]) => void) {
    this.#show = show;
  }

  /** Shows facts about another pixel; nothing when the pointer is on none. */
  show(question: PixelQuestion | undefined): void {
    this.#question = question;
    clearTimeout(this.#asked);
    if (!question) {
      this.#more = [];
      return this.#show([]);
    }
    this.#show([...question.facts, ...this.#more]);
    this.#asked = setTimeout(() => void this.#ask(question), REST);
  }

  async #ask(question: PixelQuestion): Promise<void> {
    let more: readonly Fact[] = [];
    try {
      more = await question.more?.() ?? [];
    } catch {
      // A pixel of which nothing more can be said.
    }
    if (this.#question !== question) return;
    this.#more = more;
    this.#show([...question.facts, ...more]);
  }
}
