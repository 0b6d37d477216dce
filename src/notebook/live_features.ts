import type { Engine, EngineOptions } from "./engine.ts";
import { sameFeatures } from "./engine_options.ts";
import { type Live, live } from "./live.ts";
import type { ValueSource } from "./value_source.ts";

/** The feature planes of an image by name. */
export type NamedFeatures = Awaited<ReturnType<Engine["features"]>>;

/** Feature planes and the options that they answer, as far as these say what features are. */
export interface ShownFeatures extends NamedFeatures {
  readonly options: Pick<EngineOptions, "features" | "channels">;
}

/**
 * Keeps the feature stack up to date with options; what does not change the features computes
 * nothing, and other features cancel those under way.
 */
export function featuresLive(
  engine: Engine,
  options: ValueSource<EngineOptions>,
): Live<ShownFeatures> {
  let last: { readonly options: EngineOptions; readonly features: ShownFeatures } | undefined;
  return live<{ options: EngineOptions }, ShownFeatures>(
    { options },
    async ({ options }, { signal }) => {
      if (last && sameFeatures(last.options, options)) return last.features;
      const features = { ...await engine.features(options, signal), options };
      last = { options, features };
      return features;
    },
    { supersedes: (running, newest) => !sameFeatures(running.options, newest.options) },
  );
}
