// IndexedDB, read and written by pages and worker alike: `entries` that wait to be sent, of whoever
// typed them; `kept` holds single values (the snapshot of the one who is signed in, the language).
// Phones hold rows under these names: another name would lose them.
const STORES = { entries: "key", kept: "name" };
let opened;

// Without it (an old browser, a page without HTTPS) the plain form does the work.
export const hasDatabase = "indexedDB" in self && self.isSecureContext;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("tien-phong", 1);
    asked.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) {
        asked.result.createObjectStore(name, { keyPath });
      }
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => {
        asked.result.close();
        opened = undefined;
      };
      resolve(asked.result);
    };
    asked.onerror = () => {
      opened = undefined;
      reject(asked.error);
    };
  });
  return opened;
}

async function ask(name, mode, work) {
  const link = await database();
  return new Promise((resolve, reject) => {
    // Strict: what is called saved outlives a battery that gives out.
    const transaction = link.transaction(name, mode, { durability: "strict" });
    let result;
    work(transaction.objectStore(name), (found) => {
      result = found;
    });
    transaction.oncomplete = () => resolve(result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export const read = (name, key) =>
  ask(name, "readonly", (store, done) => {
    store.get(key).onsuccess = (event) => done(event.target.result);
  });

export const all = (name) =>
  ask(name, "readonly", (store, done) => {
    store.getAll().onsuccess = (event) => done(event.target.result);
  });

// Reads a row, lets `turn` make the new one of it and writes that, in one transaction. `turn`
// returns null to delete it, undefined to leave it alone.
export const change = (name, key, turn) =>
  ask(name, "readwrite", (store, done) => {
    store.get(key).onsuccess = (event) => {
      const row = turn(event.target.result);
      if (row === null) store.delete(key);
      else if (row !== undefined) store.put(row);
      done(row);
    };
  });

export const readValue = async (name) => (await read("kept", name))?.value;
export const saveValue = (name, value) => change("kept", name, () => ({ name, value }));
export const deleteValue = (name) => change("kept", name, () => null);
