export * from "npm:@observablehq/inputs@0.12.0";
