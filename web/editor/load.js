// Fetches the editor's bundle when it is first needed. It lies beside the page, wherever that is.
export function loadEditor() {
  return import(new URL('editor.js', document.baseURI).href);
}
