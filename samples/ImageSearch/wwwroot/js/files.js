// Files that are chosen or dropped, folders included.

const MOST = 100_000;
const ENDINGS = /\.(png|jpe?g|webp|gif|bmp)$/i;

/** Whether a file says that it is an image; the server looks for itself. */
export const isImage = file => file.type.startsWith('image/') || ENDINGS.test(file.name);

const readEntries = reader => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
const fileOf = entry => new Promise((resolve, reject) => entry.file(resolve, reject));

async function* filesOf(entries) {
  for (const entry of entries) {
    if (entry.isFile) yield await fileOf(entry);
    if (!entry.isDirectory) continue;
    const reader = entry.createReader();
    // A reader gives some at a time.
    for (let part = await readEntries(reader); part.length; part = await readEntries(reader)) yield* filesOf(part);
  }
}

/** The files of a drop, those in folders too. */
export async function dropped(transfer) {
  // What a drop brings is gone after the first wait.
  const entries = [...transfer.items].filter(item => item.kind === 'file').map(item => item.webkitGetAsEntry()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  const files = [];
  for await (const file of filesOf(entries)) {
    if (files.push(file) === MOST) break;
  }
  return files;
}
