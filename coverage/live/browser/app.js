// What Streamlit calls at first and at each of its runs; handlers always use the newest way to the server.

const MOUNTED = new WeakMap();
let reports = 0;

function mount(parentElement, kind) {
  const root = document.createElement("div");
  root.className = "ck";
  parentElement.append(root);
  const made = kind === "room" ? makeRoom(root) : makeCockpit(root);
  MOUNTED.set(parentElement, { made, kind, root });
  return made;
}

function unmount(parentElement) {
  const { made, root } = MOUNTED.get(parentElement) ?? {};
  made?.close();
  root?.remove();
  MOUNTED.delete(parentElement);
}

export default function (component) {
  const { parentElement, setStateValue } = component, data = component.data.sent;
  // What is said for a page that was left empties the next one: it waits until somebody comes back.
  const here = () => !window.cakupanOnTheWay?.() && window.location.pathname.split("/").filter(Boolean).pop() === data.page;
  const send = (act) => { if (here()) setStateValue("act", act); else if (MOUNTED.has(parentElement)) MOUNTED.get(parentElement).unsaid = act; };
  if (MOUNTED.has(parentElement) && MOUNTED.get(parentElement).kind !== data.kind) unmount(parentElement);
  const known = MOUNTED.get(parentElement);
  try {
    const made = known ? known.made : mount(parentElement, data.kind);
    made.exchange.send = send;
    made.take(data);
    MOUNTED.get(parentElement).root.dataset.heard = data.heard;
    if (!known) made.fit();
    // A server that was started anew has not heard of it; only what differs from the last report is told to it.
    if (!known || (!data.heard && KNOWN.has(data.model_key))) {
      MOUNTED.get(parentElement).unsaid = null;
      send({ kind: "ready", number: 0, report: ++reports, have: data.model_key });
    } else if (known.unsaid && here()) {
      send(known.unsaid);
      known.unsaid = null;
    }
    window.cakupanUnsaid = () => MOUNTED.has(parentElement) && made.exchange.waits;
  } catch (error) {
    console.error(error);
    send({ kind: "failed", number: 0, message: String(error?.message ?? error) });
  }
  return () => unmount(parentElement);
}
