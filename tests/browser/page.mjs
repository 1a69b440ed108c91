// What the tests of the page share: a manifest, the editor's text, the marks in the picture.

/** A Deployment of `replicas` pods behind a Service. */
export const web = ({ replicas = 3, image = 'nginx:1.25' } = {}) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: ${replicas}
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: ${image}
        readinessProbe:
          httpGet: {path: /, port: 80}
          periodSeconds: 5
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
  - port: 80
`;

/** Opens the page with an empty memory and waits for its picture and its editor. */
export async function openOrrery(page, url) {
  await page.goto(url);
  await page.waitForSelector('.picture .rail');
  await page.waitForSelector('.cm-content');
}

/** Replaces the text of the open file, as pasting does. */
export async function paste(page, text) {
  await page.click('.cm-content');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  // One input event for the whole text, which no closing of brackets disturbs.
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    document.querySelector('.cm-content').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
}

/** Opens the page afresh with these manifests and nothing else, running fast. */
export async function openWith(page, url, text, speed = 10) {
  await page.addInitScript(
    ([text, speed]) => {
      if (sessionStorage.getItem('begun')) return;
      sessionStorage.setItem('begun', '1');
      localStorage.setItem('orrery.files', JSON.stringify(JSON.stringify([{ name: 'web.yaml', text }])));
      localStorage.setItem('orrery.speed', JSON.stringify(String(speed)));
    },
    [text, speed],
  );
  await openOrrery(page, url);
}

/** How many marks are in each state, by the name of the state. */
export function states(page) {
  return page.$$eval('.picture .pod', (pods) =>
    pods.reduce((count, { dataset: { state } }) => ({ ...count, [state]: (count[state] ?? 0) + 1 }), {}),
  );
}

/** Waits until exactly `count` pods are drawn and all of them are ready. */
export async function untilReady(page, count) {
  await page.waitForFunction(
    (count) => {
      const pods = [...document.querySelectorAll('.picture .pod')];
      return pods.length === count && pods.every((pod) => pod.dataset.state === 'ready');
    },
    count,
    { timeout: 20_000 },
  );
}

/** Selects the object whose mark names it. */
export async function select(page, ref) {
  await page.locator(`.picture [data-ref="${ref}"]`).first().click();
  await page.waitForSelector('.inspect h2');
}
