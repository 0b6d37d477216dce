import type { LabelView } from "../../src/notebook/client/label_view.ts";
import type { Painter } from "../../src/notebook/client/painter/paint.ts";
import type { Harness } from "./painter_page.ts";

/** What the tests' pages hold. */
declare global {
  var harness: Harness;
  var painter: Painter;
  var view: LabelView;
  var events: string[];
}
