/**
 * How many milliseconds the processor's threads wait for the next stroke. Starting them again can take
 * a second, and who paints looks at the result before painting on.
 */
export const THREADS_IDLE_AFTER = 5 * 60_000;
