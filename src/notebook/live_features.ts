import type { Engine, EngineOptions } from "./engine.ts";
import { sameFeatures } from "./engine_options.ts";
import { type Live, live } from "./live.ts";
import type { ValueSource } from "./value_source.ts";

/** The feature planes of an image by name. */
export type NamedFeatures = Awaited<ReturnType<Engine["features"]>>;

/**
 * Keeps the feature stack up to date with options; what does not change the features computes
 * nothing, and other features cancel those under way.
 */
export function featuresLive(
  engine: Engine,
  options: ValueSource<EngineOptions>,
): Live<NamedFeatures> {
  let last: { readonly options: EngineOptions; readonly features: NamedFeatures } | undefined;
  return live<{ options: EngineOptions }, NamedFeatures>(
    { options },
    async ({ options }, { signal }) => {
      if (last && sameFeatures(last.options, options)) return last.features;
      const features = await engine.features(options, signal);
      last = { options, features };
      return features;
    },
    { supersedes: (running, newest) => !sameFeatures(running.options, newest.options) },
  );
}
