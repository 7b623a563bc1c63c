// What did Python say last, and what is it told? The cockpit and the room's screen share this.

// What lasts, by its name: the model, words, levers, cards. It is sent once.
const KNOWN = new Map(), STAGE = { opened: false };

function makeExchange() {
  const exchange = { send: () => {}, number: 0, edition: null, differs: [], waits: false, sent: null, model: null, words: null, numbers: null, months: null };

  // Take what Python says: at first, after each release, and when something else was changed on the page. The answer
  // says what is new in it; it is null where the model is still to come.
  exchange.take = (data) => {
    if (data.lasting) KNOWN.set(data.model_key, { ...data.lasting, model: unpackModel(data.lasting.model) });
    const known = KNOWN.get(data.model_key);
    if (!known) { exchange.send({ kind: "need", number: exchange.number }); return null; }
    const { sent } = exchange, other = !sent || sent.model_key !== data.model_key || sent.language !== data.language;
    exchange.sent = { ...known, ...data };
    if (other) {
      exchange.model = known.model;
      exchange.numbers = makeNumbers(known.forms);
      exchange.months = makeMonths(known.forms);
      exchange.words = (key, values = {}) => fill(known.words[key] ?? key, values);
    }
    Object.assign(exchange.model.named, data.named);
    const edition = data.edition !== exchange.edition;
    if (edition) { exchange.edition = data.edition; exchange.differs = []; }
    if (data.answered === exchange.number) Object.assign(exchange, { differs: data.differs, waits: false });
    return { other, edition };
  };

  // The server learns what stands here, with the figures that stand here, and answers whether it finds the same.
  exchange.tell = (kind, outcome, more) => {
    exchange.number += 1;
    Object.assign(exchange, { differs: [], waits: true });
    const figures = Object.fromEntries(exchange.model.groups.map((group, g) => [group.name, outcome.groups[g].end]));
    exchange.send({ kind, number: exchange.number, figures, have: exchange.sent.model_key, ...more });
  };

  // Where the figures differ by more than half a person, both are said.
  exchange.describeDifferences = () => {
    const { model, words, numbers, differs } = exchange, labelOf = (name) => model.groups.find((group) => group.name === name)?.label ?? name;
    return differs.map((one) => words("differs", { segment: labelOf(one.segment), here: numbers.decimal(one.here, 1), server: numbers.decimal(one.server, 1) })).join(" ");
  };
  return exchange;
}
