// What is looked for, as the address of the page has it: going back goes back, and an address can be shared.
// A file that is looked for has no address; it lives here until it is replaced.

const DEFAULT_WEIGHT = 0.5;

let file = null;
let listener = () => {};

/** The state now. */
export function read() {
  const query = new URLSearchParams(location.search);
  const weight = Number(query.get('weight') ?? DEFAULT_WEIGHT);
  return {
    view: query.get('view') === 'labels' ? 'labels' : 'search',
    text: query.get('text') ?? '',
    minus: query.get('minus') ?? '',
    like: query.get('like') ?? '',
    weight: weight >= 0 && weight <= 1 ? weight : DEFAULT_WEIGHT,
    labels: query.get('labels') ?? '',
    template: query.get('template') ?? '',
    file: history.state?.file ? file : null,
  };
}

function addressOf(state) {
  const query = new URLSearchParams();
  for (const name of ['text', 'minus', 'like', 'labels', 'template']) {
    if (state[name]) query.set(name, state[name]);
  }
  if (state.view !== 'search') query.set('view', state.view);
  if (state.weight !== DEFAULT_WEIGHT && (state.like || state.file)) query.set('weight', state.weight);
  return query.size ? `?${query}` : location.pathname;
}

/** Changes the state and follows it. */
export function go(changes) {
  const state = { ...read(), ...changes };
  if (changes.file) file = changes.file;
  const address = addressOf(state);
  const next = { file: Boolean(state.file) };
  if (address === location.search && history.state?.file === next.file && !changes.file) history.replaceState(next, '', address);
  else history.pushState(next, '', address);
  listener(read());
}

/** Says who follows the state, and begins. */
export function follow(listen) {
  listener = listen;
  addEventListener('popstate', () => listener(read()));
  listener(read());
}
