// Draws areas by class on a map that can be moved, hovered and searched; data of this site only, no tiles.
import { basemap, boundsOf } from "./basemap.js";
import { Marker } from "./vendor/maplibre-gl.mjs";

const SHADES = ["#e4edf5", "#a9c6df", "#6c9bc6", "#346a9f", "#12436d"];
const NONE = "#ffffff";
const INK = "#0b0c0c";
const NOTHING = { type: "FeatureCollection", features: [] };
const MOST_NAMED = 12;
const TILE = 12;

// Classes differ by pattern as well as by shade, so that nobody needs to tell shades apart.
function hatch(number) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = TILE;
  const pen = canvas.getContext("2d");
  pen.strokeStyle = pen.fillStyle = number < 3 ? "rgba(11,12,12,0.45)" : "rgba(255,255,255,0.5)";
  if (number === 1) pen.fillRect(5, 5, 2, 2);
  if (number === 2) for (const x of [2, 8]) for (const y of [2, 8]) pen.fillRect(x, y, 2, 2);
  const lines = [];
  if (number >= 3) lines.push([-1, TILE + 1, TILE + 1, -1], [-1, 1, 1, -1], [TILE - 1, TILE + 1, TILE + 1, TILE - 1]);
  if (number >= 4) lines.push([-1, -1, TILE + 1, TILE + 1], [-1, TILE - 1, 1, TILE + 1], [TILE - 1, -1, TILE + 1, 1]);
  for (const [x, y, toX, toY] of lines) {
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(toX, toY);
    pen.stroke();
  }
  return canvas;
}

function legend(root) {
  for (const swatch of root.querySelectorAll(".app-map__shade")) {
    const number = Number(swatch.dataset.class);
    const pen = swatch.getContext("2d");
    pen.fillStyle = SHADES[number];
    pen.fillRect(0, 0, 28, 16);
    pen.fillStyle = pen.createPattern(hatch(number), "repeat");
    pen.fillRect(0, 0, 28, 16);
  }
}

// The middle of the widest level stretch that lies in the area, holes left out: where its name has most room.
function inside(geometry) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const rings = polygons.sort((a, b) => b[0].length - a[0].length)[0];
  const heights = rings[0].map((corner) => corner[1]);
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  let best = { width: 0, x: rings[0][0][0], y: low };
  for (let step = 4; step <= 16; step += 1) {
    const y = low + ((high - low) * step) / 20 + 1e-7;
    const crossings = [];
    for (const ring of rings)
      ring.forEach(([x1, y1], no) => {
        const [x2, y2] = ring[(no + 1) % ring.length];
        if (y1 > y !== y2 > y) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
      });
    crossings.sort((a, b) => a - b);
    for (let no = 0; no + 1 < crossings.length; no += 2) {
      // A stretch near the top or the foot counts for less.
      const width = (crossings[no + 1] - crossings[no]) * (1 - Math.abs(step - 10) / 20);
      if (width > best.width) best = { width, x: (crossings[no] + crossings[no + 1]) / 2, y };
    }
  }
  return [best.x, best.y];
}

const formats = new Map();
// Formats are slow to make, and a slider asks for many figures.
function written(value, places) {
  if (!formats.has(places))
    formats.set(places, new Intl.NumberFormat("en-GB", { minimumFractionDigits: places, maximumFractionDigits: places }));
  return formats.get(places).format(value);
}

