// Sliders of the map of cover: its areas by hour and by day, each alone or together, and the hot spots above them.
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const clock = (n) => `${String(n % 24).padStart(2, "0")}:00`;
const hourWords = (n) => `${DAYS[Math.floor(n / 24)]} ${clock(n)}`;
const long = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
// Browsers differ in the comma they put after the weekday.
const dayWords = (text) => long.format(new Date(`${text}T12:00:00`)).replaceAll(",", "");
const fetched = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} could not be fetched: ${answer.status}`);
  return answer.json();
};

async function ready(root, { map, areas, restate }) {
  const sliders = root.querySelector(".app-sliders");
  const [hours, spots] = await Promise.all([root.dataset.hours, root.dataset.spots].map(fetched));
  if (spots.features.length) {
    map.addSource("spots", { type: "geojson", data: spots });
    map.addLayer({ id: "spots", type: "line", source: "spots", paint: { "line-color": "#d4351c", "line-width": 2.5 } });
  }
  const place = new Map(hours.area_ids.map((id, no) => [id, no]));
  const usual = areas.features.map(({ properties }) => ({ ...properties }));
  const drawn = usual.map((own) => own.class);
  const legend = [...root.querySelectorAll(".app-map__shade")].map((shade) => shade.nextElementSibling);
  const words = legend.map((one) => one.textContent);
  const places = root.dataset.places;
  const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
  const classOf = (value, ends) => (value ? Math.max(0, ends.findIndex((end) => value <= end)) : null);

  const show = (figures, ends, no) => {
    // An hour of a small area is a part of what its month is.
    root.dataset.places = figures ? Math.max(2, places) : places;
    areas.features.forEach((feature, at) => {
      const own = usual[at];
      if (!figures) Object.assign(feature.properties, own);
      else {
        const value = figures[place.get(own.area_id)]?.[no] ?? null;
        Object.assign(feature.properties, { count: value, rate_per_1000: value, class: classOf(value, ends) });
      }
      if (feature.properties.class === drawn[at]) return;
      drawn[at] = feature.properties.class;
      map.setFeatureState({ source: "areas", id: feature.id }, { class: drawn[at] ?? -1 });
    });
    legend.forEach((one, at) => {
      one.textContent = figures
        ? at < ends.length ? `${at ? `over ${number.format(ends[at - 1])}` : "above 0"} to ${number.format(ends[at])}` : ""
        : words[at];
      one.parentElement.hidden = !one.textContent;
    });
    restate();
  };

  // The hours of one day are fetched when its slider rests on it, or an hour of it is asked for.
  const ofDay = new Map();
  const hoursOf = (day) => {
    const address = new URL(root.dataset.hours, location);
    address.searchParams.set("on", day);
    if (!ofDay.has(day)) {
      const found = fetched(address).then((answer) => answer.by_hour);
      found.catch(() => ofDay.delete(day));
      ofDay.set(day, found);
    }
    return ofDay.get(day);
  };

  const slide = Object.fromEntries([...sliders.querySelectorAll("input")].map((one) => [one.dataset.slide, one]));
  slide.day.max = hours.days.length;
  const say = (one, text) => {
    slide[one].nextElementSibling.textContent = text;
    slide[one].setAttribute("aria-valuetext", text);
  };
  const failed = (reason) => console.warn(reason);
  let asked = 0;
  const move = async () => {
    const [hour, day] = [Number(slide.hour.value), Number(slide.day.value)];
    const date = day ? hours.days[day - 1] : null;
    say("hour", hour ? (date ? clock(hour - 1) : hourWords(hour - 1)) : "All hours");
    say("day", date ? dayWords(date) : "All days");
    asked += 1;
    const own = asked;
    if (!hour) show(date ? hours.by_day : null, hours.day_ends, day - 1);
    else if (!date) show(hours.by_hour, hours.hour_ends, hour - 1);
    else {
      const figures = await hoursOf(date);
      // Another place may have been asked for meanwhile.
      if (own === asked) show(figures, hours.hour_of_day_ends, hour - 1);
    }
  };
  let resting;
  const moveDay = () => {
    const day = Number(slide.day.value);
    const isDay = day > 0;
    clearTimeout(resting);
    if (isDay) resting = setTimeout(() => hoursOf(hours.days[day - 1]).catch(failed), 200);
    const most = isDay ? 24 : 168;
    if (Number(slide.hour.max) !== most) {
      const hour = Number(slide.hour.value);
      slide.hour.value = isDay && hour ? ((hour - 1) % 24) + 1 : 0;
      slide.hour.max = most;
      slide.hour.parentElement.querySelector("label").textContent = isDay ? "Hour of the day" : "Hour of the week";
    }
    return move();
  };
  slide.hour.addEventListener("input", () => move().catch(failed));
  slide.day.addEventListener("input", () => moveDay().catch(failed));
  sliders.hidden = false;
  root.dataset.sliders = "ready";
}

for (const root of document.querySelectorAll(".app-map[data-hours]"))
  root.addEventListener("drawn", (event) => ready(root, event.detail).catch((reason) => console.warn(reason)));
