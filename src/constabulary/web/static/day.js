// Plays a simulated day on the map: units on patrol, on their way and at scenes, incidents that wait; no tiles.
import { basemap } from "./basemap.js";

const INK = "#0b0c0c";
const STEP_S = 120;
const FRAME_MS = 80;
const PATROL_TURN = 3;

const several = (n, one, more) => `${n} ${n === 1 ? one : more}`;

const clock = (s) => {
  const minutes = Math.floor(s / 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
};

// Units that share a middle are set a little apart, always the same way, so that each can be seen.
const apart = (number, place) => {
  const angle = number * 2.4;
  return [place[0] + 0.009 * Math.cos(angle), place[1] + 0.0055 * Math.sin(angle)];
};

function unitAt(day, unit, number, s) {
  const { atoms } = day;
  for (const [sent, arrived, left, from, to] of unit.sent) {
    if (s < sent || s >= left) continue;
    if (arrived !== null && s >= arrived) return { state: "scene", at: apart(number, atoms[to]) };
    const share = arrived === null ? 0.3 : (s - sent) / Math.max(arrived - sent, 1);
    const [a, b] = [atoms[from], atoms[to]];
    return { state: "way", at: [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share] };
  }
  const turn = Math.floor(Math.max(s - unit.from_s, 0) / (day.patrol_s * PATROL_TURN)) * PATROL_TURN;
  return { state: "free", at: apart(number, atoms[unit.patrol[turn % unit.patrol.length]]) };
}

function points(day, s) {
  const features = [];
  const count = { free: 0, way: 0, scene: 0, waiting: 0 };
  const add = (state, coordinates) => {
    count[state] += 1;
    features.push({ type: "Feature", properties: { state }, geometry: { type: "Point", coordinates } });
  };
  day.units.forEach((unit, number) => {
    if (s < unit.from_s || s >= unit.to_s) return;
    const { state, at } = unitAt(day, unit, number, s);
    add(state, at);
  });
  day.incidents.forEach((incident, number) => {
    const until = incident.arrived_s ?? incident.over_s ?? Infinity;
    if (incident.ready_s !== null && s >= incident.ready_s && s < until) add("waiting", apart(number, day.atoms[incident.atom]));
  });
  return { count, data: { type: "FeatureCollection", features } };
}

async function draw(root) {
  const live = root.querySelector(".app-day__live");
  const place = root.querySelector(".app-map__canvas");
  const slider = root.querySelector(".app-day__time");
  const said = root.querySelector(".app-day__said");
  const play = root.querySelector(".app-day__play");
  const answers = await Promise.all([fetch(root.dataset.src), fetch(root.dataset.outlines)]);
  if (answers.some((answer) => !answer.ok)) throw new Error("The day could not be fetched.");
  const [day, areas] = await Promise.all(answers.map((answer) => answer.json()));
  slider.max = day.length_s - 60;
  live.hidden = false;
  const map = await basemap(place, areas, 20);
  map.addLayer({ id: "land", type: "fill", source: "areas", paint: { "fill-color": "#eef2f6" } });
  map.addLayer({ id: "border", type: "line", source: "areas", paint: { "line-color": INK, "line-width": 0.8 } });
  map.addSource("day", { type: "geojson", data: points(day, 0).data });
  const layer = (id, paint) =>
    map.addLayer({ id, type: "circle", source: "day", filter: ["==", ["get", "state"], id], paint });
  // Told apart by shape of line and filling as well as by colour: ring, dot, dot with ring, large ring.
  layer("free", { "circle-radius": 4, "circle-color": "#ffffff", "circle-stroke-color": "#12436d", "circle-stroke-width": 2 });
  layer("waiting", { "circle-radius": 9, "circle-color": "rgba(255,255,255,0)", "circle-stroke-color": "#a34f00", "circle-stroke-width": 4 });
  layer("scene", { "circle-radius": 5, "circle-color": "#12436d", "circle-stroke-color": "#ffffff", "circle-stroke-width": 1 });
  layer("way", { "circle-radius": 5, "circle-color": "#ffdd00", "circle-stroke-color": INK, "circle-stroke-width": 2 });

  // The table beside the map follows: one row an hour.
  const hours = [...(root.closest(".app-beside")?.querySelectorAll("tbody tr") ?? [])];
  const show = () => {
    const s = Number(slider.value);
    hours.forEach((row, hour) => row.classList.toggle("app-day__now", hour === Math.floor(s / 3600)));
    const { count, data } = points(day, s);
    map.getSource("day").setData(data);
    slider.setAttribute("aria-valuetext", clock(s));
    said.textContent =
      `${clock(s)}: ${several(count.free, "unit", "units")} uncommitted, ${count.way} on their way, ${several(count.scene, "at a scene", "at scenes")}; ` +
      `${several(count.waiting, "incident waits", "incidents wait")} for the first to arrive.`;
  };
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  };
  play.addEventListener("click", () => {
    if (timer !== null) return stop();
    if (Number(slider.value) >= Number(slider.max)) slider.value = 0;
    play.textContent = "Pause";
    timer = setInterval(() => {
      slider.value = Number(slider.value) + STEP_S;
      show();
      if (Number(slider.value) >= Number(slider.max)) stop();
    }, FRAME_MS);
    return undefined;
  });
  slider.addEventListener("input", show);
  slider.value = 8 * 3600;
  show();
  root.dataset.drawn = day.units.length;
  root.dispatchEvent(new CustomEvent("drawn", { detail: { map } }));
}

for (const root of document.querySelectorAll(".app-day"))
  draw(root).catch((reason) => {
    console.warn(reason);
    root.querySelector(".app-day__live").hidden = true;
    root.querySelector(".app-day__failed").hidden = false;
  });
