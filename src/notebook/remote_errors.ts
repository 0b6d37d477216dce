import { DaubError } from "../errors.ts";
import { MAX_MESSAGE } from "./protocol.ts";

/** There is nobody at the address. */
export function noServer(reason: string): DaubError {
  const said = reason === "" ? "" : ` (${reason})`;
  return new DaubError(
    "server",
    `Expected the notebook's server to answer but it did not${said}. Start it again and open the ` +
      `address that it prints.`,
    { expected: "a server", found: reason },
  );
}

/** The server came back with another image. */
export function otherImage(): DaubError {
  return new DaubError(
    "image",
    "Expected the same image but the server has another. Reload the page.",
  );
}

/** A command that no message has room for. */
export function tooLargeToSend(found: number): DaubError {
  return new DaubError(
    "annotation",
    "Expected a simpler label image; this one is too large to be sent. Paint instead.",
    { expected: MAX_MESSAGE, found },
  );
}

/** Whether an error says that there is nobody at the address any more. */
export function isServerGone({ tag, expected }: DaubError): boolean {
  return tag === "server" && expected === "a server";
}
