// Reads what comes from outside, up to so many bytes. What goes wrong is a word, or the status of the answer.

const PATIENCE_MS = 20_000;

export async function fetched(address, most) {
  // Nothing of the person goes along: no cookies, and not where the question comes from.
  const asked = { mode: 'cors', credentials: 'omit', referrerPolicy: 'no-referrer', signal: AbortSignal.timeout(PATIENCE_MS) };
  const answer = await fetch(address, asked).catch(() => {
    throw 'unreachable';
  });
  if (!answer.ok) throw answer.status;
  const parts = [];
  let size = 0;
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw 'unreachable';
    });
    if (done) break;
    size += value.length;
    if (size > most) {
      reader.cancel();
      throw 'large';
    }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

export async function contents(file, most) {
  if (file.size > most) throw 'large';
  return new Uint8Array(await file.arrayBuffer());
}

export function saved(name, text, type) {
  const link = document.createElement('a');
  link.download = name;
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