async function draw(root) {
  const live = root.querySelector(".app-map__live");
  const said = root.querySelector(".app-map__said");
  const find = root.querySelector("select");
  const place = root.querySelector(".app-map__canvas");
  const nothingSaid = said.textContent;
  const column = Number(root.dataset.places) ? "rate_per_1000" : "count";
  const answer = await fetch(root.dataset.src);
  if (!answer.ok) throw new Error(`The areas could not be fetched: ${answer.status}`);
  const areas = await answer.json();
  areas.features.forEach((feature, no) => (feature.id = no + 1));
  const figure = ({ properties }) => (properties[column] === null ? "no figure" : written(properties[column], root.dataset.places));

  live.hidden = false;
  legend(root);
  const map = await basemap(place, areas, { top: 14, left: 14, right: 14, bottom: 44 });

  // A class given later, as a state, stands in for that of the data: a state is drawn at once, new data are cut up first.
  const classOf = ["coalesce", ["feature-state", "class"], ["get", "class"], -1];
  const shade = ["match", classOf, ...SHADES.flatMap((colour, no) => [no, colour]), NONE];
  const source = "areas";
  // Borders are drawn above, so that fills need no smooth edges, which cost as much as the fills themselves.
  map.addLayer({ id: "shade", type: "fill", source, paint: { "fill-color": shade, "fill-antialias": false } });
  // The lowest class has no pattern. A pattern takes no state, but its opacity does, so each has a layer.
  for (const no of [1, 2, 3, 4]) {
    map.addImage(`hatch-${no}`, hatch(no).getContext("2d").getImageData(0, 0, TILE, TILE));
    const opacity = ["case", ["==", classOf, no], 1, 0];
    const paint = { "fill-pattern": `hatch-${no}`, "fill-opacity": opacity, "fill-antialias": false };
    map.addLayer({ id: `hatch-${no}`, type: "fill", source, paint });
  }
  map.addLayer({ id: "border", type: "line", source, paint: { "line-color": INK, "line-width": 0.5 } });
  // The area chosen has a source of its own: lines that are there for all areas cost half of every drawing.
  map.addSource("chosen", { type: "geojson", data: NOTHING });
  for (const [id, colour, width] of [["outer", "#ffdd00", 7], ["inner", INK, 2.5]])
    map.addLayer({ id, type: "line", source: "chosen", paint: { "line-color": colour, "line-width": width } });

  if (areas.features.length <= MOST_NAMED)
    for (const feature of areas.features) {
      const label = document.createElement("div");
      label.className = "app-map__label";
      label.append(feature.properties.name, document.createElement("br"), figure(feature));
      // The list to find an area in says the same to those who hear the page.
      const marker = new Marker({ element: label }).setLngLat(inside(feature.geometry)).addTo(map);
      label.removeAttribute("role");
      label.removeAttribute("aria-label");
      label.removeAttribute("tabindex");
      label.setAttribute("aria-hidden", "true");
      root.markers = [...(root.markers ?? []), marker];
    }

  let chosen = null;
  const choose = (feature) => {
    if ((feature?.id ?? null) !== chosen) {
      map.getSource("chosen").setData(feature ?? NOTHING);
      chosen = feature ? feature.id : null;
    }
    said.textContent = feature
      ? `${feature.properties.name}: ${figure(feature)} ${root.dataset.unit}` +
        (feature.properties.is_small ? " (small number)" : "")
      : nothingSaid;
  };
  const ofId = new Map(areas.features.map((feature) => [feature.id, feature]));
  map.on("mousemove", "shade", (event) => {
    const { id } = event.features[0];
    if (id !== chosen) choose(ofId.get(id));
  });
  map.on("click", "shade", (event) => choose(ofId.get(event.features[0].id)));

  for (const feature of [...areas.features].sort((a, b) => a.properties.name.localeCompare(b.properties.name)))
    find.add(new Option(feature.properties.name, feature.id));
  find.addEventListener("change", () => {
    const feature = ofId.get(Number(find.value));
    choose(feature);
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (feature && areas.features.length > MOST_NAMED)
      map.fitBounds(boundsOf([feature]), { padding: 120, maxZoom: 12, animate: !isStill });
  });
  root.dataset.drawn = areas.features.length;
  const restated = () => restate(root, ofId, chosen, choose, figure);
  root.dispatchEvent(new CustomEvent("drawn", { detail: { map, areas, restate: restated } }));
}

// Says once more what has changed: the figures written on the map, and that of the area chosen.
function restate(root, ofId, chosen, choose, figure) {
  const features = [...ofId.values()];
  (root.markers ?? []).forEach((marker, no) => {
    marker.getElement().lastChild.textContent = figure(features[no]);
  });
  if (chosen !== null) choose(ofId.get(chosen));
}

for (const root of document.querySelectorAll(".app-map"))
  draw(root).catch((reason) => {
    console.warn(reason);
    root.querySelector(".app-map__live").hidden = true;
    const failed = root.querySelector(".app-map__failed");
    failed.hidden = false;
    const picture = failed.querySelector("img");
    picture.src = picture.dataset.src;
  });
