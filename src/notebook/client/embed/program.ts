/**
 * The program of the page's worker. `scripts/build_embed.ts` puts another module in the place of
 * this one, whose function holds all that it needs, so that its text is a worker's source.
 *
 * @module
 */
export { serveEngine as program } from "../../serve_engine.ts";
