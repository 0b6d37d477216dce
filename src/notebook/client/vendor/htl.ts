export * from "npm:htl@0.3.1";
