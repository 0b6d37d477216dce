/**
 * What notebooks import: `import { … } from "./daub.js"`.
 *
 * @module
 */
export * from "../../../mod.ts";
export { live } from "../live.ts";
export { chooseImage, type ChosenImage } from "./choose_image.ts";
export { labelView } from "./label_view.ts";
export { openEngine } from "./open_engine.ts";
export { paint } from "./painter/paint.ts";
export { saveButton } from "./save_button.ts";
