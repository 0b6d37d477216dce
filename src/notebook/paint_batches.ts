import { MAX_COMMANDS, MAX_MESSAGE } from "./protocol.ts";

/** Commands with numbers in a row, as one message tells them. */
export interface PaintBatch {
  readonly first: number;
  readonly commands: readonly Uint8Array[];
}

/** Puts commands into batches that a server accepts. */
export function* paintBatches(
  numbered: readonly { readonly number: number; readonly bytes: Uint8Array }[],
): Generator<PaintBatch> {
  let first = 0;
  let commands: Uint8Array[] = [];
  let size = 0;
  for (const { number, bytes } of numbered) {
    const follows = number === first + commands.length;
    if (!follows || commands.length === MAX_COMMANDS || size + bytes.length > MAX_MESSAGE / 2) {
      if (commands.length > 0) yield { first, commands };
      first = number;
      commands = [];
      size = 0;
    }
    commands.push(bytes);
    size += bytes.length;
  }
  if (commands.length > 0) yield { first, commands };
}
