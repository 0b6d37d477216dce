/**
 * Lets timers, signals and the page take their turn: awaiting settled promises would not. A message
 * comes at once, whereas the shortest timer takes milliseconds.
 */
export function letOthersRun(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
