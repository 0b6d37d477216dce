/** Commands of one page that no server has acknowledged. */
export interface Unsent {
  /** The page, as it named itself to the server. */
  readonly client: string;
  /** With the page's own numbers, by which the server knows those that it has already. */
  readonly commands: readonly { readonly number: number; readonly bytes: Uint8Array }[];
}

/**
 * Where a page keeps strokes that it could not send, so that they outlive it: the next page that
 * opens the image sends them. Sending something twice does no harm.
 */
export interface Outbox {
  /** What pages left behind for an image. */
  read(imageKey: string): readonly Unsent[];
  /** Replaces what one page left behind; no commands remove it. */
  write(imageKey: string, unsent: Unsent): void;
}

/** Removes from an outbox what a server has of a page, up to a number. */
export function tidyOutbox(
  outbox: Outbox | undefined,
  imageKey: string,
  { client, number }: { readonly client: string; readonly number: number },
): void {
  const unsent = outbox?.read(imageKey).find((unsent) => unsent.client === client);
  if (unsent === undefined) return;
  const commands = unsent.commands.filter((command) => command.number > number);
  outbox!.write(imageKey, { client, commands });
}

/** What of `localStorage` an outbox needs. */
export interface TextStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** An outbox in `localStorage`, or in whatever keeps texts by name. */
export class StorageOutbox implements Outbox {
  /** @param layer Which strokes on an image; "" for those that segment it. */
  constructor(readonly storage: TextStorage, readonly layer = "") {}

  read(imageKey: string): Unsent[] {
    const prefix = nameOf(imageKey + this.layer, "");
    const names = Array.from({ length: this.storage.length }, (_, i) => this.storage.key(i));
    return names.flatMap((name) => {
      const text = name?.startsWith(prefix) ? this.storage.getItem(name) : null;
      const commands = text === null ? undefined : parse(text);
      return commands === undefined ? [] : [{ client: name!.slice(prefix.length), commands }];
    });
  }

  write(imageKey: string, { client, commands }: Unsent): void {
    const name = nameOf(imageKey + this.layer, client);
    if (commands.length === 0) return this.storage.removeItem(name);
    const text = commands.map(({ number, bytes }) => `${number} ${toHexadecimal(bytes)}`).join(
      "\n",
    );
    try {
      this.storage.setItem(name, text);
    } catch {
      // Where browsers keep too little, the strokes are as safe as the page is.
    }
  }
}

function nameOf(imageKey: string, client: string): string {
  return `daub-unsent ${imageKey} ${client}`;
}

function parse(text: string): { number: number; bytes: Uint8Array }[] | undefined {
  const commands = text.split("\n").map((line) => {
    const [number, digits = ""] = line.split(" ");
    const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    return { number: Number(number), bytes };
  });
  return commands.every(({ number }) => Number.isSafeInteger(number) && number > 0)
    ? commands
    : undefined;
}

function toHexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
