/**
 * One stage of a flow that remembers its last result and what it was computed from, so that it runs
 * again only when a change reaches it.
 */
export class Stage<Result> {
  /** The name under which its time is reported. */
  readonly name: string;
  #inputs: readonly unknown[] | undefined;
  #result: Result | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /**
   * The remembered result if the inputs are the same objects and numbers as last time; else the
   * computed one. A computation that fails leaves what was remembered.
   */
  async run(
    inputs: readonly unknown[],
    compute: () => Promise<Result> | Result,
    report: (stage: string, milliseconds: number) => void,
  ): Promise<Result> {
    if (this.#holds(inputs)) return this.#result!;
    const start = performance.now();
    const result = await compute();
    this.#inputs = inputs;
    this.#result = result;
    report(this.name, performance.now() - start);
    return result;
  }

  /** Gives the memory back. */
  forget(): void {
    this.#inputs = undefined;
    this.#result = undefined;
  }

  #holds(inputs: readonly unknown[]): boolean {
    const known = this.#inputs;
    return known?.length === inputs.length &&
      inputs.every((input, i) => Object.is(input, known[i]));
  }
}
