// Adds files, some at a time, and says how far it is and what failed.

import * as api from './api.js';
import { byId, bytes, count, images, make, say } from './dom.js';
import { isImage } from './files.js';

const AT_ONCE = 4;

let queue = [];
let stop = new AbortController();
let running = 0;
let tally = fresh();
let mostBytes = Infinity;
let onAdded = () => {};

function fresh() {
  return { total: 0, done: 0, added: 0, known: 0, skipped: 0, failures: [] };
}

function fail(file, reason) {
  tally.failures.push(file.name);
  byId('uploads-failures').hidden = false;
  byId('uploads-failures').querySelector('ul').append(make('li', {}, make('b', {}, file.name), reason));
  byId('uploads-failures').querySelector('summary').textContent = `${images(tally.failures.length)} not added`;
}

function summary() {
  if (running || queue.length) return `Adding images: ${count(tally.done)} of ${count(tally.total)}`;
  const parts = [`${images(tally.added)} added`];
  if (tally.known) parts.push(`${count(tally.known)} there already`);
  if (tally.failures.length) parts.push(`${count(tally.failures.length)} not added`);
  if (tally.skipped) parts.push(`${count(tally.skipped)} other ${tally.skipped === 1 ? 'file' : 'files'} left out`);
  if (tally.total > tally.done) parts.push(`${count(tally.total - tally.done)} stopped`);
  return parts.join(', ');
}

function render() {
  const isBusy = running > 0 || queue.length > 0;
  byId('uploads').hidden = false;
  byId('uploads-bar').max = Math.max(1, tally.total);
  byId('uploads-bar').value = tally.done;
  byId('uploads-cancel').hidden = !isBusy;
  byId('uploads-close').hidden = isBusy;
  say(byId('uploads-status'), summary());
}

async function addOne(file) {
  if (file.size > mostBytes) fail(file, `It has ${bytes(file.size)}; ${bytes(mostBytes)} are allowed.`);
  else {
    try {
      const { isNew } = await api.add(file, file.name, stop.signal);
      tally[isNew ? 'added' : 'known']++;
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      fail(file, problem.message);
    }
  }
  tally.done++;
}

async function work() {
  running++;
  while (queue.length) {
    await addOne(queue.shift());
    render();
  }
  running--;
  render();
  if (!running) onAdded(tally.added);
}

/** Adds files. */
export function add(files) {
  if (!files.length) return;
  if (stop.signal.aborted) stop = new AbortController();
  if (!running) {
    tally = fresh();
    byId('uploads-failures').hidden = true;
    byId('uploads-failures').querySelector('ul').replaceChildren();
  }
  const pictures = files.filter(isImage);
  tally.skipped += files.length - pictures.length;
  tally.total += pictures.length;
  for (const file of pictures) queue.push(file);
  render();
  while (running < AT_ONCE && queue.length) work();
}

/** The longest file that the server takes, in bytes. */
export function limit(length) {
  mostBytes = length;
}

/** Begins: what follows when all are added is the caller's. */
export function begin(added) {
  onAdded = added;
  // Not every phone lets folders be chosen.
  byId('choose-folder').parentElement.hidden = !('webkitdirectory' in byId('choose-folder'));
  byId('uploads-cancel').addEventListener('click', () => {
    queue = [];
    stop.abort();
  });
  byId('uploads-close').addEventListener('click', () => {
    byId('uploads').hidden = true;
    byId('words').focus();
  });
  for (const id of ['choose-files', 'choose-folder']) {
    byId(id).addEventListener('change', event => {
      add([...event.target.files]);
      event.target.value = '';
    });
  }
}
