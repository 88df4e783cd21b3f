// How the collection is: asked often while it is being prepared, and then not any more.

import * as api from './api.js';
import { byId, count, images, say } from './dom.js';
import { limit } from './uploads.js';

const SOON = 700;

let isReady = false;
let onReady = () => {};
let onGrown = () => {};
let onFilled = () => {};
let wasFilling = false;

function render({ state, images: size, model, seeded, seedTotal }) {
  const isFilling = state === 'filling';
  say(byId('collection'), state !== 'loading' ? `${images(size)} · ${model}` : '');
  byId('preparing').hidden = state === 'ready';
  const bar = byId('preparing-bar');
  if (state === 'loading') {
    bar.removeAttribute('value');
    say(byId('preparing-text'), model ? 'Opening the collection' : 'Loading the model');
  } else if (isFilling) {
    bar.max = Math.max(1, seedTotal);
    bar.value = seeded;
    say(byId('preparing-text'), `Adding the images of the first start: ${count(seeded)} of ${count(seedTotal)}. You can search already.`);
  }
  return isFilling;
}

/** Looks how it is now. */
export async function look() {
  let again = true;
  try {
    const answer = await api.describe();
    limit(answer.maxUploadBytes);
    const isFilling = render(answer);
    if (!isReady && answer.state !== 'loading') {
      isReady = true;
      onReady();
    }
    again = !isReady || isFilling;
    if (isFilling) onGrown();
    else if (wasFilling) onFilled();
    wasFilling = isFilling;
  } catch (problem) {
    say(byId('collection'), problem.message);
  }
  if (again) setTimeout(look, SOON);
}

/** Begins: what follows when it can be searched, when it has grown, and when it is filled, is the caller's. */
export function begin({ ready, grown, filled }) {
  onReady = ready;
  onGrown = grown;
  onFilled = filled;
  look();
}
