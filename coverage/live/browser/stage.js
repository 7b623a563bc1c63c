// The projector's window: one message, large, live from the console over a channel of this browser. No control in it.
// Where the console is gone it stands still on what it showed last, and says so in small letters.

const SILENCE_MS = 3500;

function stageSkeleton() {
  return `<div class="st-top"><b class="st-place"></b><span class="st-what"></span><span class="st-lost" hidden></span><span class="st-when"></span></div>
  <h1 class="st-headline"></h1>
  <div class="st-main"><div class="st-left"><div class="st-figure"></div><div class="st-label"></div><div class="st-bar"></div><div class="st-bar-words"></div><div class="st-cliff"></div></div>
  <div class="st-right" role="img"></div></div>
  <div class="st-foot"><span class="st-acts"></span><span class="st-note"></span></div>`;
}

function makeStage(root, channelName) {
  root.innerHTML = stageSkeleton();
  const at = (selector) => root.querySelector(selector);
  const channel = new BroadcastChannel(channelName);
  const unit = () => Math.min(innerWidth / 1280, innerHeight / 720);
  let setup = null, last = null, heard = performance.now(), chart = null, chartUnit = 0;
  const draw = () => {
    if (!setup || !last) return;
    const words = (key, values = {}) => fill(setup.words[key] ?? key, values);
    const numbers = makeNumbers(setup.forms), months = makeMonths(setup.forms), scale = unit();
    document.documentElement.lang = setup.forms.locale;
    root.style.setProperty("--u", `${scale}px`);
    root.style.setProperty("--own", last.colour);
    root.style.setProperty("--own-light", last.ink_light);
    root.style.setProperty("--own-dark", last.ink_dark);
    root.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    at(".st-place").textContent = last.place;
    at(".st-what").innerHTML = `<i class="ck-dot"></i> ${escapeText(last.what)}`;
    at(".st-when").textContent = last.when;
    at(".st-headline").textContent = last.headline;
    at(".st-figure").innerHTML = `${escapeText(last.figure)}<small>${escapeText(last.unit)}</small>`;
    at(".st-label").innerHTML = last.label;
    at(".st-bar").innerHTML = last.group ? goalBar(last.group, last.outcome) : "";
    at(".st-bar-words").textContent = last.barWords;
    at(".st-cliff").textContent = last.cliffWords;
    at(".st-acts").innerHTML = last.acts;
    at(".st-note").textContent = last.note;
    document.title = `${last.place}: ${last.headline}`;
    const host = at(".st-right");
    host.setAttribute("aria-label", last.headline);
    if (last.rows) { host.innerHTML = last.rows; chart = null; return; }
    if (!chart || Math.abs(chartUnit - scale) > 0.01) { chart = makeChart(host, { scale: scale * 1.55 }); chartUnit = scale; }
    chart.draw({ ...last.chart, words, numbers, months, model: { horizon: last.chart.horizon, month: last.chart.month } });
  };
  channel.onmessage = ({ data }) => {
    heard = performance.now();
    at(".st-lost").hidden = true;
    if (data.kind === "setup") setup = data;
    if (data.kind === "shown") last = data.message;
    if (data.kind === "gone") heard = -SILENCE_MS;
    if (data.kind !== "alive") draw();
  };
  setInterval(() => {
    const lost = performance.now() - heard > SILENCE_MS;
    at(".st-lost").hidden = !lost;
    at(".st-lost").textContent = setup?.words["lost"] ?? "…";
    if (lost) channel.postMessage({ kind: "hello" });
  }, 1000);
  addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  channel.postMessage({ kind: "hello" });
}
