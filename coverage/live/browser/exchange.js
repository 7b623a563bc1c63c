// What did Python say last, and what is it told? The cockpit and the room's screen share this.

const KNOWN_MODELS = new Map(), KNOWN_STAGE = { page: "", opened: false };

function makeExchange() {
  const exchange = { send: () => {}, number: 0, edition: null, differs: [], waits: false, sent: null, model: null, words: null, numbers: null, months: null };

  // Take what Python says: at first, after each release, and when something else was changed on the page. The answer
  // says what is new in it; it is null where the model is still to come.
  exchange.take = (data) => {
    if (data.model) KNOWN_MODELS.set(data.model_key, unpackModel(data.model));
    if (data.stage_page) KNOWN_STAGE.page = data.stage_page;
    if (!KNOWN_MODELS.has(data.model_key)) { exchange.send({ kind: "need", number: exchange.number }); return null; }
    const { sent } = exchange, other = !sent || sent.model_key !== data.model_key || sent.language !== data.language;
    exchange.sent = data;
    if (other) {
      exchange.model = KNOWN_MODELS.get(data.model_key);
      exchange.numbers = makeNumbers(data.forms);
      exchange.months = makeMonths(data.forms);
      exchange.words = (key, values = {}) => fill(data.words[key] ?? key, values);
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
