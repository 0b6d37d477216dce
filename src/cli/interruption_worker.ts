/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { INTERRUPTED } from "./interruption.ts";

/** How long the main thread has to stop by itself. */
const GRACE_IN_MS = 1000;

let asked = false;
let temporary: readonly string[] = [];

self.onmessage = ({ data }) => temporary = data;

const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
for (const signal of signals) {
  Deno.addSignalListener(signal, function listener() {
    const end = () => {
      for (const path of temporary) removeQuietly(path);
      Deno.stderr.writeSync(new TextEncoder().encode(`error: ${INTERRUPTED}\n`));
      // Without a listener the signal does what it does by default: it ends the process.
      Deno.removeSignalListener(signal, listener);
      Deno.kill(Deno.pid, signal);
    };
    if (asked) return end();
    asked = true;
    self.postMessage(signal);
    setTimeout(end, GRACE_IN_MS);
  });
}

self.postMessage("listening");

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It has got its name or was removed in the meantime.
  }
}
