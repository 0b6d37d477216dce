/**
 * What notebooks import: `import { … } from "./daub.js"`.
 *
 * @module
 */
export { barX, plot, ruleX } from "npm:@observablehq/plot@0.6.17";
export * from "../../../mod.ts";
export { confusionFigure } from "../figures/confusion.ts";
export { correlationFigure } from "../figures/correlations.ts";
export { crossValidationFigure } from "../figures/cross_validation.ts";
export { percent } from "../figures/figure.ts";
export { evaluationFigure } from "../figures/evaluation.ts";
export { importancesFigure } from "../figures/importances.ts";
export { sizesFigure } from "../figures/sizes.ts";
export { statisticsFigure } from "../figures/statistics.ts";
export { suggestionFigure } from "../figures/suggestion.ts";
export { generateCode } from "../generated_code.ts";
export { live } from "../live.ts";
export { featuresLive } from "../live_features.ts";
export { trainingSet } from "../training_set.ts";
export { encodeAnnotation } from "../annotation_tiff.ts";
export { areaFractions, objectSizes } from "../object_sizes.ts";
export { objectTable } from "../object_table.ts";
export { expectFound } from "../nothing_yet.ts";
export type { AppliedResult } from "./applied_result.ts";
export { applyClassifier } from "./apply_classifier.ts";
export { chooseImage, type ChosenImage } from "./choose_image.ts";
export { embed } from "./embed_here.ts";
export { classifyLive, mergeLive, qualityLive, segmentLive } from "./follow_strokes.ts";
export { featureGrid } from "./feature_grid.ts";
export { labelView } from "./label_view.ts";
export { type LiveSwitch, liveSwitch } from "./live_switch.ts";
export { onDemand } from "./on_demand.ts";
export { openEngine, openLayer } from "./open_engine.ts";
export { classifierOptions } from "./options_form.ts";
export { optionsOf } from "./engine_options_form.ts";
export { paintOn } from "./paint_engine.ts";
export { paint } from "./painter/paint.ts";
export { figureGrid, planeFigure } from "./plane_figure.ts";
export { saveButton, saveButtons } from "./save_button.ts";
export { useFeatures } from "./use_features.ts";
export { whereNext } from "./where_next.ts";
export { type RevisedLabels, showLabels } from "./show_labels.ts";
export { defaultEngineOptions } from "../engine_options.ts";
export { ObjectLink } from "../object_link.ts";
export { keptObjects, selectorFile } from "../object_workbench.ts";
export { chooseLabels } from "./choose_labels.ts";
export { measurementTable } from "./measurement_table.ts";
export { objectPlot } from "./object_plot.ts";
export { measureObjects, openWorkbench } from "./open_workbench.ts";
export { paintObjects, showClasses, showMerged, showObjects } from "./paint_objects.ts";
