/// <reference lib="dom" />
import type { RemoteEngine } from "../remote_engine.ts";
import { element } from "./painter/element.ts";

/** Strokes are acknowledged so soon that only longer waits are worth a word, in milliseconds. */
const PATIENCE = 1000;

/**
 * A line at the bottom of the page that says when the server is gone and when it is back; with
 * `data-state`, and empty while all is well. What was painted without a server is kept for the next
 * page should this one be closed.
 *
 * @param signal Takes the line away.
 */
export function showConnection(engine: RemoteEngine, signal?: AbortSignal): HTMLElement {
  const line = element("p", { class: "daub-connection", role: "status", "aria-live": "polite" });
  Object.assign(line.style, {
    position: "fixed",
    insetInline: "0",
    bottom: "0",
    zIndex: "20",
    margin: "0 auto",
    width: "fit-content",
    maxWidth: "calc(100vw - 2rem)",
    padding: "0.4rem 1rem",
    borderRadius: "0.6rem 0.6rem 0 0",
    font: "14px/1.4 system-ui, sans-serif",
    color: "light-dark(#5a2a00, #ffe0c0)",
    background: "light-dark(#fff1e0, #4a2c10)",
    boxShadow: "0 0 0 1px light-dark(#e0b080, #7a5020)",
  });
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const show = () => {
    clearTimeout(waiting);
    const { state } = engine;
    line.dataset.state = state;
    const say = (text: string) => {
      line.textContent = text;
      line.hidden = text === "";
    };
    if (state === "offline") {
      say("The server is gone. Paint on: your strokes are kept, and sent when it is back.");
    } else if (state === "connected") {
      say("");
    } else {
      waiting = setTimeout(() => say("Catching up with the server …"), PATIENCE);
    }
  };
  engine.listen((event) => event.kind === "state" && show(), signal);
  addEventListener("online", () => engine.reconnect(), { signal });
  addEventListener("pagehide", () => engine.keepUnsaved(), { signal });
  signal?.addEventListener("abort", () => {
    clearTimeout(waiting);
    line.remove();
  });
  line.hidden = true;
  show();
  document.body.append(line);
  return line;
}
