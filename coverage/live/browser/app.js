// What Streamlit calls at first and at each of its runs; handlers always use the newest way to the server.

const MOUNTED = new WeakMap();

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const send = (act) => setStateValue("act", act);
  let cockpit = MOUNTED.get(parentElement);
  try {
    if (!cockpit) {
      const root = document.createElement("div");
      root.className = "ck";
      parentElement.append(root);
      cockpit = makeCockpit(root);
      MOUNTED.set(parentElement, cockpit);
      cockpit.send = send;
      cockpit.take(data);
      cockpit.fit();
      send({ kind: "ready", number: 0, have: data.model_key });
    } else {
      cockpit.send = send;
      cockpit.take(data);
    }
  } catch (error) {
    console.error(error);
    send({ kind: "failed", number: 0, message: String(error?.message ?? error) });
  }
  return () => { cockpit?.close(); MOUNTED.delete(parentElement); };
}
