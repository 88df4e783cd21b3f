// What the server is asked. A failure is an Error whose message is for people; its status is the answer's.

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

async function problemOf(response) {
  let detail;
  try {
    detail = (await response.json()).detail;
  } catch {
    // A proxy's answer, or none.
  }
  const problem = new Error(detail || `The server answers ${response.status}.`);
  problem.status = response.status;
  return problem;
}

// Where the server is busy it says when to come again; this does, some times.
async function ask(path, options = {}, tries = 3) {
  for (let attempt = 1; ; attempt++) {
    let response;
    try {
      response = await fetch(path, options);
    } catch (cause) {
      if (cause.name === 'AbortError') throw cause;
      throw new Error('The server does not answer.', { cause });
    }
    if (response.ok) return response;
    if (![429, 503].includes(response.status) || attempt >= tries) throw await problemOf(response);
    await pause(1000 * (Number(response.headers.get('Retry-After')) || 1) * (0.5 + Math.random()));
    options.signal?.throwIfAborted();
  }
}

function queryOf(values) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, value);
  }
  return query.size ? `?${query}` : '';
}

const json = async answer => (await answer).json();

/** The addresses of an image's files. */
export const thumbnailOf = id => `api/images/${id}/thumbnail`;
export const originalOf = id => `api/images/${id}/original`;

/** How the collection is. */
export const describe = () => json(ask('api/collection', {}, 1));

/** A page of images, the newest first. */
export const list = (skip, take, signal) => json(ask(`api/images${queryOf({ skip, take })}`, { signal }));

/** What is known of an image. */
export const get = id => json(ask(`api/images/${id}`));

/** Images close to words, to an image of the collection, or to a file. */
export function search({ text, minus, like, file, weight, top }, signal) {
  const path = `api/search${queryOf({ text, minus, like: file ? null : like, weight, top })}`;
  return json(ask(path, file ? { method: 'POST', body: file, signal } : { signal }));
}

/** The collection by labels. */
export const classify = (labels, templates, signal) => json(ask('api/classify', {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ labels, templates, top: 14 }), signal,
}));

/** Adds an image. */
export const add = (file, title, signal) => json(ask(`api/images${queryOf({ title })}`, { method: 'POST', body: file, signal }, 30));

/** Deletes an image. */
export const remove = id => ask(`api/images/${id}`, { method: 'DELETE' });

/** A picture of where in an image words are. */
export async function explain(id, text, signal) {
  return (await ask(`api/images/${id}/explanation${queryOf({ text })}`, { signal })).blob();
}
