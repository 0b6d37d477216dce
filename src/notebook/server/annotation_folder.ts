import { join } from "node:path";
import { DaubError } from "../../errors.ts";
import { writeFileAtomically } from "../../image/file.ts";
import { Annotation } from "../annotation.ts";
import { decodeCommand, encodeCommand } from "../annotation_codec.ts";
import type { AnnotationSize } from "../annotation_command.ts";
import { pasteTiff } from "../annotation_tiff.ts";
import { Journal, type JournalOptions } from "./journal.ts";
import type { JournalRecord } from "./journal_record.ts";

/** The name of the label image that other programs can open. */
const LABELS = "annotation.tif";

/** What a folder remembers of an image. */
export interface Remembered {
  readonly folder: AnnotationFolder;
  /** Names this log of commands; another one has nothing to do with it. */
  readonly log: string;
  readonly records: readonly JournalRecord[];
  readonly annotation: Annotation;
  /** Whether a crash came before the label image was written after the last stroke. */
  readonly labelsAreOld: boolean;
}

/**
 * The folder that remembers what was painted on one image: the journal, which is the truth, and
 * beside it the strokes as a label image. It is named by the image's content, so that the strokes
 * are found again wherever the image lies, and belongs to one server at a time.
 */
export class AnnotationFolder {
  private constructor(
    readonly path: string,
    readonly journal: Journal,
    readonly lock: Deno.FsFile,
  ) {}

  /**
   * Opens the folder of an image; with a label image but no journal, its pixels are the start.
   *
   * @throws {DaubError} `file` when it cannot be read or written, or another server has it.
   */
  static async open(
    data: string,
    imageKey: string,
    size: Required<AnnotationSize>,
    options: JournalOptions = {},
  ): Promise<Remembered> {
    const path = join(data, "annotations", imageKey);
    const lock = await lockFolder(path);
    try {
      const { width, height, depth, frames } = size;
      const log = crypto.randomUUID().replaceAll("-", "");
      const header = {
        kind: "header",
        log,
        imageKey,
        size: [width, height, depth, frames],
      } as const;
      const written = await lastWritten(join(path, "journal"));
      const { journal, records } = await Journal.open(join(path, "journal"), header, options);
      const folder = new AnnotationFolder(path, journal, lock);
      const known = records[0].kind === "header" ? records[0].log : log;
      const annotation = new Annotation(size);
      let all = records;
      if (!records.some(({ kind }) => kind === "paint")) {
        const paste = await folder.#readLabels(size);
        if (paste) await journal.append([paste]);
        all = [...records, ...paste ? [paste] : []];
      }
      replay(all, annotation, path);
      const labelsAreOld = annotation.position > 0 &&
        await lastWritten(join(path, LABELS)) < written;
      return { folder, log: known, records: all, annotation, labelsAreOld };
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /** Writes the label image, whole or not at all. */
  async saveLabels(tiff: Uint8Array): Promise<void> {
    await writeFileAtomically(join(this.path, LABELS), tiff, { overwrite: true });
  }

  /** Waits for the last record and leaves the folder to others. */
  async close(): Promise<void> {
    await this.journal.close();
    this.lock.close();
  }

  async #readLabels(size: Required<AnnotationSize>): Promise<JournalRecord | undefined> {
    try {
      const bytes = await Deno.readFile(join(this.path, LABELS));
      const command = encodeCommand(await pasteTiff(bytes, size));
      return { kind: "paint", client: "", number: 0, command };
    } catch (error) {
      // Without a label image, or with one of something else, the annotation starts empty.
      if (error instanceof Deno.errors.NotFound || error instanceof DaubError) return undefined;
      throw error;
    }
  }
}

/** When a file was written last, in milliseconds; 0 when there is none. */
async function lastWritten(path: string): Promise<number> {
  const found = await Deno.stat(path).catch(() => undefined);
  return found?.mtime?.getTime() ?? 0;
}

function replay(records: readonly JournalRecord[], annotation: Annotation, path: string): void {
  for (const record of records) {
    if (record.kind !== "paint") continue;
    try {
      annotation.apply(decodeCommand(record.command), "journal");
    } catch (cause) {
      throw new DaubError(
        "file",
        `Expected strokes that suit the image in ${path} but found others. Move the journal away; ` +
          `the label image beside it can be opened.`,
        { where: path, cause },
      );
    }
  }
}

async function lockFolder(path: string): Promise<Deno.FsFile> {
  let lock: Deno.FsFile;
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    lock = await Deno.open(join(path, "lock"), { write: true, create: true, mode: 0o600 });
  } catch (cause) {
    throw new DaubError(
      "file",
      `Expected to keep strokes in ${path} but the system refused (${(cause as Error).message}). ` +
        `Choose another folder with --data.`,
      { expected: "a writable folder", where: path, cause },
    );
  }
  if (await lock.tryLock(true)) return lock;
  lock.close();
  throw new DaubError(
    "file",
    "Expected to open the strokes of this image but another notebook has them open. Use that one, " +
      "or close it first.",
    { where: path },
  );
}
