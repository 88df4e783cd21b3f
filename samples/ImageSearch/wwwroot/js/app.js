// The page: its parts, and what each does to the others.

import * as collection from './collection.js';
import { byId } from './dom.js';
import { dropped } from './files.js';
import { focusCard, take } from './grid.js';
import * as labels from './labels.js';
import * as results from './results.js';
import * as state from './state.js';
import * as uploads from './uploads.js';
import * as viewer from './viewer.js';

const like = image => {
  state.go({ view: 'search', like: image.id, file: null, text: '', minus: '' });
  byId('results-title').focus();
};

function follow(now) {
  const isLabels = now.view === 'labels';
  byId('search-view').hidden = isLabels;
  byId('labels-view').hidden = !isLabels;
  for (const [id, isCurrent] of [['view-search', !isLabels], ['view-labels', isLabels]]) {
    if (isCurrent) byId(id).setAttribute('aria-current', 'page');
    else byId(id).removeAttribute('aria-current');
  }
  return isLabels ? labels.follow(now) : results.follow(now);
}

function isNewest() {
  const { view, text, minus, like: id, file } = state.read();
  return view === 'search' && !text && !minus && !id && !file;
}

function beginDrops() {
  let depth = 0;
  const hasFiles = event => event.dataTransfer?.types.includes('Files');
  const show = by => {
    depth = Math.max(0, depth + by);
    byId('drop').hidden = depth === 0;
  };
  addEventListener('dragenter', event => hasFiles(event) && show(1));
  addEventListener('dragleave', event => hasFiles(event) && show(-1));
  addEventListener('dragover', event => hasFiles(event) && event.preventDefault());
  addEventListener('drop', async event => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(-depth);
    uploads.add(await dropped(event.dataTransfer));
  });
}

function beginKeys() {
  addEventListener('keydown', event => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, textarea') || byId('viewer').open) return;
    event.preventDefault();
    if (state.read().view !== 'search') state.go({ view: 'search' });
    byId('words').focus();
  });
}

results.begin({ open: item => viewer.open(item, results.items()), like });
labels.begin({ open: viewer.open, like });
viewer.begin({
  deleted: id => {
    take(id);
    results.forget(id);
    collection.look();
  },
  closed: id => focusCard(byId(state.read().view === 'labels' ? 'groups' : 'results'), id),
});
uploads.begin(added => {
  collection.look();
  if (added && isNewest()) follow(state.read());
});
for (const [id, view] of [['view-search', 'search'], ['view-labels', 'labels']]) {
  byId(id).addEventListener('click', event => {
    event.preventDefault();
    state.go({ view });
  });
}
beginDrops();
beginKeys();
collection.begin({
  ready: () => state.follow(follow),
  grown: () => isNewest() && results.isAtTop() && results.items().length < results.PAGE && follow(state.read()),
  filled: () => isNewest() && results.isAtTop() && follow(state.read()),
});
