// What a first visit is, for `cargo xtask dist --profile`: the page, whose program notes the functions it calls, is opened empty
// on a desk and on a phone, then with a small Deployment that runs for half a minute of its time, then by a link, then without its
// second half. The notes go to the file that ORRERY_NOTES names.

import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { openOrrery, openWith, untilReady, web } from './page.mjs';
import { useSite } from './support.mjs';

const site = useSite();
const notes = [];

/** Uses a fresh page and adds its notes to the others. */
async function visit(options, use) {
  const { page, close } = await site.open(options);
  await page.addInitScript(() => {
    addEventListener('TrunkApplicationStarted', ({ detail }) => (globalThis.program = detail.wasm));
  });
  await use(page);
  const called = await page.evaluate(() => [...new Uint8Array(globalThis.program.notes.buffer)]);
  called.forEach((note, at) => (notes[at] ||= note));
  await close();
}

/** A link that somebody made, which is no part of a first visit. */
async function shared() {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, web());
  await untilReady(page, 3);
  await page.click('.play');
  await page.click('.share');
  const link = await page.locator('.link-text').inputValue();
  await close();
  return link;
}

const desk = {};
const phone = { viewport: { width: 390, height: 844 }, locale: 'ko-KR', colorScheme: 'light', hasTouch: true };

test('a first visit', async () => {
  for (const options of [desk, phone]) {
    await visit(options, async (page) => {
      await page.goto(`${site.origin}/`);
      await page.waitForSelector('.picture .rail');
      await page.waitForTimeout(5_000);
    });
  }
  await visit(desk, async (page) => {
    await openWith(page, `${site.origin}/`, web());
    await untilReady(page, 3);
    await page.waitForTimeout(3_000);
  });
  const link = await shared();
  await visit(desk, async (page) => {
    await page.goto(link);
    await untilReady(page, 3);
  });
  await visit(desk, async (page) => {
    await openOrrery(page, `${site.origin}/`);
    await page.evaluate(() => globalThis.wasmBindings.restLost('gone'));
    await page.waitForSelector('.crash');
  });
  writeFileSync(process.env.ORRERY_NOTES, Uint8Array.from(notes));
});
