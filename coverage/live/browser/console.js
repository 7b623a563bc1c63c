// What the console tells the stage: a message of plain figures with every move; any number of windows may listen.

// `host` has its exchange, and `host.message(kind)` what it says now (null: nothing yet).
function makeConsole(host) {
  const id = sessionStorage.getItem("cakupan-stage") ?? Math.random().toString(36).slice(2, 10);
  sessionStorage.setItem("cakupan-stage", id);
  const name = `cakupan-stage-${id}`, channel = new BroadcastChannel(name);
  // Who goes from one page to another takes the windows along.
  const stage = { kind: "acts", get opened() { return STAGE.opened; } };
  const tell = () => {
    const message = host.message(stage.kind);
    if (message) channel.postMessage({ kind: "shown", message });
  };
  const tellAll = () => {
    const { sent } = host.exchange;
    if (sent) channel.postMessage({ kind: "setup", words: sent.words, forms: sent.forms });
    tell();
  };
  channel.onmessage = ({ data }) => { if (data.kind === "hello") { STAGE.opened = true; tellAll(); host.onStage?.(); } };
  const beat = setInterval(() => { if (stage.opened) channel.postMessage({ kind: "alive" }); }, 1000);
  const gone = () => channel.postMessage({ kind: "gone" });
  addEventListener("pagehide", gone);
  stage.show = (all = false) => { if (stage.opened) (all ? tellAll : tell)(); };
  stage.choose = (kind) => { stage.kind = kind; tellAll(); };
  stage.open = () => {
    STAGE.opened = true;
    const address = URL.createObjectURL(new Blob([host.exchange.sent.stage_page.replace("CHANNEL", name)], { type: "text/html" }));
    window.open(address, "_blank", "popup,width=1280,height=720");
    setTimeout(() => URL.revokeObjectURL(address), 20000);
  };
  stage.close = () => { gone(); clearInterval(beat); removeEventListener("pagehide", gone); channel.close(); };
  return stage;
}
