// The projector's window: one message, large, live from the console over a channel of this browser. No control in it.
// Where the console is gone it stands still on what it showed last, and says so in small letters.

const SILENCE_MS = 3500;

function makeStage(root, channelName) {
  const upright = () => innerHeight > innerWidth; // a telephone or a standing screen: all in one column, twice as large
  const unit = () => (upright() ? Math.min(innerWidth / 720, innerHeight / 1280) : Math.min(innerWidth / 1280, innerHeight / 720)), channel = new BroadcastChannel(channelName);
  const scene = makeScene(root, { get scale() { return unit() * (upright() ? 1.8 : 1.55); } }), { at } = scene;
  let setup = null, last = null, heard = performance.now();
  const draw = () => {
    if (!setup || !last) return;
    document.documentElement.lang = setup.forms.locale;
    root.style.setProperty("--u", `${unit()}px`);
    root.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    document.title = `${last.place}: ${last.headline}`;
    const headline = at(".st-headline");
    headline.classList.remove("st-long");
    headline.textContent = last.headline;
    headline.classList.toggle("st-long", headline.scrollHeight > 1.5 * parseFloat(getComputedStyle(headline).lineHeight));
    at(".st-acts").classList.remove("st-tiny");
    scene.draw(last, { words: (key, values = {}) => fill(setup.words[key] ?? key, values), numbers: makeNumbers(setup.forms), months: makeMonths(setup.forms) });
    at(".st-acts").classList.toggle("st-tiny", at(".st-acts").scrollWidth > at(".st-acts").clientWidth);
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
