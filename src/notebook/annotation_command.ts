import { DaubError } from "../errors.ts";
import { describeSize, type Size } from "../image/image.ts";

/** The extent of an annotation: an image's, and the number of time points (1 unless given). */
export interface AnnotationSize extends Size {
  readonly frames?: number;
}

/** Where in a stack a command paints; both are 0 unless given. */
export interface InSlice {
  readonly z?: number;
  readonly t?: number;
}

/** What every painting command may say. */
export interface Painting {
  /** Paints only over pixels of this class (napari's "preserve labels"); over any unless given. */
  readonly over?: number;
  /**
   * Commands in a row with the same number are one step of the undo history: the pieces of a stroke
   * that is sent while the brush moves. Each command is a step of its own unless given.
   */
  readonly step?: number;
}

/**
 * A brush stroke: a disc moved along a line through `points`, x and y in turn, as integers in half
 * pixels: (2i + 1, 2j + 1) is the centre of pixel (i, j), even numbers are pixel corners.
 */
export interface StrokeCommand extends InSlice, Painting {
  readonly kind: "stroke";
  readonly points: readonly number[];
  /** The brush's diameter in pixels, an integer from 1 to 1000. */
  readonly size: number;
  /** The class to paint; 0 erases. */
  readonly value: number;
}

/** The pixels whose centres lie inside a polygon (even-odd); `points` as in a stroke. */
export interface PolygonCommand extends InSlice, Painting {
  readonly kind: "polygon";
  readonly points: readonly number[];
  readonly value: number;
}

/** Fills what has the class of the pixel (x, y). */
export interface FillCommand extends InSlice, Painting {
  readonly kind: "fill";
  readonly x: number;
  readonly y: number;
  readonly value: number;
  /** Only what is connected to the pixel; true unless given. */
  readonly contiguous?: boolean;
  /** Only this slice (2, unless given) or the whole volume (3). */
  readonly dimensions?: 2 | 3;
}

/** Exchanges two classes everywhere. */
export interface SwapCommand extends Painting {
  readonly kind: "swap";
  readonly a: number;
  readonly b: number;
}

/** Erases one class, or all; everywhere, or in one slice when z or t is given. */
export interface ClearCommand extends InSlice, Painting {
  readonly kind: "clear";
  readonly value?: number;
}

/**
 * Replaces everything by given pixels: runs of one class in raster order, each as its length and
 * its class in turn; what they leave over is 0.
 */
export interface PasteCommand extends Painting {
  readonly kind: "paste";
  readonly runs: readonly number[];
}

/** Takes the last step back. */
export interface UndoCommand {
  readonly kind: "undo";
}

/** Makes the last step that was taken back once more. */
export interface RedoCommand {
  readonly kind: "redo";
}

/**
 * Takes the step with this number out as if it had never been begun: what could be redone before it
 * can be again, and what others did since is painted anew without it. Only one of the last 64 steps
 * can be.
 */
export interface CancelCommand {
  readonly kind: "cancel";
  readonly step: number;
}

/** A command that paints, and so opens or continues a step of the undo history. */
export type PaintCommand =
  | StrokeCommand
  | PolygonCommand
  | FillCommand
  | SwapCommand
  | ClearCommand
  | PasteCommand;

/**
 * One change of an annotation, as plain data. The same commands in the same order give the same
 * pixels wherever they are applied, so page and server exchange commands, never pixels.
 */
export type AnnotationCommand = PaintCommand | UndoCommand | RedoCommand | CancelCommand;

/** The largest brush, in pixels. */
export const MAX_BRUSH = 1000;
/** The most points one stroke or polygon command may have. */
export const MAX_POINTS = 65_536;
/** The most pixels the brush may sweep in one command; a hand never comes near it. */
const MAX_SWEEP = 2 ** 30;

/**
 * Refuses a command that did not come from a painter in good order, before anything is painted.
 *
 * @throws {DaubError} `annotation` with the field that is wrong.
 */
