export * from "npm:d3@7.9.0";
