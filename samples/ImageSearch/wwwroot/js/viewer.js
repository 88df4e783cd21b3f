// One image, large: what is known of it, where words are in it, and what can be done with it.

import * as api from './api.js';
import { byId, bytes, make, say } from './dom.js';
import { go, read } from './state.js';

const SMALL = 384;

const dialog = byId('viewer');
let items = [];
let place = 0;
let explained = null;
let asked = new AbortController();
let onDeleted = () => {};
let onClosed = () => {};

const current = () => items[place].image;

function fact(name, value) {
  return [make('dt', {}, name), make('dd', {}, value)];
}

function showPicture(source, caption) {
  if (explained) URL.revokeObjectURL(explained);
  explained = source.startsWith('blob:') ? source : null;
  const picture = byId('viewer-image');
  picture.src = source;
  picture.alt = explained ? `${current().title}, the places of ${caption} in warm colors` : current().title;
  picture.classList.toggle('small', Math.max(current().width, current().height) <= SMALL);
  picture.classList.toggle('explained', Boolean(explained));
  say(byId('viewer-caption'), explained ? `Warm colors: where the model sees “${caption}”` : '');
  byId('explain-hide').hidden = !explained;
}

function render() {
  asked.abort();
  dialog.querySelector('.stage').classList.remove('busy');
  const { image, score, probability } = items[place];
  showPicture(api.originalOf(image.id));
  byId('viewer-title').textContent = image.title;
  byId('viewer-facts').replaceChildren(
    ...fact('Size', `${image.width} × ${image.height}, ${bytes(image.bytes)}`),
    ...fact('Added', new Date(image.added).toLocaleString()),
    ...(score === undefined ? [] : fact('Similarity', score.toFixed(3))),
    ...(probability === undefined ? [] : fact('Probability', `${(100 * probability).toFixed(1)} %`)));
  byId('viewer-original').href = api.originalOf(image.id);
  byId('viewer-previous').disabled = place === 0;
  byId('viewer-next').disabled = place === items.length - 1;
  byId('viewer-delete').hidden = false;
  byId('viewer-delete-sure').hidden = true;
  say(byId('viewer-problem'), '');
}

function step(by) {
  if (!items[place + by]) return;
  place += by;
  render();
}

async function explain(event) {
  event.preventDefault();
  const words = byId('explain-words').value.trim();
  if (!words) return;
  asked.abort();
  asked = new AbortController();
  const stage = dialog.querySelector('.stage');
  stage.classList.add('busy');
  say(byId('viewer-problem'), '');
  const { signal } = asked;
  try {
    const picture = await api.explain(current().id, words, signal);
    if (!signal.aborted) showPicture(URL.createObjectURL(picture), words);
  } catch (problem) {
    if (problem.name !== 'AbortError') say(byId('viewer-problem'), problem.message);
  } finally {
    if (!signal.aborted) stage.classList.remove('busy');
  }
}

async function remove() {
  const { id } = current();
  try {
    await api.remove(id);
  } catch (problem) {
    if (problem.status !== 404) {
      say(byId('viewer-problem'), problem.message);
      return;
    }
  }
  onDeleted(id);
  items = items.filter(item => item.image.id !== id);
  if (!items.length) dialog.close();
  else {
    place = Math.min(place, items.length - 1);
    render();
    byId('viewer-close').focus();
  }
}

/** Opens an image among those that are shown with it. */
export function open(item, among) {
  items = among;
  place = Math.max(0, among.indexOf(item));
  byId('explain-words').value = read().text;
  render();
  dialog.showModal();
}

/** Begins: what follows from a deletion and from closing is the caller's. */
export function begin({ deleted, closed }) {
  onDeleted = deleted;
  onClosed = closed;
  const leave = changes => {
    dialog.close();
    go(changes);
  };
  byId('viewer-close').addEventListener('click', () => dialog.close());
  byId('viewer-previous').addEventListener('click', () => step(-1));
  byId('viewer-next').addEventListener('click', () => step(1));
  byId('viewer-like').addEventListener('click', () => leave({ view: 'search', like: current().id, file: null, text: '', minus: '' }));
  byId('viewer-combine').addEventListener('click', () => {
    leave({ view: 'search', like: current().id, file: null });
    byId('words').focus();
  });
  byId('explain').addEventListener('submit', explain);
  byId('explain-hide').addEventListener('click', () => {
    showPicture(api.originalOf(current().id));
    byId('explain-words').focus();
  });
  byId('viewer-delete').addEventListener('click', () => {
    byId('viewer-delete').hidden = true;
    byId('viewer-delete-sure').hidden = false;
    byId('viewer-delete-sure').focus();
  });
  byId('viewer-delete-sure').addEventListener('click', remove);
  dialog.addEventListener('keydown', event => {
    if (event.target.matches('input') || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowLeft') step(-1);
    if (event.key === 'ArrowRight') step(1);
  });
  // A click beside the image is a click away from it.
  dialog.addEventListener('click', event => event.target === dialog && dialog.close());
  dialog.addEventListener('close', () => {
    asked.abort();
    byId('viewer-image').removeAttribute('src');
    if (items[place]) onClosed(current().id);
  });
}
