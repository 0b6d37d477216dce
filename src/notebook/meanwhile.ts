import type { Live } from "./live.ts";
import { endingWith, Latest, type ValueSource } from "./value_source.ts";

/**
 * Results as they come, and until the first of them what stands in for it, so that whatever shows
 * results has its place and its size from the start.
 *
 * @param source What the substitute depends on: it is made anew when this changes.
 * @param substitute Makes it; undefined where that cannot be, as of options that are not valid yet.
 */
export function meanwhile<Output>(
  results: Live<Output>,
  source: ValueSource<unknown>,
  substitute: () => Output | undefined,
): Live<Output> {
  const newest = new Latest<Output>();
  const waiting = new AbortController();
  const stand = () => {
    const output = substitute();
    if (output !== undefined) newest.push(output);
  };
  stand();
  source.addEventListener("input", stand, { signal: waiting.signal });
  (async () => {
    for await (const output of results) {
      waiting.abort();
      newest.push(output);
    }
    newest.close();
  })();
  const values = endingWith(newest.values(), () => {
    waiting.abort();
    void results.return();
  });
  return Object.assign(values, { pump: results.pump });
}
