// Numbers and months in the reader's language. `Intl` gives the digits alone: sign, percent and rupiah come from the
// language files, as they do in Python (`coverage.base.texts`).

function makeNumbers(forms) {
  const digits = new Map();
  const written = (number, places) => {
    if (!digits.has(places)) {
      digits.set(places, new Intl.NumberFormat(forms.locale, {
        minimumFractionDigits: places, maximumFractionDigits: places, roundingMode: "halfEven", useGrouping: "always",
      }));
    }
    return digits.get(places).format(Math.abs(number));
  };
  const known = (number) => number !== null && number !== undefined && Number.isFinite(number);
  const isZero = (number, places) => !/[1-9]/.test(written(number, places));
  const decimal = (number, places = 1) => {
    if (!known(number)) return forms.none;
    return (number < 0 && !isZero(number, places) ? forms.minus : "") + written(number, places);
  };
  const people = (number) => decimal(number, 0);
  const share = (part, places = 1) => (known(part) ? forms.percent.replace("{number}", decimal(part * 100, places)) : forms.none);
  const signOf = (number, places) => (isZero(number, places) ? "" : number > 0 ? "+" : forms.minus);
  const signed = (number) => (known(number) ? signOf(number, 0) + written(number, 0) : forms.none);
  const change = (part) => {
    if (!known(part)) return forms.none;
    const places = Math.abs(part * 100 - Math.round(part * 100)) < 1e-9 ? 0 : 1;
    return signOf(part * 100, places) + forms.percent.replace("{number}", written(part * 100, places));
  };
  const rupiah = (amount, short = false) => {
    if (!known(amount)) return forms.none;
    const sign = Math.round(amount) < 0 ? forms.minus : "";
    const size = Math.abs(amount);
    const unit = short ? forms.rupiah_units.find(([least]) => size >= least) : undefined;
    if (!unit) return sign + "Rp" + written(size, 0);
    const places = [0, 1, 2].find((n) => Math.abs(Number((size / unit[0]).toFixed(2)) - Number((size / unit[0]).toFixed(n))) < 1e-9);
    return sign + "Rp" + unit[1].replace("{number}", written(Number((size / unit[0]).toFixed(2)), places ?? 2));
  };
  const chance = (part) => {
    if (!known(part)) return forms.none;
    if (part < 0.1) return forms.chance_least;
    if (part > 0.9) return forms.chance_most;
    return forms.chance.replace("{n}", written(part * 10, 0));
  };
  return { decimal, people, share, signed, change, rupiah, chance };
}

// Months are counted: January of the year 0 is 0. A code is `2023-01`.
const monthNumber = (code) => Number(code.slice(0, 4)) * 12 + Number(code.slice(5, 7)) - 1;
const monthCode = (number) => `${String(Math.floor(number / 12)).padStart(4, "0")}-${String((number % 12) + 1).padStart(2, "0")}`;

function makeMonths(forms) {
  const month = (number) => number % 12;
  return {
    long: (number) => `${forms.months[month(number)]} ${Math.floor(number / 12)}`,
    short: (number) => `${forms.months_short[month(number)]} ${Math.floor(number / 12)}`,
    name: (number) => forms.months[month(number)],
    brief: (number) => forms.months_short[month(number)],
  };
}

// Put values into a message of the language files: `{segment} kurang {gap}`.
function fill(message, values) {
  return (message ?? "").replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
