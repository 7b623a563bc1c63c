// The cockpit: everything follows the hand at once, here; the server hears of a value once, when it is let go.

function makeCockpit(root) {
  const state = { scenario: {}, lens: "", segment: "", second: "flows", open: null, more: false, dragging: "", before: null, pinned: null };
  const cockpit = { root, state, steps: makeSteps(), exchange: makeExchange(), sliders: {}, assumptions: [], outcome: null };
  const { exchange, steps } = cockpit, groupOf = (name) => exchange.model.groups.findIndex((group) => group.name === name);
  let built = "", strip, chart, second, programmes;
  cockpit.at = (selector) => root.querySelector(selector);
  cockpit.narrow = () => (cockpit.width ??= root.clientWidth) < 640;
  cockpit.lensPlace = () => Math.max(groupOf(state.lens), 0);
  cockpit.labelOf = (segment) => exchange.model.groups[groupOf(segment)]?.label ?? segment;
  const hand = cockpit.hand = makeHand(cockpit), { at } = cockpit;

  cockpit.take = (data) => {
    const found = exchange.take(data);
    if (!found) return;
    if (found.edition) {
      Object.assign(state, { scenario: data.scenario, lens: data.lens, segment: data.segment, second: data.second, pinned: data.pinned });
      Object.assign(steps, { past: [...data.past], future: [...data.future], last: null });
    }
    cockpit.build();
    cockpit.refresh({ fresh: found.other || !state.dragging });
    if (found.other) cockpit.stage.show(true);
  };

  cockpit.tell = (kind, more = {}) => {
    const { scenario, lens, segment, second: chosen, pinned } = state;
    exchange.tell(kind, cockpit.outcome, { scenario, lens, segment, second: chosen, pinned, ...more });
  };

  cockpit.build = () => {
    const { sent, model, words } = exchange, key = [sent.language, sent.model_key].join();
    if (key !== built) {
      root.innerHTML = cockpitSkeleton(words);
      built = key;
      strip = makeStrip(at(".ck-strip"), { chooseLens: hand.chooseLens });
      strip.build(model, words);
      chart = makeChart(at(".ck-chart"), { narrow: cockpit.narrow });
      second = makeSecond(at(".ck-second"), { narrow: cockpit.narrow });
      cockpit.card = makeCard(root);
      cockpit.card.closeWord = words("close");
      programmes = makeProgrammes(at(".ck-programmes"), hand.programmes);
      root.querySelectorAll("[data-act]").forEach((button) => { button.onclick = () => hand.acts[button.dataset.act](button); });
    }
    if (at(".ck-acts").dataset.segment !== state.segment) buildColumn(cockpit);
  };

  function reachesNow() {
    const { model, sent } = exchange, found = {};
    for (const lever of sent.levers) found[lever.name] = leverReach(model, state.scenario, state.segment, lever);
    (state.scenario.programme ?? []).forEach((_, i) => { found[`${i}.workers`] = workersReach(model, state.scenario, i); });
    return found;
  }

  cockpit.refresh = ({ dragging = false, fresh = false } = {}) => {
    const { model } = exchange, quick = dragging && model.count > 100;
    const outcome = cockpit.outcome = computeOutcome(model, state.scenario, { draws: !quick });
    const g = cockpit.lensPlace(), group = model.groups[g];
    cockpit.band = outcome.drawn ? bandOf(model, outcome.drawn, g, outcome.groups[g].target) : quick ? cockpit.band : null;
    if (fresh || !cockpit.reaches) {
      cockpit.reaches = reachesNow();
      cockpit.usual = usualFlows(model, state.scenario, state.segment);
      cockpit.pinnedPath = state.pinned ? computeOutcome(model, state.pinned, { draws: false }).groups[g].path : null;
    }
    const shown = cockpit.shown = describeCockpit(cockpit, dragging);
    root.style.setProperty("--own", group.colour);
    root.dataset.segment = group.name;
    for (const side of ["light", "dark"]) root.style.setProperty(`--own-${side}`, group[`ink_${side}`]);
    root.classList.toggle("ck-dragging", dragging);
    strip.update(shown);
    updateColumn(cockpit, shown);
    programmes.update(shown, fresh);
    updateHead(cockpit, shown);
    chart.draw(shown);
    shown.labelWidth = chart.labels;
    second.draw(shown);
    updatePhone(cockpit, shown);
    cockpit.stage.show();
    if (!dragging) size.drew();
  };

  const forget = listenToKeys(cockpit);
  const size = watchSize(root, (width) => { cockpit.width = width; if (cockpit.outcome) cockpit.refresh({ fresh: !state.dragging }); });
  cockpit.message = (kind) => (cockpit.shown ? stageMessage(cockpit.shown, kind, exchange.sent) : null);
  cockpit.stage = makeConsole(cockpit);
  cockpit.onStage = () => { if (cockpit.outcome) updateHead(cockpit, cockpit.shown); };
  cockpit.fit = size.fit;
  cockpit.close = () => { forget(); size.end(); hand.stop(); cockpit.stage.close(); };
  return cockpit;
}
