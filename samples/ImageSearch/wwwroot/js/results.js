// The search: its form follows the state, its results follow the form.

import * as api from './api.js';
import { byId, images, say } from './dom.js';
import { show } from './grid.js';
import { go, read } from './state.js';

/** How many images are shown at first. */
export const PAGE = 60;
const MOST = 200;

let asked = new AbortController();
let shown = [];
let total = 0;
let isSearch = false;
let fileAddress = null;
let handlers;

/** What is shown, for stepping from one image to the next. */
export const items = () => shown;

/** Whether no more than the first page is shown, and nobody is on it. */
export const isAtTop = () => shown.length <= PAGE && !byId('results').contains(document.activeElement);

/** Forgets an image. */
export function forget(id) {
  if (!shown.some(item => item.image.id === id)) return;
  shown = shown.filter(item => item.image.id !== id);
  total--;
  say(byId('results-status'), statusOf());
}

const statusOf = () => (isSearch ? `${images(shown.length)}, the closest first` : images(total));

function titleOf(state, example) {
  const parts = [];
  if (state.text) parts.push(`“${state.text}”`);
  if (example) parts.push(`like ${example}`);
  if (state.minus) parts.push(`without “${state.minus}”`);
  return parts.length ? `Images ${parts.join(', ')}`.replace('Images “', 'Images of “') : 'Newest images';
}

async function showExample(state) {
  const hasImage = Boolean(state.like || state.file);
  byId('example').hidden = !hasImage;
  byId('by-image').hidden = hasImage;
  byId('weight-field').hidden = !hasImage || !(state.text || state.minus);
  byId('weight').value = state.weight;
  if (fileAddress) URL.revokeObjectURL(fileAddress);
  fileAddress = state.file ? URL.createObjectURL(state.file) : null;
  if (!hasImage) return null;
  byId('example-image').src = fileAddress ?? api.thumbnailOf(state.like);
  const title = state.file ? state.file.name : (await api.get(state.like).catch(() => ({ title: 'an image' }))).title;
  say(byId('example-text'), `Like ${title}`);
  return title;
}

async function load(state, signal, skip) {
  if (state.text || state.minus || state.like || state.file) {
    const { results } = await api.search({ ...state, top: skip + PAGE > MOST ? MOST : skip + PAGE, weight: state.text || state.minus ? state.weight : null }, signal);
    return { found: results, hasMore: results.length === skip + PAGE && skip + PAGE < MOST, isSearch: true };
  }
  const page = await api.list(skip, PAGE, signal);
  const found = [...(skip ? shown : []), ...page.images.map(image => ({ image }))];
  return { found, hasMore: found.length < page.total, isSearch: false, total: page.total };
}

async function render(state, skip) {
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  const list = byId('results');
  list.classList.add('loading');
  list.setAttribute('aria-busy', 'true');
  try {
    const [answer, example] = await Promise.all([load(state, signal, skip), showExample(state)]);
    if (signal.aborted) return;
    const begin = skip ? list.children.length : 0;
    shown = answer.found;
    isSearch = answer.isSearch;
    total = answer.total ?? shown.length;
    show(list, shown.slice(begin), handlers, { append: begin > 0 });
    const title = titleOf(state, example);
    byId('results-title').textContent = title;
    document.title = title === 'Newest images' ? 'Image search' : `${title} – Image search`;
    say(byId('results-status'), statusOf());
    byId('more').hidden = !answer.hasMore;
    byId('empty').hidden = shown.length > 0 || title !== 'Newest images' || !byId('preparing').hidden;
    if (begin) list.children[begin]?.querySelector('.open').focus();
  } catch (problem) {
    if (problem.name === 'AbortError') return;
    say(byId('results-status'), problem.message);
    list.replaceChildren();
    shown = [];
    byId('more').hidden = true;
  } finally {
    if (!signal.aborted) {
      list.classList.remove('loading');
      list.removeAttribute('aria-busy');
    }
  }
}

/** Shows what the state says. */
export function follow(state) {
  const { words, minus } = { words: byId('words'), minus: byId('minus') };
  if (words.value.trim() !== state.text) words.value = state.text;
  if (minus.value.trim() !== state.minus) minus.value = state.minus;
  return render(state, 0);
}

/** Begins: what opening an image and looking for more like it do is the caller's. */
export function begin(use) {
  handlers = use;
  const submit = changes => go({ text: byId('words').value.trim(), minus: byId('minus').value.trim(), ...changes });
  byId('search').addEventListener('submit', event => {
    event.preventDefault();
    submit({});
  });
  // The cross of a search field is a search for the rest.
  for (const id of ['words', 'minus']) byId(id).addEventListener('search', event => event.target.value || submit({}));
  byId('weight').addEventListener('change', event => submit({ weight: Number(event.target.value) }));
  byId('choose-query').addEventListener('change', event => {
    if (event.target.files[0]) submit({ file: event.target.files[0], like: '' });
    event.target.value = '';
  });
  byId('example-remove').addEventListener('click', () => {
    submit({ file: null, like: '' });
    byId('words').focus();
  });
  byId('more').addEventListener('click', () => render(read(), shown.length));
}
