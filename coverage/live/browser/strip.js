// The strip on top: a goal bar for each segment and for all together, and what belongs to the scenario.

// A goal bar: solid to today, light to the end, a tick at the target, which stands at 94 % of the width.
function goalBar(group, outcome, tall = "") {
  const whole = outcome.target === null ? Math.max(group.active, outcome.end, 1) : outcome.target / 0.94;
  const part = (value) => `${Math.min(Math.max(value / whole, 0), 1) * 100}%`;
  // Where branches have not reported, it stands somewhere between two bounds: hatched.
  const late = group.late ? `<i class="ck-late" style="left:${part(group.late.low)};width:${Math.max(parseFloat(part(group.late.high)) - parseFloat(part(group.late.low)), 1)}%"></i>` : "";
  return `<div class="ck-goal ${tall}"><i class="ck-later" style="width:${part(outcome.end)}"></i><i class="ck-so-far" style="width:${part(Math.min(group.active, outcome.end))}"></i>${late}` +
    (outcome.target === null ? "" : `<i class="ck-goal-tick" style="left:94%"></i>`) + "</div>";
}

function shortOrOver(group, outcome, words, numbers) {
  if (outcome.target === null) return "";
  if (outcome.short > 0.5) return words("short", { n: numbers.people(outcome.short) });
  return outcome.end - outcome.target >= 0.5 ? words("over", { n: numbers.people(outcome.end - outcome.target) }) : words("exact");
}

// How much of today's gap closes: the reason of a status, in words.
function closes(group, outcome, words, numbers) {
  if (group.target === null) return words("no_target");
  if (group.gap <= 0) return words("status_reached");
  return words("closes", { share: numbers.share((outcome.end - group.active) / group.gap, 0) });
}

function statusWord(group, outcome, words, numbers) {
  const name = outcome.status;
  return `<span class="ck-status ck-${name}" title="${escapeText(`${words("status_" + name)}: ${closes(group, outcome, words, numbers)}`)}"><span aria-hidden="true">${SIGNS[name]}</span> ${words("status_" + name)}</span>`;
}

function makeStrip(host, { chooseLens }) {
  const strip = {};
  strip.build = (model, words) => {
    host.innerHTML = model.groups.map((group, g) => `<button class="ck-gauge" type="button" data-group="${group.name}" style="--own:${group.colour}">
      <span class="ck-gauge-top"><span class="ck-dot"></span><b class="ck-gauge-name" title="${escapeText(group.label)}">${escapeText(group.label)}</b><span class="ck-gauge-now"></span>
      <b class="ck-gauge-end" data-figure="attainment" data-segment="${group.name}"></b></span>
      <span class="ck-gauge-bar"></span>
      <span class="ck-gauge-foot"><span><b data-figure="covered" data-segment="${group.name}"></b><span class="ck-sep"> · </span><span data-figure="short" data-segment="${group.name}"></span></span><span class="ck-gauge-status"></span></span></button>`).join("") +
      `<div class="ck-stat"><span>${words("chance")}</span><b data-figure="chance"></b><small class="ck-chance-of"></small></div>
       <div class="ck-stat ck-stat-cost"><span>${words("cost")}</span><b data-figure="cost" data-segment="total"></b><small class="ck-cost-of"></small></div>
       <div class="ck-stat ck-stat-last"><span>${words("last")}</span><b class="ck-last"></b><small class="ck-last-of"></small></div>`;
    host.querySelectorAll(".ck-gauge").forEach((gauge) => { gauge.onclick = () => chooseLens(gauge.dataset.group); });
    host.classList.toggle("ck-many", model.groups.length > 3);
  };
  strip.update = ({ model, outcome, lens, words, numbers, months, chance, last }) => {
    model.groups.forEach((group, g) => {
      const gauge = host.children[g], now = outcome.groups[g];
      gauge.setAttribute("aria-pressed", String(group.name === lens));
      const share = group.target ? group.active / group.target : null;
      gauge.querySelector(".ck-gauge-now").textContent = share === null ? "" : `${numbers.decimal(share * 100, 1)} → `;
      setFigure(gauge.querySelector("[data-figure=attainment]"), now.attainment, now.attainment === null ? "" : numbers.share(now.attainment));
      gauge.querySelector(".ck-gauge-bar").innerHTML = goalBar(group, now);
      setFigure(gauge.querySelector("[data-figure=covered]"), now.end, numbers.people(now.end));
      const said = shortOrOver(group, now, words, numbers);
      setFigure(gauge.querySelector("[data-figure=short]"), now.short, said + (group.untargeted ? ` (${words("untargeted", { n: group.untargeted })})` : ""));
      gauge.querySelector(".ck-sep").hidden = !said;
      gauge.querySelector(".ck-gauge-status").innerHTML = group.target === null ? "" : statusWord(group, now, words, numbers);
    });
    const group = model.groups.find((one) => one.name === lens);
    const chanceBox = host.querySelector("[data-figure=chance]");
    chanceBox.dataset.segment = lens;
    setFigure(chanceBox, chance, chance === null ? words("none") : numbers.chance(chance), true);
    host.querySelector(".ck-chance-of").textContent = words("chance_of", { segment: group.label.toLowerCase(), month: months.brief(model.month + model.horizon) });
    setFigure(host.querySelector("[data-figure=cost]"), outcome.cost, numbers.rupiah(outcome.cost, true), true);
    const change = host.querySelector(".ck-last");
    change.innerHTML = last ? smallUnit(words("last_people", { n: numbers.signed(last.people) })) : words("last_none");
    change.className = `ck-last ${last && last.people > 0.5 ? "ck-good" : last && last.people < -0.5 ? "ck-bad" : "ck-muted"}`;
    const what = host.querySelector(".ck-last-of");
    what.textContent = last ? last.what : "";
    what.title = last ? last.what : "";
  };
  return strip;
}

// A figure's plain number stands beside its words, for those who drive or read the page by machine.
function setFigure(element, value, text, unit = false) {
  if (element.textContent !== text) { if (unit) element.innerHTML = smallUnit(text); else element.textContent = text; }
  if (value === null || value === undefined || Number.isNaN(value)) delete element.dataset.value;
  else element.dataset.value = String(value);
}

// The unit behind a large figure is smaller: `Rp1,34 miliar`, `3 dari 10`.
const smallUnit = (text) => escapeText(text).replace(/^((?:&lt; |&gt; )?[^\s]+) (.+)$/, "$1 <small>$2</small>");
