// Time in hand: going back and doing something else, both futures, what differs; runs that are kept, saved and opened.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { openOrrery, openWith, paste, untilReady, web } from './page.mjs';
import { accessibilityProblems, eventually, useSite } from './support.mjs';

const site = useSite({ pages: { '/run.yaml': web({ replicas: 2 }), '/poem.txt': 'Shall I compare thee to a summer\'s day?\n', '/large.yaml': 'a'.repeat(5 << 20) } });

const clock = (page) => page.locator('.clock').innerText();
const at = (page, time) => page.waitForFunction((time) => document.querySelector('.clock')?.innerText.startsWith(time), time, { timeout: 20_000 });
const goTo = (page, seconds) => page.locator('.scrubber input').fill(String(seconds));

/** Types a line into the console. */
async function say(page, line) {
  await page.click('.log-head button:nth-child(2)');
  await page.fill('.console input', line);
  await page.press('.console input', 'Enter');
}

/** A run in which `web` was scaled to 5, and which then went back and was scaled to 1 instead. */
async function twoFutures(page) {
  await openWith(page, `${site.origin}/?t=30&autoplay=0`, web());
  await at(page, '00:00:30');
  await say(page, 'scale deploy/web --replicas=5');
  await goTo(page, 60);
  await untilReady(page, 5);
  await goTo(page, 20);
  await at(page, '00:00:20');
  await say(page, 'scale deploy/web --replicas=1');
  await goTo(page, 60);
  await untilReady(page, 1);
}

test('who goes back and does something else has two futures, and loses none', async () => {
  const { page, close } = await site.open();
  await twoFutures(page);
  assert.match(await page.locator('.strip .track').innerText(), /scale/);
  await page.click('.strip .track');
  await goTo(page, 60);
  await untilReady(page, 5);
  await page.click('.strip .track');
  await goTo(page, 60);
  await untilReady(page, 1);
  await close();
});

test('who goes on differently is told so, and led back', async () => {
  const { page, close } = await site.open();
  await twoFutures(page);
  assert.match(await page.locator('.forked').innerText(), /at 00:00:20[^]*branch 2[^]*stays on branch 1/);
  assert.match(await page.locator('.branches .count').textContent(), /2\/2/);
  await page.locator('.forked button').first().click();
  await goTo(page, 60);
  await untilReady(page, 5);
  assert.equal(await page.locator('.forked').count(), 0);
  await close();
});

test('what there is at a moment is told under the pointer, and the keys of the strip go through the whole run', async () => {
  const { page, close } = await site.open();
  await twoFutures(page);
  const slider = page.locator('.scrubber input');
  const [span, strip] = [Number(await slider.getAttribute('max')), await page.locator('.scrubber .line').boundingBox()];
  await page.mouse.move(strip.x + strip.width * 20 / span, strip.y + 2);
  await eventually(async () => assert.match(await page.locator('.bubble').innerText(), /00:00:(19|20) · scale/));
  await slider.focus();
  const later = (a, b) => page.waitForFunction(([a, b]) => {
    const now = document.querySelector('.clock').innerText.slice(0, 8);
    return a < now && now < b;
  }, [a, b]);
  await page.keyboard.press('Home');
  await at(page, '00:00:00');
  await page.keyboard.press('PageUp');
  await later('00:00:03', '00:00:30');
  await page.keyboard.press('End');
  await at(page, '00:01:00');
  await page.keyboard.press('ArrowLeft');
  await at(page, '00:00:59');
  await page.keyboard.press('PageDown');
  await later('00:00:30', '00:00:57');
  const words = await page.$$eval('.strip .mark', (marks) => marks.map((mark) => mark.getBoundingClientRect().right));
  assert.ok(words.every((right) => right <= strip.x + strip.width + 2), String(words));
  await close();
});

test('two branches stand side by side at the same instant', async () => {
  const { page, close } = await site.open();
  await twoFutures(page);
  await page.click('.controls .branches');
  await page.click('.beside');
  await page.waitForFunction(() => {
    const sides = [...document.querySelectorAll('.side')];
    return sides.map((side) => side.querySelectorAll('.pod[data-state=ready]').length).join() === '1,5';
  }, null, { timeout: 20_000 });
  await goTo(page, 10);
  await page.waitForFunction(() => [...document.querySelectorAll('.caption small')].every((time) => time.innerText === '00:00:10'));
  assert.deepEqual(await accessibilityProblems(page), []);
  await close();
});

