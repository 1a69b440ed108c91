// What is said between an embed and the page around it: only with that page itself, and only if it is of the origin that the
// embed's address names.
const LONGEST = 4 << 20;

export function listen(origin, heard) {
  window.addEventListener('message', ({ source, origin: from, data }) => {
    if (source !== window.parent || from !== origin || data?.orrery !== 1) return;
    let text;
    try {
      text = JSON.stringify(data);
    } catch {
      return;
    }
    if (text.length <= LONGEST) heard(text);
  });
}

export function tell(origin, message) {
  window.parent.postMessage(JSON.parse(message), origin);
}

export const prefersStillness = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
