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

export async function loadStory(name) {
  const answer = await fetch(new URL(`stories/${name}.yaml`, document.baseURI));
  if (!answer.ok) throw new Error(`${name}.yaml: ${answer.status}`);
  return answer.text();
}
