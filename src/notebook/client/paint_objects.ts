/// <reference lib="dom" />
import type { LabelImage } from "../../labeling/labels.ts";
import { isNothingYet } from "../nothing_yet.ts";
import type { ObjectLink } from "../object_link.ts";
import type { ClassifiedObjects, MergedObjects } from "../object_workbench.ts";
import type { OfRevision } from "../live_objects.ts";
import type { LabelView } from "./label_view.ts";
import { ObjectLayer } from "./object_layer.ts";
import { paintOn } from "./paint_engine.ts";
import type { PageEngine } from "./page_engine.ts";
import type { Painter, PaintOptions } from "./painter/paint.ts";
import { classColor, packHex } from "./palette.ts";
import type { ObjectPlot } from "./object_plot.ts";
import type { MeasurementTable } from "./measurement_table.ts";

/** A painter over objects. */
export interface ObjectPainter extends Painter {
  /** The objects that are painted over. */
  readonly objects: ObjectLayer;
}

/** What to paint over objects with. */
export interface PaintObjectsOptions {
  readonly link?: ObjectLink;
  /** The names of the classes, from 1. */
  readonly classes?: readonly string[];
  /** The diameter of the brush in pixels. */
  readonly size?: number;
}

/** A painter over the objects of an image, which are outlined below the strokes. */
export function paintObjects(
  engine: PageEngine,
  { link, classes, size }: PaintObjectsOptions = {},
  invalidation?: Promise<unknown>,
): ObjectPainter {
  const objects = new ObjectLayer(engine.image.size, link);
  const settings: PaintOptions["settings"] = {
    ...(classes && { classes: classes.map((name, i) => ({ value: i + 1, name })) }),
    ...(size && { size }),
  };
  const painter = paintOn(engine, invalidation, { underlay: objects, settings });
  return Object.defineProperty(painter, "objects", { value: objects }) as ObjectPainter;
}

/**
 * Shows objects below the strokes and in a view, before anything is known of them, and passes them
 * on; of nothing yet there is nothing to show.
 */
export function showObjects(
  { painter, view }: { readonly painter: ObjectPainter; readonly view: LabelView },
  labels: LabelImage & { readonly revision?: number },
): LabelImage {
  if (isNothingYet(labels)) return labels;
  view.show(labels, labels.revision);
  painter.objects.show(labels);
  return labels;
}

/** Where classes of objects are shown. */
export interface ClassViews {
  readonly painter: ObjectPainter;
  readonly view: LabelView;
  readonly plot: ObjectPlot;
  readonly table: MeasurementTable;
  /** Where the objects are shown that the selector keeps. */
  readonly kept?: LabelView;
}

/** Shows the newest classes everywhere and passes them on; of nothing yet there are none. */
export function showClasses<Found extends ClassifiedObjects & OfRevision>(
  { painter, view, plot, table, kept }: ClassViews,
  found: Found,
): Found {
  if (isNothingYet(found)) return found;
  const classOf = new Uint8Array(1 + (found.labels.at(-1) ?? 0));
  found.labels.forEach((label, row) => classOf[label] = found.classes[row]);
  const packed = Array.from({ length: 256 }, (_, value) => colorOfClass(painter, value));
  const colorOf = (label: number) => packed[classOf[label] ?? 0];
  view.paint(colorOf);
  painter.objects.colorOutlines(colorOf);
  plot.showClasses(found, (value) => painterColor(painter, value));
  table.showClasses(found, (value) => painterColor(painter, value));
  kept?.show(found.kept, found.revision, 0, (label) => view.colorNumber(found.keptFrom[label]));
  return found;
}

/**
 * Shows which pieces are merged, at their borders and as objects, and passes the objects on; of
 * nothing yet there is nothing to show.
 */
export function showMerged(
  { painter, view }: Pick<ClassViews, "painter" | "view">,
  found: MergedObjects & OfRevision,
): LabelImage & OfRevision {
  const { labels, first, second, decisions, revision } = found;
  if (isNothingYet(found)) return { ...labels, revision };
  const decided = new Map<number, Map<number, number>>();
  decisions.forEach((decision, pair) => {
    const others = decided.get(first[pair]);
    if (others) others.set(second[pair], decision);
    else decided.set(first[pair], new Map([[second[pair], decision]]));
  });
  const packed = Array.from({ length: 256 }, (_, value) => colorOfClass(painter, value));
  painter.objects.colorBorders((a, b) =>
    packed[decided.get(Math.min(a, b))?.get(Math.max(a, b)) ?? 0]
  );
  view.show(labels, revision);
  return { ...labels, revision };
}

function painterColor(painter: Painter, value: number): string {
  const { settings } = painter;
  return settings.classes.find((known) => known.value === value)?.color ?? classColor(value);
}

function colorOfClass(painter: Painter, value: number): number {
  return value === 0 ? 0xff909090 : packHex(painterColor(painter, value));
}
