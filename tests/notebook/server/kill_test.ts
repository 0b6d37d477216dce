import assert from "node:assert/strict";
import { killServer } from "../../../scripts/bench/kill_server.ts";

for (const [name, journalSlack] of [["as usual", undefined], ["again and again", 300]] as const) {
  Deno.test(`a server killed at random moments loses no stroke that it acknowledged, its journal rewritten ${name}`, async () => {
    const report = await killServer(10, { seed: 42, journalSlack });
    const { kills, painted, acknowledged, lost, missing, journalBytes, appendedBytes } = report;
    assert.equal(kills, 10);
    assert.ok(painted > 50 && acknowledged > 20, `${acknowledged} of ${painted} acknowledged`);
    assert.deepEqual({ lost, missing }, { lost: 0, missing: 0 });
    const isShorter = journalBytes < appendedBytes * 0.8;
    assert.equal(
      isShorter,
      journalSlack !== undefined,
      `${journalBytes} of ${appendedBytes} bytes`,
    );
  });
}
