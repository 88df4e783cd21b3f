// Labels for the whole collection: a zero-shot classifier.

import * as api from './api.js';
import { byId, count, images, make, say } from './dom.js';
import { show } from './grid.js';
import { go } from './state.js';

let asked = new AbortController();
let shown = '';
let handlers;

const labelsOf = text => text.split(/[\n,]/).map(label => label.trim()).filter(Boolean);

function group({ label, count: size, best }, classified) {
  const bar = make('span');
  bar.style.width = `${classified ? (100 * size) / classified : 0}%`;
  const list = make('ul', { className: 'grid', 'aria-label': `Images of ${label}` });
  const open = item => handlers.open(item, best);
  show(list, best, { open, like: handlers.like });
  return make('section', { className: 'group', 'aria-label': label },
    make('div', { className: 'group-top' },
      make('h2', {}, label),
      make('p', { className: 'quiet' }, `${images(size)}${size > best.length ? `, the surest ${count(best.length)}` : ''}`),
      make('div', { className: 'share', 'aria-hidden': 'true' }, bar)),
    list);
}

async function sort(state) {
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  const labels = labelsOf(state.labels);
  if (labels.length < 2) {
    say(byId('labels-status'), 'Give two labels or more.');
    return;
  }
  say(byId('labels-status'), 'Sorting …');
  try {
    const answer = await api.classify(labels, state.template ? [state.template] : [], signal);
    if (signal.aborted) return;
    byId('groups').replaceChildren(...answer.labels.map(label => group(label, answer.classified)));
    const rest = answer.total > answer.classified ? `, the newest of ${count(answer.total)}` : '';
    say(byId('labels-status'), `${images(answer.classified)} by ${answer.labels.length} labels${rest}`);
  } catch (problem) {
    if (problem.name !== 'AbortError') say(byId('labels-status'), problem.message);
  }
}

/** Shows what the state says. */
export function follow(state) {
  document.title = 'Sort by labels – Image search';
  const key = `${state.labels}\0${state.template}`;
  if (!state.labels || key === shown) return;
  shown = key;
  byId('labels').value = state.labels;
  byId('template').value = state.template;
  sort(state);
}

/** Begins: what opening an image and looking for more like it do is the caller's. */
export function begin(use) {
  handlers = use;
  byId('labels-form').addEventListener('submit', event => {
    event.preventDefault();
    shown = '';
    go({ view: 'labels', labels: byId('labels').value.trim(), template: byId('template').value.trim() });
    if (!byId('labels').value.trim()) say(byId('labels-status'), 'Give two labels or more.');
  });
}
