/** A clock that stands still until it is told to go on; timers run in order of their time. */
export class VirtualTime {
  /** Milliseconds since the start. */
  now = 0;
  #timers: { readonly time: number; readonly fire: () => void }[] = [];

  /** Calls a function at a time. */
  at(time: number, fire: () => void): void {
    const place = this.#timers.findLastIndex((timer) => timer.time <= time) + 1;
    this.#timers.splice(place, 0, { time, fire });
  }

  /** Ends after some milliseconds, or throws as soon as the signal aborts. */
  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.at(this.now + milliseconds, resolve);
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  /** Lets time go on until nothing is left to happen. */
  async run(until = Infinity): Promise<void> {
    await settle();
    while (this.#timers.length > 0 && this.#timers[0].time <= until) {
      const { time, fire } = this.#timers.shift()!;
      this.now = time;
      fire();
      await settle();
    }
    if (until < Infinity) this.now = until;
  }
}

/** Lets every promise that can settle do so. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 30; i++) await Promise.resolve();
}
