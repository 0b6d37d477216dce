import type { ClientBundle } from "./client_bundle.ts";
import type { CompiledCell } from "./compile_cell.ts";

/** What a page is made of. */
export interface NotebookPageContent {
  readonly name: string;
  readonly title: string;
  /** The version of the file, by which saving knows whether it changed since. */
  readonly version: string;
  readonly cells: readonly CompiledCell[];
  /** The notebooks beside it. */
  readonly notebooks: readonly string[];
  readonly bundle: ClientBundle;
  readonly nonce: string;
}

/** The page of a notebook; its cells are defined by the page's script. */
export function notebookPage(content: NotebookPageContent): string {
  const { name, title, version, cells, notebooks, bundle, nonce } = content;
  const modules = cells.map(({ hash }) =>
    `<link rel="modulepreload" href="/cell/${hash}.js" ` +
    `nonce="${nonce}">`
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="daub-server" content="computes">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/styles.css">
<script type="importmap" nonce="${nonce}">${scriptJson(bundle.importMap)}</script>
${modules.join("\n")}
<script type="module" nonce="${nonce}" src="${bundle.base}page/main.js"></script>
<script type="application/json" id="notebook" nonce="${nonce}">${
    scriptJson({ name, title, version, cells, notebooks })
  }</script>
</head>
<body>
<main></main>
</body>
</html>
`;
}

/** JSON that no script element ends within. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