test('two moments are compared: objects, and the fields that changed', async () => {
  const { page, close } = await site.open();
  await twoFutures(page);
  await page.click('.controls .branches');
  await page.locator('.moment input[type=number]').first().fill('15');
  await page.locator('.moment input[type=number]').first().press('Tab');
  await page.locator('.compare .primary').click();
  const web1 = page.locator('.changes > .changed', { hasText: 'deployment/web' });
  await web1.waitFor();
  assert.match(await web1.innerText(), /spec\.replicas/);
  assert.match(await web1.locator('del').first().innerText(), /\S/);
  assert.equal(await page.locator('.changes > .removed', { hasText: 'pod/' }).count(), 2);
  assert.doesNotMatch(await page.locator('.compare').innerText(), /lastHeartbeatTime/);
  assert.deepEqual(await accessibilityProblems(page), []);
  await web1.locator('.link').click();
  await eventually(async () => assert.equal(await page.locator('.inspect h2').innerText(), 'web'));
  await close();
});

test('time is stepped, leapt and skipped by keys and by the list of events', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/?t=30&autoplay=0`, web());
  await at(page, '00:00:30');
  const there = await clock(page);
  await page.keyboard.press('ArrowLeft');
  await at(page, '00:00:29');
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction((there) => document.querySelector('.clock').innerText === there, there);
  await page.keyboard.press(',');
  await page.waitForFunction((there) => document.querySelector('.clock').innerText !== there, there);
  await page.keyboard.press('Shift+ArrowLeft');
  await at(page, '00:00:00');
  await goTo(page, 30);
  await at(page, '00:00:30');
  const event = page.locator('.events li', { hasText: 'ScalingReplicaSet' }).first();
  const when = await event.locator('time').innerText();
  await event.locator('.when').click();
  await at(page, when);
  await close();
});

test('skipping idle time leaps to the next thing that happens', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/?t=120&autoplay=0`, web(), 1);
  await at(page, '00:02:00');
  await page.click('.skip');
  await page.click('.play');
  await page.waitForFunction(() => document.querySelector('.over') || !document.querySelector('.clock').innerText.startsWith('00:02:'), null, { timeout: 20_000 });
  await close();
});

test('a run survives a reload with everything that was done and the moment it stood at', async () => {
  const { page, close } = await site.open();
  await twoFutures(page);
  await goTo(page, 45);
  await at(page, '00:00:45');
  await page.goto(`${site.origin}/?autoplay=0`);
  await at(page, '00:00:45');
  await untilReady(page, 1);
  await page.click('.strip .track');
  await goTo(page, 60);
  await untilReady(page, 5);
  await close();
});

test('a run is listed, named, left, opened again and removed', async () => {
  const { page, close } = await site.open();
  page.on('dialog', (dialog) => dialog.accept());
  await twoFutures(page);
  await page.click('.head .runs-button');
  assert.deepEqual(await accessibilityProblems(page), []);
  await page.fill('.runs .name', 'five or one');
  await page.press('.runs .name', 'Tab');
  await page.keyboard.press('Escape');
  await page.click('.examples');
  await page.click('[data-example=rolling-update]');
  await page.click('.head .runs-button');
  const kept = page.locator('.runs li', { has: page.getByRole('button', { name: 'Open five or one' }) });
  await kept.locator('.open').click();
  await at(page, '00:01:00');
  await untilReady(page, 1);
  await page.waitForSelector('.strip .track');
  await page.click('.examples');
  await page.click('[data-example=rolling-update]');
  await page.click('.head .runs-button');
  await kept.locator('.quiet').click();
  await kept.waitFor({ state: 'detached' });
  await close();
});

