// Puts the style sheet, scripts and licences of the front-end packages where the package serves them from.
// Run by `npm run build` after `npm ci`; works the same on Windows, macOS and Linux.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packages = join(root, "node_modules");
const vendor = join(root, "src", "constabulary", "web", "static", "vendor");

const copies = {
  "govuk-frontend/dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
  "maplibre-gl/dist/maplibre-gl.mjs": "maplibre-gl.mjs",
  "maplibre-gl/dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
  "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl.css",
  "maplibre-gl/LICENSE.txt": "maplibre-gl.LICENSE.txt",
};

const style = sass.compile(join(root, "frontend", "govuk.scss"), {
  loadPaths: [packages],
  style: "compressed",
  charset: false,
  quietDeps: true,
}).css;
if (/GDS Transport|@font-face|url\(\s*["']?(?!["']?data:)/i.test(style)) {
  throw new Error("The style sheet still names GDS Transport, a font or an outside file: mend frontend/govuk.scss.");
}

rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor, { recursive: true });
writeFileSync(join(vendor, "govuk.css"), style);
for (const [from, to] of Object.entries(copies)) {
  const file = join(vendor, to);
  if (/\.m?js$/.test(to)) {
    // The maps that these comments point at are not shipped; a browser would ask for them in vain.
    writeFileSync(file, readFileSync(join(packages, from), "utf8").replace(/^\/\/# sourceMappingURL=.*$/gm, ""));
  } else {
    cpSync(join(packages, from), file);
  }
}
console.log(`Front end written to ${vendor}`);
