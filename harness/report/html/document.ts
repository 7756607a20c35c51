/** A page as one HTML file: its data, one script, one style, and nothing from anywhere else. */

import type { PageParts } from "../reporter.ts";
import { json } from "../text.ts";
import type { Page } from "./model.ts";

/** Nothing in the data may end the script that holds it. */
function embedded(page: Page): string {
  return json(page).replaceAll("<", "\\u003c");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const missing = "This page needs its script, and this seedquake was built without it: type npm run build.";

export function htmlDocument(page: Page, { script, style }: PageParts): string {
  // Nothing is loaded from anywhere, whatever a protocol's texts may say.
  const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(page.title)} - seedquake</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="page">${script === "" ? missing : ""}</div>
<noscript>This page draws itself with a script, and scripts are switched off here. story.txt and timeline.txt beside it tell the same in plain text.</noscript>
<script type="application/json" id="data">${embedded(page)}</script>
<script>${script.replaceAll("</script", "<\\/script")}</script>
</body>
</html>
`;
}
