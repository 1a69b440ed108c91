// Fetches what the editor needs when it is first needed. It lies beside the page, wherever that is.
export function loadEditor() {
  return import(new URL('editor.js', document.baseURI).href);
}

export async function loadSchema() {
  const answer = await fetch(new URL('schema.txt', document.baseURI));
  if (!answer.ok) throw new Error(`schema.txt: ${answer.status}`);
  return answer.text();
}

export async function loadHelp() {
  const answer = await fetch(new URL('help.txt', document.baseURI));
  if (!answer.ok) throw new Error(`help.txt: ${answer.status}`);
  return answer.text();
}

// Scenarios of the gallery, all at once; nothing in the place of one that cannot be had.
export function loadScenarios(names) {
  const load = async (name) => {
    const answer = await fetch(new URL(`gallery/${name}.yaml`, document.baseURI));
    return answer.ok ? answer.text() : undefined;
  };
  return Promise.all(names.split(' ').map((name) => load(name).catch(() => undefined)));
}
