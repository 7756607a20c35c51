import { defineConfig } from "vitest/config";

const json = process.env["SEEDQUAKE_TEST_JSON"];

export default defineConfig({
  test: {
    include: ["harness/**/*.test.ts", "protocols/**/*.test.ts", "scenarios/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: json === undefined ? ["default"] : ["default", "json"],
    ...(json === undefined ? {} : { outputFile: { json } }),
  },
});
