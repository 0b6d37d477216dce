import assert from "node:assert/strict";
import { killServer } from "../../../scripts/bench/kill_server.ts";

Deno.test("a server killed at random moments loses no stroke that it acknowledged", async () => {
  const { kills, painted, acknowledged, lost, missing } = await killServer(10, 42);
  assert.equal(kills, 10);
  assert.ok(painted > 50 && acknowledged > 20, `${acknowledged} of ${painted} acknowledged`);
  assert.deepEqual({ lost, missing }, { lost: 0, missing: 0 });
});
