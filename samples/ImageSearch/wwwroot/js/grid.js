// Lists of images. One card of a list is reached by Tab; arrows, Home and End go on from there.

import { icon, make } from './dom.js';
import { thumbnailOf } from './api.js';

const SMALL = 384;

/** A card: click opens the image, its second button looks for more like it. */
function card(item, index, handlers) {
  const { image, score, probability } = item;
  const isPhoto = Math.max(image.width, image.height) > SMALL;
  const picture = make('img', { alt: '', src: thumbnailOf(image.id), loading: 'lazy', decoding: 'async', width: 160, height: 160 });
  const open = make('button', { type: 'button', className: isPhoto ? 'open photo' : 'open', tabIndex: index ? -1 : 0, 'aria-label': image.title }, picture);
  const like = make('button', { type: 'button', className: 'icon like', tabIndex: index ? -1 : 0, title: 'More like this', 'aria-label': `More like ${image.title}` }, icon('alike'));
  const element = make('li', { className: 'card' }, open, make('div', { className: 'meta' }, make('span', { className: 'name', title: image.title }, image.title), like));
  if (score !== undefined) element.append(make('span', { className: 'score', title: 'Cosine similarity' }, score.toFixed(3)));
  if (probability !== undefined) element.append(make('span', { className: 'score', title: 'Probability among the labels' }, `${Math.round(100 * probability)} %`));
  element.dataset.id = image.id;
  open.addEventListener('click', () => handlers.open(item));
  like.addEventListener('click', () => handlers.like(image));
  // Deleted meanwhile, by someone else.
  picture.addEventListener('error', () => element.classList.add('gone'));
  return element;
}

function activate(list, target) {
  for (const button of list.querySelectorAll('button')) button.tabIndex = target.contains(button) ? 0 : -1;
}

function move(list, event) {
  const cards = [...list.children];
  const current = cards.findIndex(element => element.contains(document.activeElement));
  if (current < 0) return;
  const columns = getComputedStyle(list).gridTemplateColumns.split(' ').length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -current, End: cards.length - 1 - current }[event.key];
  const next = cards[current + step];
  if (step === undefined || event.altKey || event.ctrlKey || event.metaKey || !next) return;
  event.preventDefault();
  activate(list, next);
  next.querySelector('.open').focus();
}

/** Shows items in a list, in place of what it has or after that. */
export function show(list, items, handlers, { append = false } = {}) {
  if (!list.onkeydown) {
    list.onkeydown = event => move(list, event);
    list.addEventListener('focusin', event => activate(list, event.target.closest('.card') ?? list.firstElementChild));
  }
  const begin = append ? list.children.length : 0;
  const cards = items.map((item, index) => card(item, begin + index, handlers));
  if (append) list.append(...cards);
  else list.replaceChildren(...cards);
}

/** Takes an image out of all lists. */
export function take(id) {
  for (const element of document.querySelectorAll(`.card[data-id="${CSS.escape(id)}"]`)) element.remove();
}

/** Goes to an image's card, where there is one. */
export const focusCard = (within, id) => within.querySelector(`.card[data-id="${CSS.escape(id)}"] .open`)?.focus();
