import type { Backend } from "../../src/backend.ts";

/** A backend that takes smaller tiles than it could. */
export function withTileLimit(backend: Backend, maxPixels: number): Backend {
  return new Proxy(backend, {
    get(target, key) {
      if (key === "maxTilePixels") return () => maxPixels;
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
