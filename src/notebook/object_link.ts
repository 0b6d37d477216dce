/**
 * What several views of the same objects share: the object under the pointer and those that are
 * selected. Whoever changes it tells the others by `change` events.
 */
export class ObjectLink extends EventTarget {
  #hovered = 0;
  #selected: ReadonlySet<number> = new Set();

  /** The label of the object under the pointer; 0 for none. */
  get hovered(): number {
    return this.#hovered;
  }

  /** The labels of the selected objects. */
  get selected(): ReadonlySet<number> {
    return this.#selected;
  }

  /** Moves the pointer to an object; 0 for none. */
  hover(label: number): void {
    if (label === this.#hovered) return;
    this.#hovered = label;
    this.#tell();
  }

  /** Selects these objects and no others. */
  select(labels: Iterable<number>): void {
    const next = new Set(labels);
    next.delete(0);
    const isSame = next.size === this.#selected.size &&
      [...next].every((label) => this.#selected.has(label));
    if (isSame) return;
    this.#selected = next;
    this.#tell();
  }

  /** Selects an object in addition to the others, or no longer if it was selected. */
  toggle(label: number): void {
    const next = new Set(this.#selected);
    if (!next.delete(label)) next.add(label);
    this.select(next);
  }

  /** Calls `listener` after every change until the signal aborts. */
  listen(listener: () => void, signal?: AbortSignal): void {
    this.addEventListener("change", listener, { signal });
  }

  #tell(): void {
    this.dispatchEvent(new Event("change"));
  }
}
