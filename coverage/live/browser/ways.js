// A lever that cannot reach the target by itself: how far it comes, and up to three ways that do come there.

function openWays(cockpit, lever, anchor) {
  const { state, exchange } = cockpit, { model, words, numbers } = exchange;
  const limit = lever.name === "lapse" ? lever.least : lever.most;
  const most = segmentReaches(model, withLever(state.scenario, state.segment, lever.name, limit), state.segment).end;
  const title = words("ways_title", { lever: words(`lever_${lever.name}`), n: numbers.people(most) });
  const host = cockpit.card.open("ways", anchor, title, [], words("ways_on_top"));
  const ways = findWays(cockpit, lever), list = host.querySelector("dl");
  list.outerHTML = `<p>${words(`ways_because_${lever.name}`)} ${words(ways.length > 1 ? "ways_there" : "ways_mix_only")}</p><div class="ck-ways">` +
    ways.map((way, i) => `<button type="button" class="ck-way${way.mix ? " ck-first" : ""}" data-way="${i}">${escapeText(way.label)}</button>`).join("") + "</div>";
  host.querySelectorAll(".ck-way").forEach((button) => {
    button.onclick = () => { cockpit.card.close(); ways[Number(button.dataset.way)].take(); };
  });
}

// Two levers that do reach it, else the workers of a programme; last the cheapest mix, which the server looks for.
function findWays(cockpit, tried) {
  const { state, hand, shown, exchange } = cockpit, { model, words, numbers, sent } = exchange, { segment, scenario } = state;
  const ways = [];
  for (const lever of sent.levers) {
    const reach = shown.reaches[lever.name];
    if (lever.name === tried.name || typeof reach !== "number") continue;
    const value = wholeStep(lever, reach), written = writeLever(lever, value, shown);
    ways.push({
      label: `${words(`lever_short_${lever.name}`)} ${written}`,
      take: () => hand.change(withLever(scenario, segment, lever.name, value), `${segment}.${lever.name}`, words("last_way", { lever: words(`lever_short_${lever.name}`), value: written })),
    });
  }
  if (ways.length < 2) {
    const made = newProgramme(shown), i = (scenario.programme ?? []).length, reach = workersReach(model, withProgramme(scenario, i, made), i);
    const programme = { ...made, workers: reach };
    if (typeof reach === "number") ways.push({
      label: `${made.name}: ${words("stage_workers", { n: numbers.people(reach) })}`,
      take: () => { state.open = i; hand.change(withProgramme(scenario, i, programme), "", words("last_added", { name: made.name })); },
    });
  }
  return [...ways.slice(0, 2), { label: words("ways_mix"), mix: true, take: () => cockpit.tell("mix") }];
}