export function checkCommand(command: AnnotationCommand, size: AnnotationSize): void {
  const fields = command as unknown as Record<string, unknown> | null;
  switch (fields?.kind) {
    case "undo":
    case "redo":
      return;
    case "cancel":
      return checkInteger("step", fields.step, 0, 2 ** 48);
    case "stroke":
      checkPlace(fields, size);
      checkPoints(fields.points, size, 1);
      checkInteger("brush size", fields.size, 1, MAX_BRUSH);
      checkInteger("class", fields.value, 0, 255);
      checkSweep(fields.points as number[], fields.size as number, size);
      break;
    case "polygon":
      checkPlace(fields, size);
      checkPoints(fields.points, size, 3);
      checkInteger("class", fields.value, 0, 255);
      break;
    case "fill":
      checkPlace(fields, size);
      checkInteger("x", fields.x, 0, size.width - 1);
      checkInteger("y", fields.y, 0, size.height - 1);
      checkInteger("class", fields.value, 0, 255);
      if (fields.dimensions !== undefined) checkInteger("dimensions", fields.dimensions, 2, 3);
      if (!["boolean", "undefined"].includes(typeof fields.contiguous)) {
        throw wrong("contiguous", "true or false", fields.contiguous);
      }
      break;
    case "swap":
      checkInteger("class", fields.a, 0, 255);
      checkInteger("class", fields.b, 0, 255);
      break;
    case "clear":
      checkPlace(fields, size);
      if (fields.value !== undefined) checkInteger("class", fields.value, 1, 255);
      break;
    case "paste":
      checkRuns(fields.runs, size);
      break;
    default:
      throw wrong(
        "command",
        "stroke, polygon, fill, swap, clear, paste, undo, redo or cancel",
        fields?.kind,
      );
  }
  if (fields.over !== undefined) checkInteger("class to paint over", fields.over, 0, 255);
  if (fields.step !== undefined) checkInteger("step", fields.step, 0, 2 ** 48);
}

/**
 * Refuses a size that no annotation can have.
 *
 * @throws {DaubError} `annotation`.
 */
export function checkAnnotationSize(size: AnnotationSize): void {
  for (const name of ["width", "height", "depth", "frames"] as const) {
    const value = name === "frames" ? size.frames ?? 1 : size[name];
    checkInteger(`${name} of the annotation`, value, 1, 1_000_000);
  }
  if (size.width * size.height * size.depth * (size.frames ?? 1) > 2 ** 46) {
    throw wrong("size of the annotation", "at most 2^46 pixels", describeSize(size));
  }
}

function checkPlace(fields: Record<string, unknown>, size: AnnotationSize): void {
  if (fields.z !== undefined) checkInteger("slice z", fields.z, 0, size.depth - 1);
  if (fields.t !== undefined) checkInteger("time point t", fields.t, 0, (size.frames ?? 1) - 1);
}

function checkPoints(points: unknown, size: AnnotationSize, fewest: number): void {
  if (!Array.isArray(points) || points.length % 2 !== 0) {
    throw wrong("points", "a list of x and y in turn", points);
  }
  checkInteger("number of points", points.length / 2, fewest, MAX_POINTS);
  // Strokes go on beyond the edge, but not far.
  const margin = 2 * (Math.max(size.width, size.height) + 2 * MAX_BRUSH);
  for (let i = 0; i < points.length; i += 2) {
    checkInteger("x of a point", points[i], -margin, 2 * size.width + margin);
    checkInteger("y of a point", points[i + 1], -margin, 2 * size.height + margin);
  }
}

function checkSweep(points: readonly number[], brush: number, size: AnnotationSize): void {
  const largest = size.width * size.height;
  let sweep = 0;
  for (let i = 0; i < points.length; i += 2) {
    const dx = i === 0 ? 0 : Math.abs(points[i] - points[i - 2]) / 2;
    const dy = i === 0 ? 0 : Math.abs(points[i + 1] - points[i - 1]) / 2;
    sweep += Math.min(largest, brush * (brush + dx + dy));
  }
  if (sweep > MAX_SWEEP) {
    throw wrong("stroke", `one that sweeps at most ${MAX_SWEEP} pixels`, Math.round(sweep));
  }
}

function checkRuns(runs: unknown, size: AnnotationSize): void {
  if (!Array.isArray(runs) || runs.length % 2 !== 0) {
    throw wrong("runs", "a list of lengths and classes in turn", runs);
  }
  const total = size.width * size.height * size.depth * (size.frames ?? 1);
  let sum = 0;
  for (let i = 0; i < runs.length; i += 2) {
    checkInteger("length of a run", runs[i], 1, total);
    checkInteger("class of a run", runs[i + 1], 0, 255);
    sum += runs[i];
  }
  if (sum > total) throw wrong("runs", `at most ${total} pixels`, sum);
}

function checkInteger(name: string, value: unknown, low: number, high: number): void {
  if (!Number.isInteger(value) || (value as number) < low || (value as number) > high) {
    throw wrong(name, `an integer from ${low} to ${high}`, value);
  }
}

function wrong(name: string, expected: string, found: unknown): DaubError {
  const shown = typeof found === "number" || typeof found === "string" ? found : typeof found;
  return new DaubError(
    "annotation",
    `Expected the ${name} to be ${expected} but found ${shown}. ` +
      (name.endsWith("annotation")
        ? "Open an image of another size."
        : "Reload the page and paint again."),
    { expected, found, where: name },
  );
}
