// Sliders of the map of cover: its areas by hour of the week or by day, and the hot spots above them.
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const two = (n) => String(n).padStart(2, "0");
const hourWords = (n) => `${DAYS[Math.floor(n / 24)]} ${two(n % 24)}:00`;
const dayWords = (text) =>
  new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(new Date(`${text}T12:00:00`));

async function ready(root, { map, areas, restate }) {
  const sliders = root.querySelector(".app-sliders");
  const [hours, spots] = await Promise.all(
    [root.dataset.hours, root.dataset.spots].map(async (address) => (await fetch(address)).json()),
  );
  if (spots.features.length) {
    map.addSource("spots", { type: "geojson", data: spots });
    map.addLayer({ id: "spots", type: "line", source: "spots", paint: { "line-color": "#d4351c", "line-width": 2.5 } });
  }
  const place = new Map(hours.area_ids.map((id, no) => [id, no]));
  const usual = areas.features.map(({ properties }) => ({ ...properties }));
  const legend = [...root.querySelectorAll(".app-map__shade")].map((shade) => shade.nextElementSibling);
  const words = legend.map((one) => one.textContent);
  const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
  const classOf = (value, ends) => (value ? Math.max(0, ends.findIndex((end) => value <= end)) : null);

  const show = (figures, ends, no) => {
    areas.features.forEach((feature, at) => {
      const own = usual[at];
      if (!figures) Object.assign(feature.properties, own);
      else {
        const value = figures[place.get(own.area_id)]?.[no] ?? null;
        Object.assign(feature.properties, { count: value, rate_per_1000: value, class: classOf(value, ends) });
      }
    });
    legend.forEach((one, at) => {
      one.textContent = figures
        ? at < ends.length ? `${at ? `over ${number.format(ends[at - 1])}` : "above 0"} to ${number.format(ends[at])}` : ""
        : words[at];
      one.parentElement.hidden = Boolean(figures) && at >= ends.length;
    });
    map.getSource("areas").setData(areas);
    restate();
  };

  const slide = Object.fromEntries([...sliders.querySelectorAll("input")].map((one) => [one.dataset.slide, one]));
  slide.day.max = hours.days.length;
  const move = (word) => {
    const other = word === "hour" ? "day" : "hour";
    const at = Number(slide[word].value);
    slide[other].value = 0;
    const said = { hour: "All hours", day: "All days" };
    if (at) said[word] = word === "hour" ? hourWords(at - 1) : dayWords(hours.days[at - 1]);
    for (const one of ["hour", "day"]) {
      slide[one].nextElementSibling.textContent = said[one];
      slide[one].setAttribute("aria-valuetext", said[one]);
    }
    show(at ? hours[`by_${word}`] : null, hours[`${word}_ends`], at - 1);
  };
  for (const word of ["hour", "day"]) slide[word].addEventListener("input", () => move(word));
  sliders.hidden = false;
  root.dataset.sliders = "ready";
}

for (const root of document.querySelectorAll(".app-map[data-hours]"))
  root.addEventListener("drawn", (event) => ready(root, event.detail).catch((reason) => console.warn(reason)));
