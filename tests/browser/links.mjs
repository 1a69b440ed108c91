// The links whose traces are known: `tests/links` holds them, one file each, and what each comes to.

import { readFileSync } from 'node:fs';

const below = (name) => readFileSync(new URL(`../links/${name}`, import.meta.url), 'utf8').trim();

/** Each link with its name and the trace that it comes to natively. */
export function links() {
  return below('traces.txt')
    .split('\n')
    .map((line) => line.split(' '))
    .map(([name, trace]) => ({ name, trace, link: below(`${name}.link`) }));
}
