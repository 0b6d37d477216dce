import abstractDark from "npm:@observablehq/notebook-kit@2.1.8/abstract-dark.css" with {
  type: "text",
};
import abstractLight from "npm:@observablehq/notebook-kit@2.1.8/abstract-light.css" with {
  type: "text",
};
import globalStyles from "npm:@observablehq/notebook-kit@2.1.8/global.css" with { type: "text" };
import highlight from "npm:@observablehq/notebook-kit@2.1.8/highlight.css" with { type: "text" };
import inspector from "npm:@observablehq/notebook-kit@2.1.8/inspector.css" with { type: "text" };
import plot from "npm:@observablehq/notebook-kit@2.1.8/plot.css" with { type: "text" };
import syntaxDark from "npm:@observablehq/notebook-kit@2.1.8/syntax-dark.css" with {
  type: "text",
};
import syntaxLight from "npm:@observablehq/notebook-kit@2.1.8/syntax-light.css" with {
  type: "text",
};
import air from "npm:@observablehq/notebook-kit@2.1.8/theme-air.css" with { type: "text" };
import nearMidnight from "npm:@observablehq/notebook-kit@2.1.8/theme-near-midnight.css" with {
  type: "text",
};

/** One style sheet: the kit's, in its air theme, or near-midnight where the system is dark. */
export function kitStyles(): string {
  const light = withoutImports(syntaxLight, abstractLight, air);
  const dark = withoutImports(syntaxDark, abstractDark, nearMidnight);
  return `${withoutImports(globalStyles, inspector, highlight, plot)}
${light}
@media (prefers-color-scheme: dark) {
${dark}
}
`;
}

/** The sheets in order; what one imports of the kit stands before it already. */
function withoutImports(...sheets: readonly string[]): string {
  return sheets.map((sheet) => sheet.replaceAll(/@import[^;]*;/g, "")).join("\n");
}
