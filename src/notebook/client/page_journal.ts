/// <reference lib="dom" />
import { type DBSchema, type IDBPDatabase, openDB } from "npm:idb@8.0.3";
import { Annotation } from "../annotation.ts";
import { decodeCommand, encodeCommand } from "../annotation_codec.ts";
import type { AnnotationSize } from "../annotation_command.ts";
import type { EngineOptions } from "../engine.ts";

/** What is noted of an image beside the strokes. */
export interface PageNotes {
  readonly options?: EngineOptions;
  /** How the page looks at the image: anything that a page can keep. */
  readonly view?: unknown;
}

interface Shelf extends DBSchema {
  /** Painting commands in the order in which they were made. */
  commands: {
    key: number;
    value: { readonly image: string; readonly bytes: Uint8Array };
    indexes: { image: string };
  };
  notes: { key: string; value: PageNotes };
}

/**
 * What was painted on an image, kept by the browser: the same page finds it again by the image's
 * content, with everything that can be undone.
 */
export class PageJournal {
  #writing: Promise<unknown> = Promise.resolve();
  #notes: PageNotes;

  private constructor(
    readonly image: string,
    readonly annotation: Annotation,
    notes: PageNotes,
    readonly shelf: IDBPDatabase<Shelf> | undefined,
  ) {
    this.#notes = notes;
    annotation.listen(({ command, direction }) => {
      if (direction === "apply") this.#keep(encodeCommand(command));
    });
  }

  /**
   * Opens what is kept of an image. Where the browser keeps nothing, as in some private windows, the
   * annotation starts empty and lasts as long as the page.
   *
   * @param image The content key of the image.
   */
  static async open(image: string, size: Required<AnnotationSize>): Promise<PageJournal> {
    const shelf = await openShelf();
    const annotation = new Annotation(size);
    const kept = await shelf?.getAllFromIndex("commands", "image", image) ?? [];
    for (const { bytes } of kept) annotation.apply(decodeCommand(bytes), "journal");
    const notes = await shelf?.get("notes", image) ?? {};
    return new PageJournal(image, annotation, notes, shelf);
  }

  /** The options and the view that were noted last. */
  get notes(): PageNotes {
    return this.#notes;
  }

  /** Notes options or a view; the other one stays. */
  note(part: PageNotes): void {
    this.#notes = { ...this.#notes, ...part };
    this.#write((shelf) => {
      const transaction = shelf.transaction("notes", "readwrite");
      return committed(transaction, transaction.store.put(this.#notes, this.image));
    });
  }

  /** Waits until everything is kept. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  #keep(bytes: Uint8Array): void {
    this.#write((shelf) => {
      const transaction = shelf.transaction("commands", "readwrite");
      return committed(transaction, transaction.store.add({ image: this.image, bytes }));
    });
  }

  /** What cannot be kept, as when the disk is full, is as safe as the page is. */
  #write(write: (shelf: IDBPDatabase<Shelf>) => Promise<unknown>): void {
    if (this.shelf === undefined) return;
    const written = write(this.shelf).catch(() => {});
    this.#writing = Promise.all([this.#writing, written]);
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
