// Elements of the page. Text from outside only ever becomes text: nothing here makes markup of a string.

/** The element with an id. */
export const byId = id => document.getElementById(id);

/** Makes an element: properties, then children, which are elements or texts. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('aria-') || name === 'role') element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** One of the page's symbols. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}

/** Says something to everybody, and to screen readers where they are in the middle of something else. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const numbers = new Intl.NumberFormat('en');

/** A number with its thousands apart. */
export const count = value => numbers.format(value);

/** "1 image", "1,594 images". */
export const images = value => `${count(value)} ${value === 1 ? 'image' : 'images'}`;

/** A length in bytes for people. */
export function bytes(value) {
  if (value < 1024) return `${value} bytes`;
  const [size, unit] = value < 1024 ** 2 ? [value / 1024, 'KiB'] : [value / 1024 ** 2, 'MiB'];
  return `${size.toFixed(size < 10 ? 1 : 0)} ${unit}`;
}
