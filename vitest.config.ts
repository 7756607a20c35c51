import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const json = process.env["SEEDQUAKE_TEST_JSON"];
/** What takes a package registry and a minute has a command of its own: npm run test:package. */
const installed = process.env["SEEDQUAKE_TEST_PACKAGE"] !== undefined;
/** What takes a browser, too: npm run test:browser. */
const browser = process.env["SEEDQUAKE_TEST_BROWSER"] !== undefined;

export default defineConfig({
  test: {
    include: installed
      ? ["harness/testing/installed.ts"]
      : browser
        ? ["harness/testing/browser.ts"]
        : ["harness/**/*.test.ts", "protocols/**/*.test.ts", "scenarios/**/*.test.ts"],
    // Most of a small file's time would go into loading everything anew; nothing here keeps state in modules.
    isolate: false,
    maxWorkers: availableParallelism(),
    // As a user's node loads it.
    server: { deps: { external: [/\/dist\/(?:harness|protocols)\//] } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: json === undefined ? ["default"] : ["default", "json"],
    ...(json === undefined ? {} : { outputFile: { json } }),
  },
});
