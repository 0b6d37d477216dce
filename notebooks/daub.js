// The library of the notebooks, for Observable Notebook Kit's own preview, as built by
// `deno task build`. The project's server answers with a fresh one of its own.
export * from "../dist/notebook/daub.js";