test('a run is saved as a file and opened from it; other files are refused', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/?t=30&autoplay=0`, web());
  await untilReady(page, 3);
  const download = page.waitForEvent('download');
  await page.keyboard.press('Control+s');
  const file = await (await download).path();
  const text = await readFile(file, 'utf8');
  const other = await site.open();
  await openOrrery(other.page, `${site.origin}/?autoplay=0`);
  const choose = async (name, body) => {
    await other.page.keyboard.press('Control+o');
    await other.page.setInputFiles('.open-file input', { name, mimeType: 'application/json', buffer: Buffer.from(body) });
  };
  const refusals = [
    ['cut.json', text.slice(0, -40), /damaged/],
    ['poem.txt', 'Shall I compare thee to a summer\'s day?', /neither a run/],
    ['empty.json', '', /nothing in it/],
    ['bytes.bin', Buffer.from([0xff, 0xfe, 0, 1]), /no text/],
    ['large.json', 'a'.repeat(5 << 20), /too large/],
  ];
  for (const [name, body, says] of refusals) {
    await choose(name, body);
    await other.page.waitForSelector('.refusal');
    assert.match(await other.page.locator('.refusal').innerText(), says, name);
    await other.page.keyboard.press('Escape');
  }
  await choose('run.json', text);
  await eventually(async () => assert.match(await other.page.locator('.facts').innerText(), /A run[^]*2 objects[^]*1 step/));
  await other.page.click('dialog .primary');
  await untilReady(other.page, 3);
  await at(other.page, '00:00:30');
  await other.close();
  await close();
});

test('a saved file holds all branches, their names, and where the run stood', async () => {
  const { page, close } = await site.open();
  await twoFutures(page);
  await page.click('.controls .branches');
  await page.fill('.branch-list .current .name', 'one is enough');
  await page.press('.branch-list .current .name', 'Tab');
  await page.keyboard.press('Escape');
  await page.click('.share');
  await eventually(async () => assert.match(await page.locator('dialog').innerText(), /link holds the branch that is shown/));
  await page.keyboard.press('Escape');
  await goTo(page, 45);
  await at(page, '00:00:45');
  const download = page.waitForEvent('download');
  await page.keyboard.press('Control+s');
  const buffer = await readFile(await (await download).path());
  const other = await site.open();
  await openOrrery(other.page, `${site.origin}/?autoplay=0`);
  await other.page.keyboard.press('Control+o');
  await other.page.setInputFiles('.open-file input', { name: 'run.json', mimeType: 'application/json', buffer });
  await eventually(async () => assert.match(await other.page.locator('.facts').innerText(), /2 branches/));
  await other.page.click('dialog .primary');
  await at(other.page, '00:00:45');
  await untilReady(other.page, 1);
  await other.page.click('.controls .branches');
  await eventually(async () => assert.equal(await other.page.locator('.branch-list .current .name').inputValue(), 'one is enough'));
  await other.page.keyboard.press('Escape');
  await other.page.click('.strip .track');
  await goTo(other.page, 60);
  await untilReady(other.page, 5);
  await other.close();
  await close();
});

test('a file is dropped anywhere on the page', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/?autoplay=0`, web());
  await page.evaluate((text) => {
    const carried = new DataTransfer();
    carried.items.add(new File([text], 'two.yaml'));
    const event = (type) => new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true });
    document.querySelector('.cm-content').dispatchEvent(event('dragover'));
    document.querySelector('.cm-content').dispatchEvent(event('drop'));
  }, web({ replicas: 2 }));
  await eventually(async () => assert.match(await page.locator('.facts').innerText(), /2 objects/));
  await page.click('dialog .primary');
  await untilReady(page, 2);
  await close();
});

test('an address is shown before it is opened, and refused in words', async () => {
  const { page, close } = await site.open();
  await page.route('https://elsewhere.example/**', (route) => route.abort());
  const refusals = [
    ['poem.txt', /neither a run/],
    ['large.yaml', /too large/],
    ['missing.yaml', /nothing at this address/],
    ['http://plain.example/run.yaml', /https/],
    ['https://elsewhere.example/run.yaml', /Access-Control-Allow-Origin/],
  ];
  for (const [src, says] of refusals) {
    await page.goto(`${site.origin}/?src=${encodeURIComponent(src)}`);
    await page.waitForSelector('.refusal');
    assert.match(await page.locator('.refusal').innerText(), says, src);
  }
  await page.goto(`${site.origin}/?src=run.yaml`);
  await page.waitForSelector('.facts');
  const shown = await page.locator('dialog').innerText();
  assert.ok(shown.includes(new URL(site.origin).host), shown);
  assert.match(shown, /2 objects/);
  assert.equal(await page.locator('.picture .pod').count() > 2, true, 'the page went on before it was asked');
  await page.click('dialog .primary');
  await untilReady(page, 2);
  // What a browser itself says of a request that fails.
  page.troubles.splice(0, page.troubles.length, ...page.troubles.filter((trouble) => !/Failed to load resource/.test(trouble)));
  await close();
});

test('the length of a link is told before it is copied, with what it means', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/?autoplay=0`, web());
  await page.click('.share');
  await eventually(async () => assert.match(await page.locator('.length').innerText(), /\d+ characters.*anywhere/));
  await page.keyboard.press('Escape');
  // Numbers that do not shrink.
  const noise = Array.from({ length: 400 }, (_, i) => `# ${(i * 2654435761 % 4294967296).toString(36)}${(i * 40503 % 65536).toString(36)}`).join('\n');
  await paste(page, `${web()}${noise}\n`);
  await page.waitForTimeout(300);
  await page.click('.share');
  await eventually(async () => assert.match(await page.locator('.length').innerText(), /Slack cuts near 4,000.*\?src=/));
  assert.deepEqual(await accessibilityProblems(page), []);
  await close();
});

test('on a phone time is all there', async () => {
  const { page, close } = await site.open({ viewport: { width: 390, height: 844 }, colorScheme: 'dark', locale: 'ko-KR' });
  await page.goto(`${site.origin}/?t=20&autoplay=0`);
  await at(page, '00:00:20');
  const outside = await page.$$eval('.controls :is(button, select)', (all) =>
    all.filter((one) => one.checkVisibility()).filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.className));
  assert.deepEqual(outside, []);
  await page.click('.controls .branches');
  assert.deepEqual(await accessibilityProblems(page), []);
  await close();
});
