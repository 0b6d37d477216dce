/**
 * Something with a value that changes over time and says so by `input` events: an Observable view
 * is one, whether it is an element of a page or not. As with controls of a page, a `change` event
 * says that a row of changes has come to its end.
 */
export interface ValueSource<T> {
  /** The value as it is now. */
  readonly value: T;
  /** Listens to changes. */
  addEventListener(
    type: "input" | "change",
    listener: () => void,
    options?: { readonly signal?: AbortSignal },
  ): void;
}

/**
 * A value that can be set, for graphs without a page. As with Observable's views, setting `value` is
 * silent; {@linkcode Value.change} sets it as a user would.
 */
export class Value<T> extends EventTarget implements ValueSource<T> {
  /** The value as it is now; setting it tells nobody. */
  value: T;

  constructor(value: T) {
    super();
    this.value = value;
  }

  /** Sets the value and tells who listens. */
  change(value: T): void {
    this.value = value;
    this.dispatchEvent(new Event("input"));
  }
}

/**
 * The newest of a stream of values, for whoever is slower than the stream: each consumer gets the
 * newest value that it has not seen, and none twice.
 */
export class Latest<T> {
  #value: { readonly value: T } | undefined;
  #wake: (() => void)[] = [];
  #closed = false;

  /** Replaces the value. */
  push(value: T): void {
    this.#value = { value };
    this.#wakeAll();
  }

  /** Ends every stream once its last value is seen. */
  close(): void {
    this.#closed = true;
    this.#wakeAll();
  }

  /** The newest value as soon as there is one, then each newest as it comes. */
  async *values(): AsyncGenerator<T, void, void> {
    let seen: { readonly value: T } | undefined;
    while (true) {
      if (this.#value !== seen) {
        seen = this.#value!;
        yield seen.value;
      } else if (this.#closed) {
        return;
      } else {
        await new Promise<void>((resolve) => this.#wake.push(resolve));
      }
    }
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}

/**
 * The values of a source as an async generator: the present one first, then each change; changes
 * that come faster than they are asked for are left out.
 *
 * @param isSame Changes between values that it calls the same are left out too.
 */
export function observe<T>(
  source: ValueSource<T>,
  isSame: (a: T, b: T) => boolean = () => false,
): AsyncGenerator<T, void, void> {
  const controller = new AbortController();
  const latest = new Latest<T>();
  let last = source.value;
  latest.push(last);
  source.addEventListener("input", () => {
    const { value } = source;
    if (isSame(last, value)) return;
    last = value;
    latest.push(value);
  }, { signal: controller.signal });
  return endingWith(latest.values(), () => {
    controller.abort();
    latest.close();
  });
}

/** Of the values of a stream, those whose key differs from that of the one before. */
export async function* distinct<T>(
  values: AsyncIterable<T>,
  keyOf: (value: T) => unknown,
): AsyncGenerator<T, void, void> {
  let last: { readonly key: unknown } | undefined;
  for await (const value of values) {
    const key = keyOf(value);
    if (last && Object.is(last.key, key)) continue;
    last = { key };
    yield value;
  }
}

/**
 * A generator that also ends while a value is awaited: `return` runs `end` at once, where one
 * written with `yield` would wait for the value first.
 */
export function endingWith<T>(
  values: AsyncGenerator<T, void, void>,
  end: () => void,
): AsyncGenerator<T, void, void> {
  return {
    next: () => values.next(),
    return: () => {
      end();
      return values.return();
    },
    throw: (error) => {
      end();
      return values.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => {
      end();
      await values.return();
    },
  };
}
