// The cockpit's skeleton: where strip, levers, headline, charts and the phone's bar stand.

function cockpitSkeleton(words) {
  const tool = (act, name, label) => `<button type="button" class="ck-tool" data-act="${act}" aria-label="${label}" title="${label}">${icon(name)}<span>${label}</span></button>`;
  return `<a class="ck-skip" href="#ck-levers">${words("skip")}</a>
  <div class="ck-strip" role="group" aria-label="${words("strip")}"></div>
  <div class="ck-body">
    <section class="ck-levers" id="ck-levers" aria-label="${words("levers")}">
      <div class="ck-switch-row"><div class="ck-switch" role="group" aria-label="${words("segment")}"></div><span class="ck-hint" title="${words("marks")}">${words("marks")}</span>
        <button type="button" class="ck-plain ck-reset" data-act="reset">${icon("replay", 14)}${words("reset")}</button></div>
      <div class="ck-acts"></div>
      <details class="ck-assumptions"><summary></summary><div class="ck-sliders"></div><button type="button" class="ck-plain" data-act="reset_assumptions">${words("reset_assumptions")}</button></details>
      <div class="ck-programmes"></div>
    </section>
    <section class="ck-view" aria-label="${words("chart")}">
      <div class="ck-phone"><div class="ck-phone-top"><div class="ck-switch" role="group" aria-label="${words("segment")}"></div><span class="ck-phone-figure"></span></div><div class="ck-phone-bar"></div><div class="ck-phone-words"></div></div>
      <header class="ck-head"><h1 data-figure="sentence"></h1><div class="ck-tools">${tool("undo", "undo", words("undo"))}${tool("redo", "redo", words("redo"))}${tool("replay", "replay", words("replay"))}${tool("pin", "pin", words("pin"))}${tool("stage", "stage", words("stage"))}</div></header>
      <p class="ck-second-line"></p><div class="ck-stage-bar" hidden><span>${words("stage")}</span><div class="ck-switch" role="group" aria-label="${words("stage_message")}"></div></div><p class="ck-differs" role="status" hidden></p><button type="button" class="ck-notes" data-act="notes" aria-haspopup="dialog" hidden></button>
      <div class="ck-chart" data-chart="trajectory" role="img"></div>
      <div class="ck-below"><b class="ck-below-name"></b><div class="ck-switch ck-choices" role="group" aria-label="${words("second")}"></div><button type="button" class="ck-plain ck-table-button" data-act="table" aria-haspopup="dialog">${icon("table", 14)}${words("table")}</button></div>
      <div class="ck-second" role="img"></div>
    </section>
  </div>
  <nav class="ck-bottom" aria-label="${words("acts_bar")}">${tool("undo", "undo", words("undo"))}${tool("replay", "replay", words("replay"))}${tool("sheet", "money", words("programme_tab"))}${tool("flows", "flows", words("second_flows"))}</nav>
  <div class="ck-dialog" role="dialog" aria-modal="false" hidden></div>
  <div class="ck-live" role="status" aria-live="polite"></div>`;
}

function switchButtons(host, options, chosen, choose) {
  const key = JSON.stringify(options);
  if (host.dataset.options !== key) {
    host.dataset.options = key;
    host.innerHTML = options.map(([name, label]) => `<button type="button" data-name="${name}"${options.length > 3 ? ` title="${escapeText(label)}"` : ""}>${escapeText(label)}</button>`).join("");
  }
  for (const button of host.children) {
    button.setAttribute("aria-pressed", String(button.dataset.name === chosen));
    button.onclick = () => choose(button.dataset.name);
  }
}
