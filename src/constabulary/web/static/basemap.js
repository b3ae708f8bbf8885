// The map that pages draw on: the areas they are given on white, with their attribution; no tiles.
import * as maplibre from "./vendor/maplibre-gl.mjs";

// The bounds of several areas.
export function boundsOf(features) {
  const bounds = new maplibre.LngLatBounds();
  const walk = (part) => (typeof part[0] === "number" ? bounds.extend(part) : part.forEach(walk));
  for (const feature of features) walk(feature.geometry.coordinates);
  return bounds;
}

// A map in `place` with a source `areas`, ready for layers: it moves and zooms, and neither turns nor tilts.
export async function basemap(place, areas, padding) {
  const map = new maplibre.Map({
    container: place,
    style: {
      version: 8,
      sources: { areas: { type: "geojson", data: areas } },
      layers: [{ id: "ground", type: "background", paint: { "background-color": "#ffffff" } }],
    },
    bounds: boundsOf(areas.features),
    fitBoundsOptions: { padding },
    attributionControl: false,
    cooperativeGestures: true,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: 0,
    locale: { "Map.Title": place.dataset.alt },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.addControl(new maplibre.AttributionControl({ compact: false, customAttribution: areas.attribution }));
  await new Promise((done, failed) => {
    map.once("load", done);
    map.once("error", (event) => failed(event.error));
  });
  return map;
}
