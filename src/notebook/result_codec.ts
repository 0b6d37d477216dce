import { decode, encode } from "npm:@msgpack/msgpack@3.1.3";
import { type Image, pixelCount, type Size } from "../image/image.ts";
import type { LabelImage } from "../labeling/labels.ts";
import type { EngineClassifier, EngineResult } from "./engine.ts";
import { packArray, unpackArray } from "./packing.ts";
import { Fields, protocolError } from "./protocol_fields.ts";

/** What {@linkcode EngineResult} holds beside its revision. */
export type ResultBody = Omit<EngineResult, "revision" | "frame">;

/** The feature planes of an image by name. */
export interface FeaturesBody {
  readonly names: readonly string[];
  readonly planes: readonly Float32Array[];
}

/**
 * A result as bytes: labels and classes as runs, probabilities as they are.
 *
 * @param isFar Whether it goes to another machine, so that runs are deflated.
 */
export async function encodeResult(
  result: ResultBody,
  isFar: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const { labels, classes, probabilities, uncertainty, classifier, areas, milliseconds } = result;
  const pack = ({ data }: Image) => packArray(data, isFar);
  const body = {
    count: labels.count,
    labels: await pack(labels),
    ...(classes && { classes: await pack(classes) }),
    ...(probabilities && { probabilities: await Promise.all(probabilities.map(pack)) }),
    ...(uncertainty && { uncertainty: await pack(uncertainty) }),
    classifier,
    areas: Object.entries(areas).map(([value, area]) => [Number(value), area]),
    milliseconds,
  };
  return encode(body, { ignoreUndefined: true }) as Uint8Array<ArrayBuffer>;
}

/**
 * Reads what {@linkcode encodeResult} wrote, for an image of a known size.
 *
 * @throws {DaubError} `server` when it is damaged.
 */
export async function decodeResult(bytes: Uint8Array, image: Size & Partial<Image>) {
  const { width, height, depth, voxelSize } = image;
  const size = { width, height, depth, ...(voxelSize && { voxelSize }) };
  const pixels = pixelCount(image);
  const fields = readBody(bytes, "a result");
  const count = fields.integer("count", 0, 2 ** 32 - 1);
  const data = await unpackArray(fields.any("labels"), "Uint32Array", pixels) as Uint32Array;
  const floats = async (value: unknown): Promise<Image<Float32Array>> => ({
    ...size,
    data: await unpackArray(value, "Float32Array", pixels) as Float32Array,
  });
  const labels: LabelImage = { ...size, data, count };
  const body: ResultBody = {
    labels,
    ...(fields.has("classes") && {
      classes: {
        ...size,
        data: await unpackArray(fields.any("classes"), "Uint8Array", pixels) as Uint8Array,
      },
    }),
    ...(fields.has("probabilities") && {
      probabilities: await Promise.all(fields.list("probabilities", 255, floats)),
    }),
    ...(fields.has("uncertainty") && { uncertainty: await floats(fields.any("uncertainty")) }),
    classifier: readClassifier(fields.any("classifier")),
    areas: Object.fromEntries(fields.list("areas", 256, (entry) => entry as [number, number])),
    milliseconds: fields.any("milliseconds") as Record<string, number>,
  };
  fields.end();
  return body;
}

/** Feature planes as bytes. */
export async function encodeFeatures(features: FeaturesBody): Promise<Uint8Array<ArrayBuffer>> {
  const planes = await Promise.all(features.planes.map((plane) => packArray(plane)));
  return encode({ names: features.names, planes }) as Uint8Array<ArrayBuffer>;
}

/**
 * Reads what {@linkcode encodeFeatures} wrote.
 *
 * @throws {DaubError} `server` when it is damaged.
 */
export async function decodeFeatures(bytes: Uint8Array, image: Size): Promise<FeaturesBody> {
  const fields = readBody(bytes, "features");
  const names = fields.list("names", 4096, (name) => String(name));
  const planes = await Promise.all(
    fields.list("planes", 4096, (plane) => unpackArray(plane, "Float32Array", pixelCount(image))),
  );
  fields.end();
  return { names, planes: planes as Float32Array[] };
}

function readBody(bytes: Uint8Array, of: string): Fields {
  try {
    return new Fields(decode(bytes), of);
  } catch (cause) {
    if ((cause as Error)?.name === "DaubError") throw cause;
    throw protocolError("MessagePack", `${bytes.length} damaged bytes`);
  }
}

function readClassifier(value: unknown): EngineClassifier {
  const fields = new Fields(value, "the classifier");
  const classifier = {
    text: fields.text("text", Infinity),
    classes: fields.list("classes", 255, Number),
    featureImportances: fields.any("featureImportances") as Record<string, number>,
    statistics: fields.any("statistics") as EngineClassifier["statistics"],
  };
  fields.end();
  return classifier;
}
