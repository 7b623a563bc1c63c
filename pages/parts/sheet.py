"""How is a sheet drawn as it is, with a choice above each column and the lines that are not used in grey?

The cells come from a file, so that they reach the page as text and never as markup.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

STYLE = """
.sheet { --line: var(--st-border-color, #d9dde3); --grey: var(--st-secondary-background-color, #f4f5f7);
  --soft: color-mix(in srgb, currentColor 68%, transparent); overflow-x: auto; font-size: 13px; color: inherit;
  border: 1px solid var(--line); border-radius: 6px; }
.sheet table { border-collapse: separate; border-spacing: 0; min-width: 100%; font-variant-numeric: tabular-nums; }
.sheet th, .sheet td { border-right: 1px solid var(--line); border-bottom: 1px solid var(--line); padding: 0 8px;
  height: 32px; white-space: nowrap; max-width: 260px; overflow: hidden; text-overflow: ellipsis; text-align: left;
  font-weight: 400; }
.sheet .number { width: 28px; min-width: 28px; text-align: right; color: var(--soft); background: var(--grey);
  position: sticky; left: 0; }
.sheet thead th { padding: 4px; height: auto; vertical-align: bottom; overflow: visible; }
.sheet select { width: 100%; min-width: 104px; field-sizing: content; max-width: 220px; height: 30px; font: inherit;
  font-weight: 600; color: inherit; background: var(--st-background-color, #fff); border: 1px solid var(--line);
  border-radius: 6px; border-top: 3px solid var(--own, #8a94a3); padding: 0 4px; }
.sheet .reason select { max-width: 260px; border-top-width: 1px; text-align: left; }
.sheet [data-meaning="ignore"] select { font-weight: 400; color: var(--soft); }
.sheet [data-state="unclear"] select { border-color: #b45309; border-top-color: #b45309; }
.sheet select:focus-visible { outline: 2px solid #005b94; outline-offset: 1px; }
.sheet tr.grey td, .sheet td.grey { background: var(--grey); color: var(--soft); }
.sheet tr.header td { font-weight: 600; background: var(--grey); }
.sheet td.figure { text-align: right; }
.sheet .reason { text-align: right; color: var(--soft); font-size: 12px; border-right: 0; }
.sheet tr.fold td { text-align: center; color: var(--soft); background: var(--grey); }
.sheet-list { display: none; }
@media (max-width: 640px) {
  .sheet { display: none; }
  .sheet-list { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; font-size: 14px; }
  .sheet-list label { display: grid; grid-template-columns: minmax(0, 1fr); gap: 4px; box-sizing: border-box;
    border: 1px solid var(--st-border-color, #d9dde3); border-radius: 6px; padding: 8px; }
  .sheet-list select { width: 100%; height: 38px; font: inherit; color: inherit;
    background: var(--st-background-color, #fff); border: 1px solid var(--st-border-color, #d9dde3);
    border-radius: 6px; }
  .sheet-list [data-state="unclear"] select { border: 2px solid #b45309; }
  .sheet-list small { color: color-mix(in srgb, currentColor 68%, transparent); overflow: hidden;
    text-overflow: ellipsis; white-space: nowrap; }
}
"""

SCRIPT = """
const MANY = 9;  // of more columns, neighbours that are taken for the same share one choice
const make = (name, text, kind) => {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  if (kind) element.className = kind;
  return element;
};
export default function ({ parentElement, data, setTriggerValue }) {
  const { columns, lines, choices, words, editable } = data;
  const choose = (group) => {
    const [first] = group;
    const select = make('select');
    const name = group.map((column) => column.header || words.without_header).join(', ');
    select.setAttribute('aria-label', words.column.replace('{header}', name));
    select.title = name;
    select.disabled = !editable;
    if (!first.meaning) select.append(new Option(words.unclear, '', true, true));
    for (const { label, options } of choices) {
      const list = make('optgroup');
      list.label = label;
      for (const [value, text] of options) list.append(new Option(text, value, false, value === first.meaning));
      select.append(list);
    }
    if (first.meaning && select.value !== first.meaning) {
      select.prepend(new Option(first.label, first.meaning, true, true));
    }
    select.addEventListener('change', () => setTriggerValue('chosen',
      { headers: group.map((column) => column.header), meaning: select.value, at: Date.now() }));
    return select;
  };
  const entitle = (line) => {  // a title says the place or the month of all below: a choice like a column's
    const { options, chosen, none } = line.title;
    const select = make('select');
    const text = line.cells.filter((cell) => cell.trim()).join('  ');
    select.setAttribute('aria-label', words.of_title.replace('{title}', text));
    select.title = text;
    select.disabled = !editable;
    if (none !== null) select.append(new Option(chosen === null ? line.reason : none, '-1', true));
    options.forEach(([, , label], at) => select.append(new Option(label, String(at), false, at === chosen)));
    select.addEventListener('change', () => {
      const [key, value] = options[Number(select.value)] ?? [options[chosen]?.[0], ''];
      setTriggerValue('chosen', { title: key, value, at: Date.now() });
    });
    return select;
  };
  const groups = [];
  columns.forEach((column, at) => {
    const last = groups.at(-1);
    const alike = last && columns.length > MANY && last[0].meaning === column.meaning && column.meaning !== 'ignore'
      && last[0].state === column.state;
    if (alike) last.push(column); else groups.push([column]);
  });
  const dress = (element, [first]) => {
    element.dataset.meaning = first.meaning;
    element.dataset.state = first.state;
    element.dataset.column = first.header;
    if (first.colour) element.style.setProperty('--own', first.colour);
  };
  const table = make('table');
  const head = make('thead');
  const top = make('tr');
  top.append(make('th', '', 'number'));
  for (const group of groups) {
    const cell = make('th');
    cell.colSpan = group.length;
    dress(cell, group);
    cell.append(choose(group));
    top.append(cell);
  }
  head.append(top);
  const body = make('tbody');
  for (const line of lines) {
    const row = make('tr', undefined, line.kind + (line.used || line.kind === 'header' ? '' : ' grey'));
    if (line.kind === 'fold') {
      const cell = make('td', line.reason);
      cell.colSpan = columns.length + 1;
      row.append(cell);
      body.append(row);
      continue;
    }
    row.dataset.line = line.number;
    row.append(make('td', String(line.number), 'number'));
    const cells = line.cells.slice(0, columns.length);
    const filled = cells.filter((cell) => cell.trim()).length;
    const alone = line.reason && filled <= 2 && line.kind !== 'figure';
    if (alone) {
      const wide = make('td', cells.filter((cell) => cell.trim()).join('  '));
      wide.colSpan = Math.max(columns.length - 2, 1);
      const why = line.title ? make('td', undefined, 'reason') : make('td', line.reason, 'reason');
      if (line.title) why.append(entitle(line));
      why.colSpan = Math.min(2, columns.length);
      row.append(wide, why);
    } else {
      columns.forEach((column, at) => {
        let text = cells[at] ?? '';
        if (line.kind !== 'header' && column.colour !== undefined && column.counted && /^\\d{4,}$/.test(text)) {
          text = Number(text).toLocaleString(data.language);  // a workbook's numbers have no marks of their own
        }
        const cell = make('td', text, /^[-−+]?[\\d.,]+( ?%)?$/.test(text.trim()) ? 'figure' : '');
        if (column.meaning === 'ignore' && line.kind === 'figure') cell.classList.add('grey');
        if (at === columns.length - 1 && line.reason) cell.title = line.reason;
        row.append(cell);
      });
      if (line.reason) row.title = line.reason;
    }
    body.append(row);
  }
  table.append(head, body);
  const sheet = make('div', undefined, 'sheet');
  sheet.tabIndex = 0;
  sheet.setAttribute('role', 'region');
  sheet.setAttribute('aria-label', data.label);
  sheet.append(table);
  const list = make('div', undefined, 'sheet-list');
  for (const line of lines.filter((each) => each.title)) {
    const label = make('label');
    label.append(make('b', line.cells.filter((cell) => cell.trim()).join('  ')), entitle(line));
    list.append(label);
  }
  const figures = lines.filter((line) => line.kind === 'figure').slice(0, 3);
  let at = 0;
  for (const group of groups) {
    const place = at;
    at += group.length;
    const label = make('label');
    dress(label, group);
    label.append(make('b', group.map((column) => column.header || words.without_header).join(', ')), choose(group));
    label.append(make('small', figures.map((line) => line.cells[place] ?? '').filter(Boolean).join(' · ')));
    list.append(label);
  }
  parentElement.querySelectorAll('.sheet, .sheet-list').forEach((old) => old.remove());
  parentElement.append(sheet, list);
}
"""


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("cakupan_sheet", js=SCRIPT, css=STYLE, isolate_styles=False)


def draw(drawn: dict[str, Any], *, key: str, chosen: Callable[[], None], editable: bool = True) -> None:
    """Draw a sheet; `chosen` is called when a choice has changed, which stands in the state under `key` then."""
    _component()(key=key, data=drawn | {"editable": editable}, on_chosen_change=chosen, height="content")
