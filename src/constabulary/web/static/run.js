// Moves the bar of a run while it is watched, and shows the report once there is one.
const run = document.querySelector("[data-run]");
const bar = run.querySelector("progress");
const said = document.querySelector(".app-answer");

async function look() {
  try {
    const answer = await fetch(run.dataset.run);
    if (answer.ok) {
      const now = await answer.json();
      if (now.state !== run.dataset.state) {
        location.reload();
        return;
      }
      bar.value = 100 * now.progress_share;
      if (now.doing && said.textContent !== now.doing) said.textContent = now.doing;
    }
  } catch {
    // The site may be starting again; the next look tells.
  }
  setTimeout(look, 1000);
}

look();
