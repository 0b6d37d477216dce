import assert from "node:assert/strict";
import { isResultName, type Result, resultName } from "../../src/cli/result_names.ts";

Deno.test("results are named after the image, what they are and their time frame", () => {
  for (
    const [result, format, frame, expected] of [
      ["labels", "tif", undefined, "cells_labels.tif"],
      ["labels", "png", undefined, "cells_labels.png"],
      ["classes", "tif", undefined, "cells_classes.tif"],
      ["probability", "tif", undefined, "cells_probability.tif"],
      ["overlay", "tif", undefined, "cells_overlay.png"],
      ["labels", "tif", 0, "cells_t0000_labels.tif"],
      ["overlay", "png", 12, "cells_t0012_overlay.png"],
      ["labels", "tif", 12345, "cells_t12345_labels.tif"],
    ] as const
  ) assert.equal(resultName("cells", result, format, frame), expected);
});

Deno.test("every result is recognised by its name", () => {
  for (const result of ["labels", "classes", "probability", "overlay"] satisfies Result[]) {
    for (const format of ["tif", "png"] as const) {
      for (const frame of [undefined, 3]) {
        assert.ok(isResultName(resultName("my cells", result, format, frame)));
      }
    }
  }
});

Deno.test("images that merely sound like results are none", () => {
  for (const name of ["labels.tif", "cells_overlay.tif", "cells_labels.jpg", "cells_labels2.tif"]) {
    assert.ok(!isResultName(name), name);
  }
});
