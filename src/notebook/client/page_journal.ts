/// <reference lib="dom" />
import { type DBSchema, type IDBPDatabase, openDB } from "npm:idb@8.0.3";
import type { Annotation } from "../annotation.ts";
import type { AnnotationSize } from "../annotation_command.ts";
import type { EngineOptions } from "../engine.ts";
import { newClient, Replica } from "../replica.ts";

/** What is noted of an image beside the strokes. */
export interface PageNotes {
  readonly options?: EngineOptions;
  /** How the page looks at the image: anything that a page can keep. */
  readonly view?: unknown;
}

/** A painting command as it is kept. */
interface KeptCommand {
  readonly image: string;
  readonly bytes: Uint8Array;
  /** The page that painted and its own number for the command; not kept in earlier versions. */
  readonly client?: string;
  readonly number?: number;
}

interface Shelf extends DBSchema {
  /** Painting commands of all pages, in the order in which they were kept. */
  commands: { key: number; value: KeptCommand; indexes: { image: string } };
  notes: { key: string; value: PageNotes };
}

/** What pages of one origin tell each other: that there is more on the shelf for an image. */
interface News {
  readonly image: string;
  /** The options that another page chose, if that is the news. */
  readonly options?: EngineOptions;
}

const CHANNEL = "daub";

/**
 * What was painted on an image, kept by the browser: the same page finds it again by the image's
 * content, with everything that can be undone. Pages that show the same image at the same time stay
 * in step: the order on the shelf decides.
 */
export class PageJournal {
  readonly #client = newClient();
  readonly #replica: Replica;
  readonly #channel: BroadcastChannel | undefined;
  readonly #listeners = new Set<(options: EngineOptions) => void>();
  /** The last key of the shelf that was read. */
  #last = 0;
  #acknowledged = 0;
  #reading: Promise<unknown> = Promise.resolve();
  #notes: PageNotes = {};

  private constructor(
    readonly image: string,
    size: Required<AnnotationSize>,
    readonly shelf: IDBPDatabase<Shelf> | undefined,
  ) {
    this.#replica = new Replica(size, (first, commands) => this.#keep(first, commands), {
      skips: true,
    });
    if (shelf === undefined) return;
    this.#channel = new BroadcastChannel(CHANNEL);
    this.#channel.onmessage = ({ data }: MessageEvent<News>) => this.#hear(data);
  }

  /**
   * Opens what is kept of an image. Where the browser keeps nothing, as in some private windows, the
   * annotation starts empty and lasts as long as the page.
   *
   * @param image The content key of the image.
   */
  static async open(image: string, size: Required<AnnotationSize>): Promise<PageJournal> {
    const shelf = await openShelf();
    const journal = new PageJournal(image, size, shelf);
    if (shelf === undefined) return journal;
    journal.#notes = await shelf.get("notes", image) ?? {};
    await journal.#readOn();
    return journal;
  }

  /** The strokes. */
  get annotation(): Annotation {
    return this.#replica.annotation;
  }

  /** The options and the view that were noted last. */
  get notes(): PageNotes {
    return this.#notes;
  }

  /** Notes options or a view; the other one stays. */
  note(part: PageNotes): void {
    this.#notes = { ...this.#notes, ...part };
    if (part.options) this.#tell({ image: this.image, options: part.options });
    this.#write((shelf) => {
      const transaction = shelf.transaction("notes", "readwrite");
      return committed(transaction, transaction.store.put(this.#notes, this.image));
    });
  }

  /** Tells of options that other pages choose, until the result is called. */
  listen(listener: (options: EngineOptions) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Hears no more of other pages; what was painted is kept all the same. */
  close(): void {
    this.#channel?.close();
  }

  #keep(first: number, commands: readonly Uint8Array[]): void {
    const { image } = this;
    this.#write(async (shelf) => {
      const transaction = shelf.transaction("commands", "readwrite");
      const added = commands.map((bytes, i) =>
        transaction.store.add({ image, bytes, client: this.#client, number: first + i })
      );
      await committed(transaction, Promise.all(added));
      this.#tell({ image });
      await this.#readOn();
    });
  }

  #tell(news: News): void {
    try {
      this.#channel?.postMessage(news);
    } catch {
      // A page that is being left tells nobody any more.
    }
  }

  #hear({ image, options }: News): void {
    if (image !== this.image) return;
    if (options === undefined) {
      this.#readOn().catch(() => {});
      return;
    }
    this.#notes = { ...this.#notes, options };
    for (const listener of this.#listeners) listener(options);
  }

  /** Takes in what was kept since, by whomever. */
  #readOn(): Promise<unknown> {
    return this.#reading = this.#reading.catch(() => {}).then(async () => {
      const found = await this.#readAfter(this.#last);
      if (found.length === 0) return;
      const entries = found.map(({ value: { client, number = 0, bytes } }) => ({
        number: client === this.#client ? number : 0,
        command: bytes,
      }));
      this.#last = found.at(-1)!.key;
      this.#acknowledged = Math.max(this.#acknowledged, ...entries.map(({ number }) => number));
      this.#replica.merge(this.#replica.position, entries, this.#acknowledged);
    });
  }

  async #readAfter(last: number): Promise<{ key: number; value: KeptCommand }[]> {
    const { store } = this.shelf!.transaction("commands");
    const found: { key: number; value: KeptCommand }[] = [];
    if (last === 0) {
      const index = store.index("image");
      const [keys, values] = await Promise.all([
        index.getAllKeys(this.image),
        index.getAll(this.image),
      ]);
      return values.map((value, i) => ({ key: keys[i], value }));
    }
    let cursor = await store.openCursor(IDBKeyRange.lowerBound(last, true));
    for (; cursor; cursor = await cursor.continue()) {
      if (cursor.value.image === this.image) found.push({ key: cursor.key, value: cursor.value });
    }
    return found;
  }

  /** What cannot be kept, as when the disk is full, is as safe as the page is. */
  #write(write: (shelf: IDBPDatabase<Shelf>) => Promise<unknown>): void {
    if (this.shelf) write(this.shelf).catch(() => {});
  }
}

/**
 * Commits at once: a page that is left right after a stroke is not there any more when the browser
 * would do it by itself.
 */
async function committed(
  transaction: { commit(): void; readonly done: Promise<void> },
  request: Promise<unknown>,
): Promise<void> {
  transaction.commit();
  await Promise.all([request, transaction.done]);
}

async function openShelf(): Promise<IDBPDatabase<Shelf> | undefined> {
  try {
    return await openDB<Shelf>("daub", 1, {
      upgrade(shelf) {
        shelf.createObjectStore("commands", { autoIncrement: true })
          .createIndex("image", "image");
        shelf.createObjectStore("notes");
      },
    });
  } catch {
    return undefined;
  }
}
