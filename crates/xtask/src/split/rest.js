
// The rest of the program, in a file beside this one that follows the first picture. What needs it sooner waits for it.
const REST = new URL(import.meta.url.replace(/\.js$/, '_rest.wasm'));
let restImports;
let restLostBy;

function withRest(imports) {
    restImports = { ...imports, rest: { load: restNow } };
    return restImports;
}

/** Starts the second module, which fills its slots of the table. */
function startRest(module) {
    if (wasm.loaded.value) return;
    const slot = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
        if (from === 'slot') slot[name] = wasm.slots.get(Number(name));
    }
    new WebAssembly.Instance(module, { ...restImports, primary: wasm, slot });
}

/** Called by a function whose code is not there yet: a request that everything waits for. */
function restNow() {
    // What could not be had once is not asked for again: each request would hold up the page that says so.
    if (restLostBy) throw restLostBy;
    try {
        const request = new XMLHttpRequest();
        request.open('GET', REST, false);
        // Each byte becomes one character.
        request.overrideMimeType('text/plain; charset=x-user-defined');
        request.send();
        if (request.status !== 200) throw new Error(`${REST.pathname}: ${request.status}`);
        const bytes = Uint8Array.from(request.response, (character) => character.charCodeAt(0));
        startRest(new WebAssembly.Module(bytes));
    } catch (why) {
        restLostBy = why;
        restLost(String(why));
        throw why;
    }
}

/** Called once the first picture stands. What goes wrong here goes wrong again, and is told, when the rest is needed. */
function restSoon() {
    requestAnimationFrame(() => setTimeout(async () => {
        try {
            startRest(await WebAssembly.compileStreaming(fetch(REST)));
        } catch {}
    }));
}
